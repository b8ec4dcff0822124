"""SQLite: files opened read-only, behind an authorizer, with a watch on every statement.

Wall 2 is ``mode=ro``, ``query_only`` and the authorizer, which lets nothing through but reading and harmless
functions. Wall 3 is the watch (time, cancel) and SQLite's own limits (size of a value). A single instruction
cannot be interrupted, so the inputs of those that take quadratic time are kept small.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import perf_counter
from typing import cast

from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import PoolProxiedConnection, QueuePool

from sqloop.database import sqlite_catalog
from sqloop.database.cancellation import Cancellation
from sqloop.database.functions import is_denied
from sqloop.database.outcome import Limits, Outcome, Status
from sqloop.database.rows import Row, collect
from sqloop.database.schema import Column, Dialect, Table
from sqloop.errors import DatabaseError, UnreachableError

_STEPS = 4_000
"""Virtual machine instructions between two looks at the clock: some tens of microseconds."""

_PATTERN = 1_000
"""Characters of a LIKE or GLOB pattern: matching takes pattern times text."""

_QUADRATIC = {"instr", "replace"}
_QUADRATIC_LENGTH = 512 * 1024
_MIN_LENGTH = 1024 * 1024
_ROW_BYTES = 256 * 1024 * 1024
"""Of all values of one row together: SQLite bounds only each of them."""

_READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE}

_DECLARING = {(sqlite3.SQLITE_UPDATE, "sqlite_master"), (sqlite3.SQLITE_UPDATE, "sqlite_temp_master")}
"""Asked for when a virtual table (json_each, full text) tells its columns. An UPDATE that a statement itself
makes there is refused by SQLite: the catalogue may not be modified."""

_Failure = (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError, MemoryError)
"""What the driver raises for a bad statement: syntax, several statements, NUL, surrogates, huge results."""


class _Watch:
    """Ends a running statement at its deadline or when it is cancelled; the driver calls it now and then."""

    def __init__(self) -> None:
        self.stopped: Status | None = None
        self._deadline = float("inf")
        self._cancel: Cancellation | None = None

    def start(self, seconds: float, cancel: Cancellation | None) -> None:
        self.stopped = None
        self._deadline = perf_counter() + seconds
        self._cancel = cancel

    def __call__(self) -> bool:
        if self._cancel is not None and self._cancel.cancelled:
            self.stopped = "cancelled"
        elif perf_counter() > self._deadline:
            self.stopped = "timeout"
        return self.stopped is not None


class _Connection(sqlite3.Connection):
    """A connection with its watch, and the file it was opened on."""

    watch: _Watch
    file: tuple[int, int]
    length: int

    def guard(self, length: int) -> None:
        """Refuse everything but reading from here on, and values of more than ``length`` bytes."""
        self.length = length
        self.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        self.setlimit(sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, _PATTERN)
        self.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, length)
        self.set_authorizer(self._authorize)

    def _authorize(self, action: int, first: str | None, second: str | None, *_: str | None) -> int:
        if action in _READING or (action, first) in _DECLARING:
            return sqlite3.SQLITE_OK
        if action != sqlite3.SQLITE_FUNCTION or second is None or is_denied(second):
            return sqlite3.SQLITE_DENY
        if second.lower() in _QUADRATIC:
            self.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _QUADRATIC_LENGTH)
        return sqlite3.SQLITE_OK


class SQLite:
    """One SQLite file; see `sqloop.database.engine.Engine`."""

    dialect: Dialect = "sqlite"

    def __init__(self, path: Path, limits: Limits) -> None:
        self.path = path
        self._length = max(limits.bytes, _MIN_LENGTH)
        self._busy = limits.seconds
        self._guarded = self._pool(guarded=True)
        self._trusted = self._pool(guarded=False)

    @property
    def url(self) -> str:
        """``sqlite:///`` and the path."""
        return f"sqlite:///{self.path}"

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
                connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, connection.length)

    def read(self, sql: str, seconds: float) -> tuple[list[Row], bool]:
        """Rows of a trusted query; see `Engine.read`."""
        rows: list[Row] = []
        with self._lease(self._trusted) as connection:
            connection.watch.start(seconds, None)
            try:
                rows.extend(connection.execute(sql))
            except _Failure as error:
                if connection.watch.stopped is None:
                    raise DatabaseError(f"{self.path}: {_first_line(error)}") from error
            return rows, connection.watch.stopped is not None

    def tables(self) -> list[Table]:
        """Tables and views; see `Engine.tables`."""
        with self._lease(self._trusted) as connection:
            connection.watch.start(float("inf"), None)
            try:
                return sqlite_catalog.read_tables(connection)
            except sqlite3.Error as error:
                raise DatabaseError(f"{self.path}: {_first_line(error)}") from error

    def quote(self, name: str) -> str:
        """``name`` in double quotes."""
        return '"' + name.replace('"', '""') + '"'

    def excerpt(self, column: Column, length: int) -> str:
        """The value, text cut short and binary empty; see `Engine.excerpt`."""
        name = self.quote(column.name)
        cut = f"WHEN 'text' THEN substr({name}, 1, {length}) WHEN 'blob' THEN x''"
        return f"CASE typeof({name}) {cut} ELSE {name} END"

    def close(self) -> None:
        """Close the idle connections."""
        self._guarded.dispose()
        self._trusted.dispose()

    def _pool(self, *, guarded: bool) -> QueuePool:
        creator = cast(Callable[[], DBAPIConnection], lambda: self._open(guarded))
        pool = QueuePool(creator, pool_size=8, max_overflow=24, reset_on_return=None)
        event.listen(pool, "checkout", self._refuse_stale)
        return pool

    def _refuse_stale(self, connection: object, *_: object) -> None:
        """Open anew when the file was replaced: an open one would go on showing the old data."""
        if isinstance(connection, _Connection) and connection.file != _identity(self.path):
            raise InvalidatePoolError()

    @contextmanager
    def _lease(self, pool: QueuePool) -> Iterator[_Connection]:
        proxy: PoolProxiedConnection = pool.connect()
        try:
            connection = proxy.dbapi_connection
            assert isinstance(connection, _Connection)
            yield connection
        finally:
            proxy.close()

    def _open(self, guarded: bool) -> _Connection:
        file = _identity(self.path)
        try:
            connection = self._open_uri(f"{self.path.absolute().as_uri()}?mode=ro")
        except sqlite3.OperationalError as error:
            if not _read_only_wal(self.path, error):
                raise UnreachableError(f"{self.path}: {_first_line(error)}.") from error
            connection = self._open_uri(f"{self.path.absolute().as_uri()}?mode=ro&immutable=1")
        except sqlite3.DatabaseError as error:
            raise UnreachableError(f"{self.path} is not a SQLite database.") from error
        connection.file = file
        connection.watch = _Watch()
        connection.set_progress_handler(connection.watch, _STEPS)
        if guarded:
            connection.guard(self._length)
        else:
            connection.text_factory = _decode
        return connection

    def _open_uri(self, uri: str) -> _Connection:
        connection = sqlite3.connect(
            uri,
            uri=True,
            timeout=self._busy,
            isolation_level=None,
            check_same_thread=False,
            factory=_Connection,
            cached_statements=0,  # a cached statement would not pass the authorizer again
        )
        try:
            connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()  # reads the header
            connection.execute("PRAGMA query_only = ON")
            connection.execute("PRAGMA trusted_schema = OFF")
        except sqlite3.Error:
            connection.close()
            raise
        return connection


