"""The SQLite file of a store: opened to write, to read on any medium, and emptied on a full disk."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Collection
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from sqloop.errors import FeedbackError, MissingStoreError

_MEMORY = Path("/dev/shm")
"""Where Linux keeps files in memory: a full disk does not matter there."""


def open_to_write(path: Path, *, create: bool, patience: float) -> Engine:
    """``patience`` is how many seconds to wait for other writers. Raises FeedbackError."""
    if not create and not path.is_file():
        raise MissingStoreError(f"There is no feedback store at {path}.")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
    except OSError as error:
        raise FeedbackError(f"The feedback store at {path} cannot be made: {error.strerror}.") from None
    engine = _engine(path, patience)

    def set_up(connection: sqlite3.Connection, _: object) -> None:
        _read_any_text(connection)
        connection.execute("PRAGMA secure_delete = ON")
        _use_wal(connection, patience)

    event.listen(engine, "connect", set_up)
    return engine


def open_to_read(path: Path, patience: float) -> Engine:
    """Reads where nothing can be written too: then from a copy in memory of the file and its log."""
    if not path.is_file():
        raise MissingStoreError(f"There is no feedback store at {path}.")

    def connect() -> sqlite3.Connection:
        # rw: without the right to write, SQLite reads; but not where files beside this one are missing.
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=patience)
        _read_any_text(connection)
        return connection

    try:
        with closing(connect()) as connection:
            connection.execute("SELECT COUNT(*) FROM sqlite_schema").fetchone()
    except sqlite3.OperationalError:
        return _engine(path, patience, lambda: _read_copy(path))
    except sqlite3.DatabaseError as error:
        raise FeedbackError(f"The feedback store at {path} cannot be used: {error}.") from None
    return _engine(path, patience, connect)


def delete_in_place(path: Path, ids: Collection[str], patience: float) -> int:
    """Delete without a file beside this one, as a full disk demands; a power cut meanwhile may damage it.

    Raises sqlite3.Error.
    """
    with closing(sqlite3.connect(path, timeout=patience, isolation_level=None)) as connection:
        # Exclusive: the index of the log is then in memory, not in a file.
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA journal_mode = MEMORY")
        connection.execute("BEGIN IMMEDIATE")
        count = 0
        for id in ids:
            done = connection.execute("DELETE FROM sqloop_feedback WHERE id = ? OR shown = ?", (id, id))
            count += done.rowcount
        connection.execute("COMMIT")
    return count


def _engine(path: Path, patience: float, connect: Callable[[], sqlite3.Connection] | None = None) -> Engine:
    url = URL.create("sqlite", database=str(path))
    if connect is not None:
        return create_engine(url, poolclass=NullPool, creator=connect)
    return create_engine(url, poolclass=NullPool, connect_args={"timeout": patience})


def _read_copy(path: Path) -> sqlite3.Connection:
    """What file and log hold, in memory."""
    folder = tempfile.mkdtemp(prefix="sqloop-", dir=_MEMORY if _MEMORY.is_dir() else None)
    try:
        copy = Path(folder) / "feedback.sqlite"
        for ending in ("", "-wal"):
            if (source := Path(f"{path}{ending}")).is_file():
                shutil.copyfile(source, f"{copy}{ending}")
        connection = sqlite3.connect(":memory:")
        with closing(sqlite3.connect(copy)) as copied:
            copied.backup(connection)
        _read_any_text(connection)
        return connection
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _read_any_text(connection: sqlite3.Connection) -> None:
    # A damaged text must not cost the rows beside it.
    connection.text_factory = lambda data: data.decode(errors="replace")


def _use_wal(connection: sqlite3.Connection, patience: float) -> None:
    deadline = time.monotonic() + patience
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            # The change to WAL, once in the life of a file, waits for nobody: two newcomers may collide.
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
