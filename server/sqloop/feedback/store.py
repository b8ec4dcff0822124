"""Where feedback is kept: a SQLite file of the user, or a MariaDB database that a team shares.

Events are appended, each in a transaction of its own, by any number of processes at once; a process may be
killed at any point. SQLite runs in WAL mode, zeroes what is deleted, and its file is the user's alone. A
connection lives for one call: threads and forks share none.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import (
    Connection,
    Engine,
    create_engine,
    delete,
    event,
    insert,
    inspect,
    or_,
    select,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateTable

from sqloop.database.password import find_password
from sqloop.errors import FeedbackError, SettingsError
from sqloop.feedback.events import Event
from sqloop.feedback.tables import VERSION, events, from_row, metadata, to_row, versions
from sqloop.places import data_folder
from sqloop.settings import Settings

PATIENCE = 30
"""Seconds that a writer waits for other writers: SQLite lets them in one by one, and in no fair order."""

_CONNECTING = 10
"""Seconds that a server may take to answer."""

_FORMS = "Use a path, sqlite:///feedback.sqlite or mysql+pymysql://user@host:port/name."

_AT_ONCE = 500
"""Ids in one statement; SQLite takes a thousand parameters everywhere."""


class FeedbackStore:
    """Events in the order of their arrival; may be used from several threads and processes at once."""

    def __init__(self, where: str, password_command: str = "", *, create: bool = True) -> None:
        """Open the store at a path or a URL.

        Raises:
            SettingsError: ``where`` is no place that can hold a store.
            FeedbackError: nothing can be read there, or nothing is there and ``create`` is False.
        """
        url = _parse(where)
        self.place = _printable(url)
        self._engine = _open_sqlite(url, create) if _is_file(url) else _open_mariadb(url, password_command)
        self._prepare(create)

    def append(self, event: Event) -> None:
        """Add an event; it is there for good when this returns. Raises FeedbackError."""
        with self._connect() as connection:
            connection.execute(insert(events).values(to_row(event)))

    def events(self, newest: int | None = None) -> list[Event]:
        """All events, or the ``newest`` so many, the oldest of them first. Raises FeedbackError."""
        query = select(events).order_by(events.c.number.desc()).limit(newest)
        with self._connect() as connection:
            return [from_row(row) for row in connection.execute(query).mappings()][::-1]

    def find(self, id: str) -> Event | None:
        """The event of that id. Raises FeedbackError."""
        with self._connect() as connection:
            row = connection.execute(select(events).where(events.c.id == id)).mappings().first()
            return from_row(row) if row else None

    def last_shown(self, user: str) -> Event | None:
        """What ``user`` was shown last. Raises FeedbackError."""
        query = select(events).where(events.c.event == "shown", events.c.user == user)
        with self._connect() as connection:
            row = connection.execute(query.order_by(events.c.number.desc()).limit(1)).mappings().first()
            return from_row(row) if row else None

    def forget(self, ids: Collection[str]) -> int:
        """Delete events and all that refers to them, for good; how many there were. Raises FeedbackError."""
        count, left = 0, list(ids)
        with self._connect() as connection:
            while left:
                some, left = left[:_AT_ONCE], left[_AT_ONCE:]
                chosen = or_(events.c.id.in_(some), events.c.shown.in_(some))
                count += connection.execute(delete(events).where(chosen)).rowcount
        if self._engine.dialect.name == "sqlite":
            with self._connect() as connection:  # else the log beside the file would still hold them
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return count

    def _prepare(self, create: bool) -> None:
        """Make the tables where there are none; the version comes last, for only whole stores have it."""
        version = self._read_version()
        if version is None and create:
            self._create()
            version = self._read_version()
        if version is None:
            raise FeedbackError(f"There is no feedback store at {self.place}.")
        if version != VERSION:
            raise FeedbackError(
                f"The feedback store at {self.place} has the version {version}, this SQLoop reads {VERSION}."
            )

    def _read_version(self) -> int | None:
        with self._connect() as connection:
            if not inspect(connection).has_table(versions.name):
                return None
            return connection.scalar(select(versions.c.version).where(versions.c.id == 1))

    def _create(self) -> None:
        with self._connect() as connection:
            for table in metadata.sorted_tables:
                connection.execute(CreateTable(table, if_not_exists=True))
            # Another process may have been first.
            once = insert(versions).prefix_with("OR IGNORE", dialect="sqlite")
            once = once.prefix_with("IGNORE", dialect="mysql")
            connection.execute(once.values(id=1, version=VERSION))

    @contextmanager
    def _connect(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except DBAPIError as error:
            # Of the driver's message only: SQLAlchemy's quotes the question.
            said = error.orig.args if error.orig else ()
            reason = " ".join(str(said[-1] if said else error.orig).split())
            raise FeedbackError(f"The feedback store at {self.place} cannot be used: {reason}.") from None
        except SQLAlchemyError as error:
            reason = type(error).__name__
            raise FeedbackError(f"The feedback store at {self.place} cannot be used: {reason}.") from None


def open_store(settings: Settings) -> FeedbackStore:
    """The store that the settings choose, or a file of the user's own. Raises as `FeedbackStore` does."""
    own = data_folder(settings.data) / "feedback.sqlite"
    return FeedbackStore(settings.feedback.store or str(own), settings.feedback.password_command)


def _parse(where: str) -> URL:
    if "://" not in where:
        return URL.create("sqlite", database=str(Path(where).expanduser()))
    try:
        url = make_url(where)
    except (ArgumentError, ValueError):
        # The text stays out of the message: it may hold a password.
        raise SettingsError("The URL of the feedback store cannot be understood.", _FORMS) from None
    if url.get_backend_name() not in ("sqlite", "mysql", "mariadb") or url.database in (None, "", ":memory:"):
        raise SettingsError("The URL of the feedback store names no SQLite file and no database.", _FORMS)
    return url


def _is_file(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def _printable(url: URL) -> str:
    if _is_file(url):
        return str(url.database)
    return URL.create(url.drivername, url.username, None, url.host, url.port, url.database).render_as_string()


def _open_sqlite(url: URL, create: bool) -> Engine:
    path = Path(url.database or "").expanduser()
    if not create and not path.is_file():
        raise FeedbackError(f"There is no feedback store at {path}.")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
    except OSError as error:
        raise FeedbackError(f"The feedback store at {path} cannot be made: {error.strerror}.") from None
    engine = create_engine(
        URL.create("sqlite", database=str(path)), poolclass=NullPool, connect_args={"timeout": PATIENCE}
    )
    event.listen(engine, "connect", _set_up)
    return engine


def _set_up(connection: sqlite3.Connection, _: object) -> None:
    connection.execute("PRAGMA secure_delete = ON")
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            # The change to WAL, once in the life of a file, waits for nobody: two newcomers may collide.
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _open_mariadb(url: URL, password_command: str) -> Engine:
    password = find_password(url, password_command or None)
    return create_engine(
        url.set(drivername="mysql+pymysql", password=password),
        poolclass=NullPool,
        connect_args={"connect_timeout": _CONNECTING, "read_timeout": 60, "write_timeout": 60},
    )