def _select(connection: _Connection, sql: str, limits: Limits) -> Outcome:
    try:
        return _fetch(connection, sql, limits)
    except sqlite3.OperationalError as error:
        if "Could not decode" not in str(error):
            raise
    # Decoding in C is faster: only the rare file with broken text pays for a function of our own.
    connection.text_factory = _decode
    try:
        return _fetch(connection, sql, limits)
    finally:
        connection.text_factory = str


def _fetch(connection: _Connection, sql: str, limits: Limits) -> Outcome:
    cursor = connection.cursor()
    try:
        cursor.execute(sql)
        width = len(cursor.description or ())
        if width * connection.getlimit(sqlite3.SQLITE_LIMIT_LENGTH) > _ROW_BYTES:
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _ROW_BYTES // width)
            cursor.execute(sql)
        columns = tuple(column[0] for column in cursor.description or ())
        rows, truncated = collect(cursor, limits)
    finally:
        cursor.close()
    return Outcome("ok", columns, rows, truncated)


def _failed(error: BaseException, watch: _Watch, limits: Limits) -> Outcome:
    if watch.stopped == "timeout":
        return Outcome("timeout", error=f"stopped after {limits.seconds:g} s")
    if watch.stopped is not None:
        return Outcome(watch.stopped, error="cancelled")
    if isinstance(error, sqlite3.DatabaseError) and "not authorized" in str(error):
        return Outcome("refused", error=_first_line(error))
    return Outcome("error", error=_first_line(error))


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _decode(text: bytes) -> str:
    return text.decode(errors="replace")


def _identity(path: Path) -> tuple[int, int]:
    try:
        status = os.stat(path)
    except OSError as error:
        raise UnreachableError(f"{path}: {error.strerror}.", "Check the path after sqlite:///.") from error
    if stat.S_ISDIR(status.st_mode):
        raise UnreachableError(f"{path} is a folder, not a database.")
    return status.st_dev, status.st_ino


def _read_only_wal(path: Path, error: sqlite3.Error) -> bool:
    """Whether it is in WAL mode where nothing may be written beside it: then nobody changes it either."""
    if "unable to open" not in str(error) or os.access(path.parent, os.W_OK):
        return False
    with suppress(OSError):
        return not path.with_name(path.name + "-wal").exists()
    return False
