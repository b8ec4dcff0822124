"""SQLite: a file behind a pool of read-only connections, opened anew when the file is replaced.

Walls 2 and 3 stand in each connection: see `sqloop.database.sqlite_connection`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import cast

from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import PoolProxiedConnection, QueuePool

from sqloop.database import sqlite_catalog
from sqloop.database.cancellation import Cancellation
from sqloop.database.engine import Excerpt
from sqloop.database.outcome import Limits, Outcome
from sqloop.database.rows import Row, fetch
from sqloop.database.schema import Dialect, Table
from sqloop.database.sqlite_connection import (
    Connection,
    Watch,
    decode,
    file_identity,
    first_line,
    open_connection,
)
from sqloop.database.sqlite_stamp import stamp_file
from sqloop.database.stamp import Stamp
from sqloop.errors import DatabaseError

_ROW_BYTES = 256 * 1024 * 1024
"""Of all values of one row together: SQLite bounds only each of them."""

_MAX_COLUMNS = 2_000
_MIN_LENGTH = 1024 * 1024

_Failure = (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError, MemoryError)
"""What the driver raises for a bad statement: syntax, several statements, NUL, surrogates, huge results."""


class SQLite:
    """One SQLite file; see `sqloop.database.engine.Engine`."""

    dialect: Dialect = "sqlite"

    def __init__(self, path: Path, limits: Limits) -> None:
        self.path = path
        self._busy = limits.seconds
        self._guarded = self._pool(max(limits.bytes, _MIN_LENGTH))
        self._trusted = self._pool(None)

    @property
    def url(self) -> str:
        """``sqlite:///`` and the path, with what would end the path in a URL written as %XX."""
        return "sqlite:///" + str(self.path).replace("%", "%25").replace("?", "%3F")

    def run(self, sql: str, limits: Limits, cancel: Cancellation | None = None) -> Outcome:
        """Run untrusted text; see `Engine.run`."""
        with self._lease(self._guarded) as connection:
            connection.watch.start(limits.seconds, cancel)
            if connection.watch():
                return Outcome(connection.watch.stopped or "cancelled", error="stopped before it began")
            try:
                return _select(connection, sql, limits)
            except _Failure as error:
                return _failed(error, connection.watch, limits)
            finally:
                connection.widen()

    def prepare(self, sql: str, limits: Limits, cancel: Cancellation | None = None) -> Outcome:
        """Have it explained; see `Engine.prepare`."""
        return self.run(f"EXPLAIN {sql}", limits, cancel)

    def read(self, sql: str, seconds: float) -> tuple[list[Row], bool]:
        """Rows of a trusted query; see `Engine.read`."""
        rows: list[Row] = []
        with self._lease(self._trusted) as connection:
            connection.watch.start(seconds)
            try:
                rows.extend(connection.execute(sql))
            except _Failure as error:
                if connection.watch.stopped is None:
                    raise DatabaseError(f"{self.path}: {first_line(error)}") from error
            return rows, connection.watch.stopped is not None

    def tables(self) -> list[Table]:
        """Tables and views; see `Engine.tables`."""
        with self._lease(self._trusted) as connection:
            connection.watch.start(float("inf"))
            try:
                return sqlite_catalog.read_tables(connection)
            except sqlite3.Error as error:
                raise DatabaseError(f"{self.path}: {first_line(error)}") from error

    def stamp(self) -> Stamp | None:
        """Exact, from the file and its write-ahead log; see `Engine.stamp`."""
        return stamp_file(self.path)

    def quote(self, name: str) -> str:
        """``name`` in double quotes."""
        return '"' + name.replace('"', '""') + '"'

    def first_rows(self, wanted: Sequence[Excerpt], seconds: float) -> dict[str, list[Row]]:
        """One query a table, which costs little here; see `Engine.first_rows`."""
        deadline = perf_counter() + seconds
        return {each.table: self._first_rows(each, deadline - perf_counter()) for each in wanted}

    def _first_rows(self, wanted: Excerpt, seconds: float) -> list[Row]:
        values = ", ".join(_excerpt(self.quote(column.name), wanted.length) for column in wanted.columns)
        return self.read(f"SELECT {values} FROM {self.quote(wanted.table)} LIMIT {wanted.rows}", seconds)[0]

    def close(self) -> None:
        """Close the idle connections."""
        self._guarded.dispose()
        self._trusted.dispose()

    def _pool(self, length: int | None) -> QueuePool:
        creator = cast(Callable[[], DBAPIConnection], lambda: open_connection(self.path, self._busy, length))
        pool = QueuePool(creator, pool_size=8, max_overflow=24, reset_on_return=None)
        event.listen(pool, "checkout", self._refuse_stale)
        return pool

    def _refuse_stale(self, connection: object, *_: object) -> None:
        """Open anew when the file was replaced: an open one would go on showing the old data."""
        if isinstance(connection, Connection) and connection.file != file_identity(self.path):
            raise InvalidatePoolError()

    @contextmanager
    def _lease(self, pool: QueuePool) -> Iterator[Connection]:
        proxy: PoolProxiedConnection = pool.connect()
        try:
            connection = proxy.dbapi_connection
            assert isinstance(connection, Connection)
            yield connection
        finally:
            proxy.close()


def _excerpt(name: str, length: int) -> str:
    """The value, text cut short and binary empty."""
    cut = f"WHEN 'text' THEN substr({name}, 1, {length}) WHEN 'blob' THEN x''"
    return f"CASE typeof({name}) {cut} ELSE {name} END"


def _select(connection: Connection, sql: str, limits: Limits) -> Outcome:
    try:
        return _fetch(connection, sql, limits)
    except sqlite3.OperationalError as error:
        if "Could not decode" not in str(error):
            raise
    # Decoding in C is faster: only the rare file with broken text pays for a function of our own.
    connection.text_factory = decode
    try:
        return _fetch(connection, sql, limits)
    finally:
        connection.text_factory = str


def _fetch(connection: Connection, sql: str, limits: Limits) -> Outcome:
    cursor = connection.cursor()
    try:
        # More columns than commas come from a star only: then it is known after the first step.
        connection.narrow(_ROW_BYTES // min(sql.count(",") + 1, _MAX_COLUMNS))
        cursor.execute(sql)
        if connection.narrow(_ROW_BYTES // max(1, len(cursor.description or ()))):
            cursor.execute(sql)
        return fetch(cursor.description, cursor, limits)
    finally:
        cursor.close()


def _failed(error: BaseException, watch: Watch, limits: Limits) -> Outcome:
    if watch.stopped == "timeout":
        return Outcome("timeout", error=f"stopped after {limits.seconds:g} s")
    if watch.stopped is not None:
        return Outcome(watch.stopped, error="cancelled")
    if isinstance(error, sqlite3.DatabaseError) and "not authorized" in str(error):
        return Outcome("refused", error=first_line(error))
    return Outcome("error", error=first_line(error))
