"""One connection to a SQLite file: read-only, behind an authorizer, with a watch on every statement.

``mode=ro``, ``query_only`` and the authorizer let nothing through but reading and harmless functions. The
watch ends a statement in time; SQLite's own limits bound the size of a value. A single instruction cannot be
interrupted, so the inputs of those that take quadratic time are kept small; what is left is ended from
outside (`sqloop.database.engines.sqlite.child`).
"""

from __future__ import annotations

import os
import re
import sqlite3
import stat
from contextlib import suppress
from pathlib import Path
from time import perf_counter

from sqloop.database.engines.sqlite.functions import FUNCTIONS
from sqloop.database.engines.sqlite.quiet import State, find_quiet, has_log, is_in_wal_mode, state_of
from sqloop.errors import UnreachableError

_STEPS = 250
"""Virtual machine instructions between two looks at the clock: a single one may take milliseconds."""

_PATTERN = 1_000
"""Characters of a LIKE or GLOB pattern: matching takes pattern times text."""

_QUADRATIC = {"instr", "replace"}
_QUADRATIC_LENGTH = 512 * 1024
_READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE}

_VIRTUAL = {(sqlite3.SQLITE_UPDATE, "sqlite_master"), (sqlite3.SQLITE_PRAGMA, "data_version")}
"""Asked for by virtual tables (json_each, full text) when they tell their columns or look for changes. An
UPDATE that a statement itself makes there is refused by SQLite: the catalogue may not be modified."""


class Watch:
    """Ends a running statement at its deadline; the driver calls it now and then."""

    def __init__(self) -> None:
        self.stopped = False
        self._deadline = float("inf")

    def start(self, seconds: float) -> None:
        """Watch from now on, for at most ``seconds``."""
        self.stopped = False
        self._deadline = perf_counter() + seconds

    def __call__(self) -> bool:
        """Whether the statement has to stop."""
        self.stopped = self.stopped or perf_counter() > self._deadline
        return self.stopped


class Connection(sqlite3.Connection):
    """A connection and the file it was opened on; ``state`` is that of a file that is read without locks."""

    file: tuple[int, int]
    length: int
    state: State | None

    def is_of(self, path: Path) -> bool:
        """Whether it shows what is in the file at ``path`` now. Raises UnreachableError."""
        if self.file != file_identity(path):
            return False
        return self.state is None or (self.holds(path) and not has_log(path))

    def holds(self, path: Path) -> bool:
        """Whether all that was read without locks is of one state of the file."""
        return self.state is None or self.state == state_of(path)

    def guard(self, length: int) -> None:
        """Refuse everything but reading from here on, and values of more than ``length`` bytes."""
        self.length = length
        self._open_virtual_tables()
        self.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        self.setlimit(sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, _PATTERN)
        self.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, length)
        self.set_authorizer(self._authorize)

    def trust(self) -> None:
        """Read what SQLoop writes itself. What the schema calls is SQLite's own, and harmless in a view.

        Without an authorizer: the driver has it refuse every name that is no UTF-8, here those of all tables.
        """
        self.text_factory = decode
        self.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)

    def _open_virtual_tables(self) -> None:
        """Some (R-tree) prepare their writing when they are opened: the authorizer would not let them."""
        virtual = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL%'"
        self.text_factory = decode
        for (name,) in self.execute(virtual).fetchall():
            with suppress(sqlite3.Error):  # an unknown module: that table cannot be read anyway
                self.execute("SELECT * FROM pragma_table_info(?)", (name,)).fetchall()
        self.text_factory = str

    def _authorize(self, action: int, first: str | None, second: str | None, *_: str | None) -> int:
        if action in _READING or (action, first) in _VIRTUAL:
            return sqlite3.SQLITE_OK
        name = second.lower() if action == sqlite3.SQLITE_FUNCTION and second is not None else ""
        if name not in FUNCTIONS:
            return sqlite3.SQLITE_DENY
        if name in _QUADRATIC:
            self.narrow(_QUADRATIC_LENGTH)
        return sqlite3.SQLITE_OK

    def narrow(self, length: int) -> bool:
        """Lower the size that a value may have, until `widen`; False if it is that low already."""
        if length >= self.getlimit(sqlite3.SQLITE_LIMIT_LENGTH):
            return False
        self.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, length)
        return True

    def widen(self) -> None:
        """Allow values of the size that was allowed at first."""
        self.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, self.length)


