"""Runs many candidates on many SQLite files at once, in processes of their own, for rewards.

The files are ours and hold made rows: opened read-only, each query bounded in time and rows.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor

from sqloop.database.outcome import Outcome

SECONDS, ROWS = 1.0, 2000
"""Limits of one query."""

REMEMBERED = 50_000
"""Outcomes, of up to `ROWS` rows each."""

Job = tuple[str, str]
"""A file and a query on it."""


class ManyDatabases:
    """A pool of ``processes``; what was run lately is remembered."""

    def __init__(self, processes: int) -> None:
        self._pool = ProcessPoolExecutor(processes)
        self._known: dict[Job, Outcome] = {}

    def run(self, jobs: Sequence[Job]) -> list[Outcome]:
        """The outcome of each job, in their order."""
        if len(self._known) > REMEMBERED:
            self._known.clear()
        new = [job for job in dict.fromkeys(jobs) if job not in self._known]
        self._known |= (
            zip(new, self._pool.map(run_query, *_columns(new), chunksize=16), strict=True) if new else ()
        )
        return [self._known[job] for job in jobs]

    def close(self) -> None:
        """End the processes."""
        self._pool.shutdown(cancel_futures=True)


def run_query(path: str, sql: str) -> Outcome:
    """What ``sql`` gives on the file at ``path``; an error is an outcome."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)  # VACUUM INTO attaches the file that it writes.
    until = time.monotonic() + SECONDS
    connection.set_progress_handler(lambda: time.monotonic() > until, 10_000)
    try:
        rows = tuple(connection.execute(sql).fetchmany(ROWS + 1))
        return Outcome("ok", rows=rows[:ROWS], truncated=len(rows) > ROWS)
    except (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError) as error:
        return Outcome("error", error=str(error))
    finally:
        connection.close()


def _columns(jobs: Iterable[Job]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    paths, texts = zip(*jobs, strict=True)
    return paths, texts
