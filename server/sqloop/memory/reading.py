"""From the store of feedback to what is known about a question, without an answer ever waiting for it.

The store is read by a thread of its own: all of it once, then what has arrived since, before each question. A
question waits for that thread for a moment; what comes later helps the next one. A store that cannot be used
(locked, down, damaged) costs the examples and nothing else.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from threading import Lock, Thread

from sqloop.database.connect import Database
from sqloop.database.schema import Schema
from sqloop.errors import SQLoopError
from sqloop.feedback.events import current_user, name_database
from sqloop.feedback.store import FeedbackStore, find_store, own_store
from sqloop.feedback.verdicts import Extent, read_extent, read_verdicts
from sqloop.memory.archive import Archive, Like
from sqloop.memory.opinions import Opinion
from sqloop.memory.recollection import Recollection
from sqloop.memory.sameness import question_key
from sqloop.settings import Settings

_log = logging.getLogger(__name__)

WAIT = 0.5
"""Seconds that a question waits for the store, from when its reading began."""

REST = 30.0
"""Seconds in which a store is not asked again that took its time to fail."""

QUICK = 0.1
"""Seconds in which a store may fail as often as it likes: one that is being made is there a moment later."""

MOST_FOUND = 12
"""Like questions that are looked up: 98 of 100 written ones in other words are the first twelve of 25."""

Stamp = tuple[tuple[int, int, int], ...]
"""Inode, time of change and size of each file."""

_TICK = 50_000_000
"""Nanoseconds after which a file that is changed again has another time."""

_ALL_AT_ONCE = 1_000
"""New events from which everything is read anew, beside the questions."""


class Memory:
    """What was said on one database; may be used from several threads at once."""

    def __init__(self, settings: Settings, database: Database, user: str | None = None) -> None:
        """Nothing is read before the first question; ``user`` is whose word counts, else who runs this."""
        self._settings = settings
        self._database = database
        self._user = user or current_user()
        self._archive = Archive(self._user, database.dialect)
        self._extent = Extent(0, 0, 0)
        self._fingerprint = ""
        self._stamp: Stamp = ()
        self._store: FeedbackStore | None = None
        self._reader: Thread | None = None
        self._began = self._failed = float("-inf")
        self._starting, self._using = Lock(), Lock()

    def about(self, question: str, schema: Schema) -> Recollection:
        """What is known about ``question``, as far as the store has been read; never raises."""
        self._refresh(schema.fingerprint)
        with self._using:
            if self._fingerprint != schema.fingerprint:
                return Recollection(question, schema.fingerprint)
            opinion = self._archive.about(question_key(question))
        return Recollection(question, schema.fingerprint, opinion, self._like, self._like_refused)

    def _like(self, question: str, values: frozenset[str]) -> Sequence[Like]:
        with self._using:
            return list(islice(self._archive.like(question, values), MOST_FOUND))

    def _like_refused(self, question: str, values: frozenset[str]) -> Sequence[Opinion]:
        with self._using:
            return list(islice(self._archive.like_refused(question, values), MOST_FOUND))

    def _refresh(self, fingerprint: str) -> None:
        with self._starting:
            if self._stamp and fingerprint == self._fingerprint and self._stamp == self._read_stamp():
                return
            now = time.monotonic()
            if self._reader is None or not self._reader.is_alive():
                if now < self._failed + REST:
                    return
                self._began = now
                self._reader = Thread(target=self._read, args=(fingerprint,), daemon=True)
                self._reader.start()
            reader, left = self._reader, self._began + WAIT - now
        reader.join(max(0.0, left))

    def _read(self, fingerprint: str) -> None:
        try:
            self._take_in(fingerprint)
            return
        except SQLoopError as error:
            _log.info("Nothing is remembered. %s", error)
        except Exception:  # What a row holds may be anybody's.
            _log.exception("The memory could not be read.")
        if time.monotonic() > self._began + QUICK:
            self._failed = time.monotonic()

    def _read_stamp(self) -> Stamp:
        """When and how large the files of the store are; nothing of a server, which tells no such thing.

        Every event is written to one of both files, and so is what is forgotten.
        """
        chosen = self._settings.feedback.store or str(own_store(self._settings))
        if "://" in chosen and not chosen.startswith("sqlite:///"):
            return ()
        path = Path(chosen.removeprefix("sqlite:///")).expanduser()
        found: list[tuple[int, int, int]] = []
        for each in (path, path.with_name(f"{path.name}-wal")):
            with suppress(OSError):
                stat = each.stat()
                found.append((stat.st_ino, stat.st_mtime_ns, stat.st_size))
        return tuple(found)

    def _take_in(self, fingerprint: str) -> None:
        stamp, now = self._read_stamp(), time.time_ns()
        self._read_new(fingerprint)
        # The clock of files ticks every few milliseconds: within one tick a change would not be seen.
        settled = all(now - changed > _TICK for _, changed, _ in stamp)
        self._stamp = stamp if settled else ()

    def _read_new(self, fingerprint: str) -> None:
        store = self._open()
        if store is None:
            with self._using:
                self._archive, self._fingerprint = Archive(self._user, self._database.dialect), ""
            return
        known = self._extent if fingerprint == self._fingerprint else Extent(0, 0, 0)
        extent = read_extent(store, known.last)
        if fingerprint == self._fingerprint and extent.since == 0 and extent.count == known.count:
            return
        # Fewer than expected were forgotten; more were written at the same time as what is known.
        anew = known.last == 0 or extent.since > _ALL_AT_ONCE or extent.count != known.count + extent.since
        place = name_database(self._database.url)
        read = read_verdicts(store, fingerprint, place, 0 if anew else known.last)
        new = [verdict for verdict in read if verdict.number <= extent.last]
        archive = Archive(self._user, self._database.dialect) if anew else self._archive
        if anew:
            archive.add(new)
        with self._using:
            if not anew:
                archive.add(new)
            self._archive, self._extent, self._fingerprint = archive, extent, fingerprint

    def _open(self) -> FeedbackStore | None:
        """The store; None while the user's own is not begun, or after it was removed."""
        if not self._settings.feedback.store and not own_store(self._settings).is_file():
            return None
        if self._store is None:
            self._store = find_store(self._settings, patience=WAIT)
        return self._store


def open_memory(settings: Settings, database: Database) -> Memory | None:
    """The memory of a database; None where the settings want none."""
    return Memory(settings, database) if settings.memory.enabled else None
