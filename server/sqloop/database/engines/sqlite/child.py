"""The process that a SQLite file is read in.

SQLite looks at the clock between instructions, and not at all while it prepares a statement. A single LIKE
on 4 MB, views within views within views, a thousand large constants: what takes minutes or gigabytes then is
ended by the kernel (`sqloop.database.engines.serving`). Nothing is imported here that is not needed: a
process starts in 30 ms.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import TypeVar

from sqloop.database.engines.serving import Bounds, Methods, serve, told
from sqloop.database.engines.sqlite.catalog import read_tables
from sqloop.database.engines.sqlite.connection import (
    Connection,
    Watch,
    add_collation,
    decode,
    first_line,
    open_connection,
)
from sqloop.database.engines.sqlite.quiet import has_log
from sqloop.database.outcome import Limits, Outcome
from sqloop.database.rows import Row, fetch
from sqloop.database.schema import Table
from sqloop.errors import DatabaseError

MEMORY = 512 * 1024 * 1024
"""Bytes of address space: of SQLite, the rows that were fetched and Python itself."""

_SCRATCH = 1024 * 1024 * 1024
"""Bytes of a file that SQLite sorts in."""

_ROW_BYTES = 64 * 1024 * 1024
"""Of all values of one row together: SQLite bounds only each of them."""

_MAX_COLUMNS = 2_000
_COLLATIONS = 16

_Failure = (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError, MemoryError)
"""What the driver raises for a bad statement: syntax, several statements, NUL, surrogates, huge results."""

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}

_T = TypeVar("_T")


class _ChangedError(sqlite3.OperationalError):
    """Somebody wrote into the file while it was read without locks."""


class Reader:
    """One file, through one connection behind the walls and one for what SQLoop asks itself."""

    def __init__(self, path: Path, busy: float, length: int) -> None:
        self._path = path
        self._busy = busy
        self._length = length
        self._open: dict[bool, Connection] = {}
        self._watch = Watch()

    def run(self, sql: str, limits: Limits) -> Outcome:
        """Run untrusted text; see `Engine.run`."""

        def select(connection: Connection) -> Outcome:
            try:
                return _collating(connection, lambda: _select(connection, sql, limits))
            finally:
                connection.widen()

        try:
            return self._use(select, limits.seconds, guarded=True)
        except _Failure as error:
            return _failed(error, self._watch, limits)

    def read(self, sql: str, seconds: float) -> tuple[list[Row], bool]:
        """Rows of a trusted query; see `Engine.read`."""
        rows: list[Row] = []

        def fetch_all(connection: Connection) -> None:
            def fetch() -> None:
                rows.clear()
                rows.extend(connection.execute(sql))

            _collating(connection, fetch)

        try:
            self._use(fetch_all, seconds, guarded=False)
        except _Failure as error:
            if not self._watch.stopped:
                raise DatabaseError(f"{self._path}: {first_line(error)}") from error
        return rows, self._watch.stopped

    def tables(self, seconds: float) -> list[Table]:
        """Tables and views; see `Engine.tables`."""
        try:
            return self._use(read_tables, seconds, guarded=False)
        except sqlite3.Error as error:
            raise DatabaseError(f"{self._path}: {first_line(error)}") from error

    def _use(self, work: Callable[[Connection], _T], seconds: float, *, guarded: bool) -> _T:
        """Do ``work`` in so many seconds; once more on a new connection where the file seems damaged, as what
        this one remembers of it may be from before somebody wrote over it, or where it changed meanwhile."""
        deadline = perf_counter() + seconds
        self._watch.start(seconds)
        try:
            return self._once(work, guarded=guarded)
        except sqlite3.DatabaseError as error:
            changed = isinstance(error, _ChangedError)
            if not changed and getattr(error, "sqlite_errorcode", 0) & 0xFF not in _DAMAGED:
                raise
        self._close(guarded)
        self._watch.start(deadline - perf_counter())
        return self._once(work, guarded=guarded, locking=changed)

    def _once(self, work: Callable[[Connection], _T], *, guarded: bool, locking: bool = False) -> _T:
        connection = self._connection(guarded=guarded, locking=locking)
        try:
            return work(connection)
        finally:
            if connection.state is None and has_log(self._path):
                self._close(guarded)  # or whoever writes there could not remove the log at the end
            if not connection.holds(self._path):
                raise _ChangedError("the file changed while it was read")

    def _connection(self, *, guarded: bool, locking: bool) -> Connection:
        """The open one; a new one when the file was replaced, as the old would go on showing the old data."""
        connection = self._open.get(guarded)
        if connection is not None and connection.is_of(self._path):
            return connection
        self._close(guarded)
        length = self._length if guarded else None
        opened = open_connection(self._path, self._busy, length, self._watch, locking=locking)
        self._open[guarded] = opened
        return opened

    def _close(self, guarded: bool) -> None:
        if guarded in self._open:
            self._open.pop(guarded).close()


def _collating(connection: Connection, work: Callable[[], _T]) -> _T:
    """Do ``work``; again where a program of its own brings a collation that is not here."""
    for _ in range(_COLLATIONS):
        try:
            return work()
        except sqlite3.OperationalError as error:
            if not add_collation(connection, error):
                raise
    return work()


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
    if watch.stopped:
        return Outcome("timeout", error=f"stopped after {limits.seconds:g} s")
    if isinstance(error, MemoryError):
        return Outcome("error", error=f"it needs more than the {MEMORY >> 20:,} MiB of memory allowed")
    if isinstance(error, UnicodeDecodeError):  # values are decoded with substitutes
        return Outcome("error", error="the name of a column is not UTF-8: name the columns that are wanted")
    if isinstance(error, sqlite3.DatabaseError) and "not authorized" in str(error):
        return Outcome("refused", error=first_line(error))
    return Outcome("error", error=first_line(error))


def main() -> None:
    """Answer until nobody asks any more."""
    reader = Reader(Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))
    methods: Methods = {
        "run": lambda sql, *limits: told(reader.run(sql, Limits(*limits))),
        "read": reader.read,
        "tables": reader.tables,
    }
    serve(methods, Bounds(MEMORY, _SCRATCH))
