"""The SQL that was run, by database, in a file that only its user may read: it never leaves the machine.

A line is added for each run. What is beyond the bounds goes when the file has grown large, so that a run
costs one line, however much is kept.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from sqloop.places import replacing

MOST = 500
"""Statements that are kept of each database, each once."""

LONGEST = 20_000
"""Characters of a statement that is kept."""

LARGEST = 4 * 2**20
"""Bytes from which the file is gone through."""


@dataclass(frozen=True)
class Run:
    """A statement when it was run last; ``at`` in ISO 8601, ``rows`` None where it failed."""

    database: str
    sql: str
    at: str
    rows: int | None
    elapsed_ms: float
    question: str = ""

    def holds(self, words: Iterable[str]) -> bool:
        """Whether all of some words, in small letters, stand in statement or question."""
        text = f"{self.question}\n{self.sql}".lower()
        return all(word in text for word in words)


class SqlHistory:
    """What was run; without a ``path`` nothing outlives the session."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._runs: list[Run] = []

    def add(self, run: Run) -> None:
        """Remember one."""
        if len(run.sql) > LONGEST:
            return
        if self._path is None:
            self._runs = [*self._runs, run][-MOST:]
            return
        with suppress(OSError):  # A full disk costs the memory, not the rows.
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as file:
                file.write(_line(run))
            if self._path.stat().st_size > LARGEST:
                self._shorten(self._path)

    def of(self, database: str) -> tuple[Run, ...]:
        """What was run on a database, the newest first, each statement once. Reads the file."""
        runs = self._read() if self._path is not None else self._runs
        return tuple(_newest(each for each in runs if each.database == database))

    def _read(self) -> list[Run]:
        assert self._path is not None
        try:
            with self._path.open(encoding="utf-8", errors="replace") as file:
                return [run for line in file if (run := _run(line)) is not None]
        except OSError:
            return []

    def _shorten(self, path: Path) -> None:
        """Half of what fits stays, so that this is seldom done; the newest, of each database."""
        by_database: dict[str, list[Run]] = {}
        for run in self._read():
            by_database.setdefault(run.database, []).append(run)
        kept = [run for runs in by_database.values() for run in _newest(runs)]
        lines: list[str] = []
        size = 0
        for run in sorted(kept, key=lambda each: each.at, reverse=True):
            size += len((line := _line(run)).encode("utf-8", "replace"))
            if size > LARGEST // 2:
                break
            lines.append(line)
        with replacing(path) as new, new.open("w", encoding="utf-8", errors="replace") as file:
            file.writelines(reversed(lines))


def _newest(runs: Iterable[Run]) -> list[Run]:
    """The newest first, each statement once, `MOST` of them."""
    once = {run.sql: run for run in runs}
    return sorted(once.values(), key=lambda each: each.at, reverse=True)[:MOST]


def _line(run: Run) -> str:
    return json.dumps(asdict(run)) + "\n"


def _run(line: str) -> Run | None:
    """None where somebody else wrote the line, or half of it."""
    try:
        run = Run(**json.loads(line))
    except (ValueError, TypeError):
        return None
    texts = (run.database, run.sql, run.at, run.question)
    return run if all(isinstance(each, str) for each in texts) else None
