"""One connection of DuckDB that nothing gets out of: what it opens is named before, then all is locked.

A database file is opened read-only. Over files there are views in memory; those paths, and no others, may be
opened afterwards. What a statement may do besides, DuckDB's own parser tells: one query, in a transaction
that only reads.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Timer

import duckdb

from sqloop.database.engines.duckdb.errors import unreachable
from sqloop.database.engines.duckdb.place import Place, literal, quote

MEMORY = 1024 * 1024 * 1024
"""Bytes that DuckDB may hold; nothing goes to disk."""

_THREADS = 8

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": f"{MEMORY}B",
    "temp_directory": "",
    "threads": min(_THREADS, os.cpu_count() or 1),
    "python_enable_replacements": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "allow_persistent_secrets": False,
}


_OF_THIS_RELEASE = (
    # It has TRY_CAST of a column of a CSV file fail on the first text that is no number (DuckDB 2.0.1).
    "SET disabled_optimizers = 'type_pushdown'",
    # x -> x + 1, which models write, beside lambda x: x + 1.
    "SET lambda_syntax = 'ENABLE_SINGLE_ARROW'",
)
"""What another release may not know, and not need."""


class Connection:
    """An open place; used by one thread at a time."""

    def __init__(self, place: Place) -> None:
        """Open and lock it. Raises UnreachableError."""
        self.place = place
        self.stopped = False
        where = place.database or ":memory:"
        try:
            self.driver = duckdb.connect(where, read_only=bool(place.database), config=_CONFIG)
            self._lock()
        except duckdb.Error as error:
            raise unreachable(where, error) from error

    def _lock(self) -> None:
        for view in self.place.views:
            self.driver.execute(f"CREATE VIEW {quote(view.name)} AS {view.sql}")
        paths = ", ".join(literal(path) for view in self.place.views for path in view.paths)
        self.driver.execute("SET enable_progress_bar = false")
        for each in _OF_THIS_RELEASE:
            with suppress(duckdb.Error):
                self.driver.execute(each)
        self.driver.execute(f"SET allowed_paths = [{paths}]")
        self.driver.execute("SET enable_external_access = false")
        self.driver.execute("SET lock_configuration = true")

    def is_query(self, sql: str) -> bool:
        """Whether DuckDB's parser sees one statement, a query. Raises duckdb.Error."""
        statements = self.driver.extract_statements(sql)
        return len(statements) == 1 and statements[0].type == duckdb.StatementType.SELECT

    @contextmanager
    def reading(self, seconds: float) -> Iterator[duckdb.DuckDBPyConnection]:
        """A transaction that cannot write; what runs in it is interrupted after ``seconds``."""
        self.stopped = False
        timer = Timer(seconds, self._stop)
        self.driver.execute("BEGIN TRANSACTION READ ONLY")
        timer.start()
        try:
            yield self.driver
        finally:
            timer.cancel()
            timer.join()
            with suppress(duckdb.Error):  # of one that is broken, the next statement tells
                self.driver.execute("ROLLBACK")

    def _stop(self) -> None:
        self.stopped = True
        self.driver.interrupt()

    def close(self) -> None:
        """Let go of the file, so that others may write to it."""
        self.driver.close()