def open_connection(
    path: Path, busy: float, length: int | None, watch: Watch, *, locking: bool = False
) -> Connection:
    """Open ``path`` read-only, and guarded when ``length`` bounds its values.

    ``busy`` is how many seconds to wait for a writer; with ``locking``, SQLite's locks see to it that what is
    read is whole, even if that leaves files beside this one. Raises UnreachableError.
    """
    file = file_identity(path)
    state = None if locking or not is_in_wal_mode(path) else find_quiet(path)
    uri = f"{path.absolute().as_uri()}?mode=ro"
    try:
        connection = _open_uri(f"{uri}&immutable=1" if state else uri, busy)
    except sqlite3.DatabaseError as error:
        if state is not None and state != state_of(path):
            return open_connection(path, busy, length, watch, locking=True)
        if not _read_only_wal(path, error):
            raise _unreachable(path, error) from error
        state = state_of(path)
        connection = _open_uri(f"{uri}&immutable=1", busy)
    connection.file, connection.state = file, state
    connection.set_progress_handler(watch, _STEPS)
    if length is None:
        connection.trust()
    else:
        connection.guard(length)
    return connection


def _unreachable(path: Path, error: sqlite3.DatabaseError) -> UnreachableError:
    match error.sqlite_errorcode & 0xFF:
        case sqlite3.SQLITE_NOTADB:
            return UnreachableError(f"{path} is not a SQLite database.")
        case sqlite3.SQLITE_CORRUPT:
            return UnreachableError(f"{path} is damaged: {first_line(error)}.", "Was it copied as a whole?")
        case _:
            return UnreachableError(f"{path}: {first_line(error)}.")


def _open_uri(uri: str, busy: float) -> Connection:
    connection = sqlite3.connect(
        uri,
        uri=True,
        timeout=busy,
        isolation_level=None,
        check_same_thread=False,
        factory=Connection,
        cached_statements=0,  # a cached statement would not pass the authorizer again
    )
    try:
        connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()  # reads the header
        connection.execute("PRAGMA query_only = ON")
        # Views and generated columns may use JSON, full text and R-trees. What reaches outside SQLite
        # refuses to a schema in any case, and the authorizer sees every function that a candidate gets to.
        connection.execute("PRAGMA trusted_schema = ON")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def file_identity(path: Path) -> tuple[int, int]:
    """What tells this file from another of the same name. Raises UnreachableError."""
    try:
        status = os.stat(path)
    except OSError as error:
        raise UnreachableError(f"{path}: {error.strerror}.", "Check its path.") from error
    if stat.S_ISDIR(status.st_mode):
        raise UnreachableError(f"{path} is a folder, not a database.")
    return status.st_dev, status.st_ino


def _read_only_wal(path: Path, error: sqlite3.Error) -> bool:
    """Whether it is in WAL mode where nothing may be written beside it: then nobody changes it either."""
    unwritable = any(words in str(error) for words in ("unable to open", "readonly database"))
    if not unwritable or os.access(path.parent, os.W_OK):
        return False
    with suppress(OSError):
        return not has_log(path)
    return False


def add_collation(connection: sqlite3.Connection, error: sqlite3.OperationalError) -> bool:
    """Stand in for the collation that ``error`` misses; False if it misses none.

    Programs bring collations of their own, most often for letters beyond ASCII regardless of case.
    """
    missing = re.search(r"no such collation sequence: (.+)", str(error))
    if missing is None:
        return False
    connection.create_collation(missing[1], _compare)
    return True


def _compare(one: str, other: str) -> int:
    one, other = one.casefold(), other.casefold()
    return (one > other) - (one < other)


def first_line(error: BaseException) -> str:
    """One line for the user."""
    if (
        isinstance(error, sqlite3.Error)
        and getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
    ):
        return "database is locked: another program is writing to it, ask again when it has finished"
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def decode(text: bytes) -> str:
    """Text with what is no UTF-8 replaced."""
    return text.decode(errors="replace")
