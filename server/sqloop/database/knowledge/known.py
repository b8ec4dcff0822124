"""What is known of a database while a process works with it: its schema and its text values, as they are now.

`Known.renew` takes one cheap look (`sqloop.database.knowledge.stamp`) and reads again what that says has
changed: the schema where its tables did, the values where their rows did. So a server that runs for days sees
what somebody else creates, adds or puts in the place of a file with the next question.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock, Thread
from uuid import uuid4

from sqloop.database.engine import Engine
from sqloop.database.knowledge.cache import DatabaseCache, KeptSchema
from sqloop.database.knowledge.inclusion import Inclusion
from sqloop.database.knowledge.introspect import introspect, list_tables
from sqloop.database.knowledge.kept_samples import keep_samples
from sqloop.database.knowledge.keys import complete_keys
from sqloop.database.knowledge.stamp import Stamp
from sqloop.database.knowledge.stored_values import StoredValues
from sqloop.database.knowledge.value_index import ValueIndex
from sqloop.database.schema import Schema
from sqloop.errors import DatabaseError

SAMPLES_LIFE = 300.0
"""Seconds in which other rows do not give the schema other samples: each change of the prompt's schema costs
the model a reading of all of it."""

SAMPLES_KEPT = 86_400.0
"""Seconds in which samples stay as far as they still do (`keep_samples`), in all processes of this user."""

PATIENCE = 1.0
"""Seconds that a question waits for the values of changed rows; then it goes on with those of before."""

HURRIED, THOROUGH = 2.2, 15.0
"""Seconds for reading the values: the first time, when somebody waits, and beside later questions."""

SAMPLING, ALL_SAMPLES = 0.5, 5.0
"""Seconds for the samples: the first time, and beside later questions or where the user asks for it."""

_KEYS, _ALL_KEYS = 0.3, 3.0
"""Seconds for looking at the data of keys that nobody declared, likewise."""

_QUICK, _UNKNOWN_LIFE = 0.5, 60.0
"""Where an engine cannot tell whether rows have changed: seconds of reading that every question may cost, and
after which values that take longer are read again."""


@dataclass(frozen=True)
class _Values:
    """An index, the tables and the rows it was read under, and when and for how long."""

    index: ValueIndex
    fingerprint: str
    contents: str
    made: float
    took: float


class Known:
    """The schema and the values of one database; may be used from several threads at once."""

    def __init__(
        self, engine: Engine, cache: DatabaseCache | None, build: Callable[[float], ValueIndex]
    ) -> None:
        """``build`` reads the text values in so many seconds at most."""
        self.stamp: Stamp | None = None
        """The state of the database before it was looked at last; None where that cannot be told."""
        self._engine = engine
        self._cache = cache
        self._build = build
        self._kept: KeptSchema | None = None
        self._read_at = 0.0
        self._values: _Values | None = None
        self._anew = False
        self._reading, self._building = Lock(), Lock()
        self._beside: Thread | None = None
        self._completing: Thread | None = None

    @property
    def state(self) -> str:
        """Equal as long as nothing has been seen to change, rows included."""
        return f"{self.stamp.structure} {self.stamp.contents}" if self.stamp else uuid4().hex

    def schema(self, *, refresh: bool = False) -> Schema:
        """The schema as it was read last; read now where it is not known, or on ``refresh`` with the values.

        On ``refresh`` its samples get the time that they need, some seconds at most. Raises DatabaseError.
        """
        with self._reading:
            if self._kept is None or refresh:
                kept = self._read(self._engine.stamp(), fresh=refresh)
                self._values, self._anew = (None, True) if refresh else (self._values, self._anew)
                return kept.schema
            return self._kept.schema

    def renew(self) -> Schema:
        """The schema as it is now. Raises DatabaseError."""
        with self._reading:
            now = self._engine.stamp()
            kept, before = self._kept, self.stamp
            if kept is None or self._has_changed(kept.schema, before, now):
                kept = self._read(now)
            elif kept.hurried:
                self._complete_beside(kept, now)
            self.stamp = now
            return kept.schema

    def values(self) -> ValueIndex:
        """The index of the text values, as of the last look. Raises DatabaseError."""
        fingerprint = self.schema().fingerprint
        with self._building:
            if self._values is None or self._values.fingerprint != fingerprint:
                kept = None if self._anew else self._open(fingerprint)
                self._values, self._anew = kept or self._make(fingerprint, HURRIED), False
                return self._values.index
            known = self._values
            stale = self._is_stale(known)
            # Beside the question, which waits a little for changed rows and not at all for the rest of many.
            if stale or (known.index.hurried and known.took < THOROUGH):
                self._make_beside(fingerprint, known.took if stale else THOROUGH)
            beside = self._beside
        if beside is not None and stale:
            beside.join(PATIENCE)
        return self._values.index

    def _has_changed(self, known: Schema, before: Stamp | None, now: Stamp | None) -> bool:
        """Whether the schema is another one, or its samples are old."""
        if now is not None and before is not None:
            if now.structure != before.structure:
                return True
            if now.contents == before.contents:
                return False
        if time.monotonic() - self._read_at > SAMPLES_LIFE:
            return True
        return Schema(known.dialect, tuple(list_tables(self._engine))).fingerprint != known.fingerprint

    def _read(self, stamp: Stamp | None, *, fresh: bool = False) -> KeptSchema:
        """Read the schema, or take what was kept of it; nothing of that where it is to be ``fresh``."""
        before = None if fresh else self._before(stamp)
        self.stamp = stamp
        kept = None
        if self._cache is not None and stamp is not None and self._kept is None and not fresh:
            kept = self._cache.read_schema(stamp)
        if kept is None:
            kept = self._introspect(before, thorough=fresh)
            self._keep(kept, stamp)
        elif kept.hurried:
            self._complete_beside(kept, stamp)
        self._kept, self._read_at = kept, time.monotonic()
        return kept

    def _before(self, stamp: Stamp | None) -> KeptSchema | None:
        """The same tables as they were known, here or in another process, where samples are not too old."""
        kept = None
        if self._kept is None and self._cache is not None and stamp is not None:
            kept = self._cache.read_schema(stamp, changed=True)
        elif self._kept is not None and _structure(self.stamp) == _structure(stamp):
            kept = self._kept
        return kept if kept is not None and 0 <= time.time() - kept.sampled < SAMPLES_KEPT else None

    def _introspect(self, before: KeptSchema | None, *, thorough: bool) -> KeptSchema:
        found, hurried = introspect(self._engine, ALL_SAMPLES if thorough else SAMPLING)
        keys = Inclusion(self._engine, _ALL_KEYS if thorough else _KEYS)
        schema = complete_keys(found, keys.share)
        hurried = (hurried or keys.hurried) and not thorough
        if before is None:
            return KeptSchema(schema, time.time(), hurried)
        return KeptSchema(keep_samples(schema, before.schema), before.sampled, hurried)

    def _complete_beside(self, hurried: KeptSchema, stamp: Stamp | None) -> None:
        """Read what there was no time for, for the questions after this one."""

        def complete() -> None:
            with suppress(DatabaseError):
                kept = self._introspect(hurried, thorough=True)
                with self._reading:
                    if self._kept is hurried:
                        self._kept = kept
                        self._keep(kept, stamp)

        if self._completing is None or not self._completing.is_alive():
            self._completing = Thread(target=complete, daemon=True)
            self._completing.start()

    def _keep(self, kept: KeptSchema, stamp: Stamp | None) -> None:
        if self._cache is not None and stamp is not None:
            self._cache.write_schema(stamp, kept)

    def _is_stale(self, values: _Values) -> bool:
        if self.stamp is not None:
            return values.contents != self.stamp.contents
        return values.took < _QUICK or time.monotonic() - values.made > _UNKNOWN_LIFE

    def _open(self, fingerprint: str) -> _Values | None:
        """What was kept by another process; its rows may be those of some minutes ago."""
        if self._cache is None or self.stamp is None:
            return None
        index = self._cache.read_values(self.stamp, fingerprint)
        if not isinstance(index, StoredValues):
            return None
        return _Values(index, fingerprint, index.about["contents"], time.monotonic(), HURRIED)

    def _make(self, fingerprint: str, seconds: float) -> _Values:
        stamp, started = self.stamp, time.monotonic()
        index = self._build(seconds)
        if self._cache is not None and stamp is not None:
            self._cache.write_values(stamp, fingerprint, index)
        took = max(time.monotonic() - started, seconds if index.hurried else 0.0)
        return _Values(index, fingerprint, stamp.contents if stamp else "", started, took)

    def _make_beside(self, fingerprint: str, seconds: float) -> None:
        def make() -> None:
            with suppress(DatabaseError):  # The question itself is told when the database is away.
                made = self._make(fingerprint, max(seconds, HURRIED))
                if self._values is not None and self._values.fingerprint == fingerprint:
                    self._values = made

        if self._beside is None or not self._beside.is_alive():
            self._beside = Thread(target=make, daemon=True)
            self._beside.start()


def _structure(stamp: Stamp | None) -> str:
    return stamp.structure if stamp is not None else ""
