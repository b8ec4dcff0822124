"""The process that DuckDB runs in: one place open at a time, let go of when nobody has asked for a second.

DuckDB looks for an interrupt between chunks of some thousand rows. What takes minutes or gigabytes for one of
them is ended by the kernel (`sqloop.database.engines.serving`), which also lets no file grow by this process.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import duckdb

from sqloop.database.engines.duckdb.catalog import read_tables
from sqloop.database.engines.duckdb.connection import MEMORY, Connection
from sqloop.database.engines.duckdb.errors import line_of, status_of
from sqloop.database.engines.duckdb.place import Place
from sqloop.database.engines.duckdb.values import plain_rows
from sqloop.database.engines.duckdb.views import make_views
from sqloop.database.engines.serving import Bounds, Methods, serve, told
from sqloop.database.outcome import Limits, Outcome
from sqloop.database.rows import Row, fetch
from sqloop.database.schema import Table
from sqloop.errors import DatabaseError

_SPACE = 4 * MEMORY
"""Bytes of address space: of a GiB that DuckDB holds, much more is set aside, and each thread has its own."""

_CATALOGUE_SECONDS = 60.0

_PORTION = 256
"""Rows that are taken from DuckDB at once."""

_REST = 1.0
"""Seconds without a question after which a file is let go of."""

_Failure = (duckdb.Error, ValueError, OverflowError, MemoryError, RuntimeError)
"""What the driver raises for a bad statement: syntax, NUL, surrogates, dates beyond Python, huge results."""


class Reader:
    """Whatever place is asked for, open until it has changed."""

    def __init__(self) -> None:
        self._open: Connection | None = None

    def run(self, place: Place, sql: str, limits: Limits, *, explain: bool = False) -> Outcome:
        """Run untrusted text, or have it explained; see `Engine.run`."""
        connection = self._connection(place)
        try:
            if not connection.is_query(sql):
                return Outcome("refused", error="only one query is allowed")
            with connection.reading(limits.seconds) as driver:
                driver.execute(f"EXPLAIN {sql}" if explain else sql)
                return fetch(_headings(driver), plain_rows(_rows(driver)), limits)
        except _Failure as error:
            if isinstance(error, duckdb.FatalException | duckdb.InternalException):
                self.close()
            return _failed(error, connection, limits)

    def read(self, place: Place, sql: str, seconds: float) -> tuple[list[Row], bool]:
        """Rows of a trusted query; see `Engine.read`."""
        connection = self._connection(place)
        rows: list[Row] = []
        try:
            with connection.reading(seconds) as driver:
                rows.extend(plain_rows(_rows(driver.execute(sql))))
        except _Failure as error:
            if not connection.stopped:
                raise DatabaseError(line_of(error)) from error
        return rows, connection.stopped

    def tables(self, place: Place) -> list[Table]:
        """Tables and views; see `Engine.tables`."""
        connection = self._connection(place)
        try:
            with connection.reading(_CATALOGUE_SECONDS) as driver:
                return read_tables(
                    lambda sql: driver.execute(sql).fetchall(), {each.name for each in place.views}
                )
        except _Failure as error:
            raise DatabaseError(line_of(error)) from error

    def close(self) -> None:
        """Let go of what is open."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def _connection(self, place: Place) -> Connection:
        if self._open is None or self._open.place != place:
            self.close()
            self._open = Connection(place)
        return self._open


def _headings(driver: duckdb.DuckDBPyConnection) -> list[tuple[str]]:
    """Names of columns, with a function of DuckDB's own as people write it."""
    return [(str(column[0]).replace("count_star()", "COUNT(*)"),) for column in driver.description or ()]


def _rows(driver: duckdb.DuckDBPyConnection) -> Iterator[tuple[object, ...]]:
    return chain.from_iterable(iter(lambda: driver.fetchmany(_PORTION), []))


def _failed(error: BaseException, connection: Connection, limits: Limits) -> Outcome:
    if connection.stopped:
        return Outcome("timeout", error=f"stopped after {limits.seconds:g} s")
    if isinstance(error, MemoryError | duckdb.OutOfMemoryException):
        return Outcome("error", error=f"it needs more than the {MEMORY >> 20:,} MiB of memory allowed")
    return Outcome(status_of(error), error=line_of(error))


def main() -> None:
    """Answer until nobody asks any more."""
    reader = Reader()
    methods: Methods = {
        "run": lambda place, sql, *limits: told(reader.run(place, sql, Limits(*limits))),
        "explain": lambda place, sql, *limits: told(reader.run(place, sql, Limits(*limits), explain=True)),
        "read": reader.read,
        "tables": reader.tables,
        "views": make_views,
    }
    serve(methods, Bounds(_SPACE, 0), reader.close, _REST)
