"""Where feedback is kept: a SQLite file of the user, or a MariaDB or PostgreSQL database that a team shares.

Events are appended, each in a transaction of its own, by any number of processes at once; a process may be
killed at any point. SQLite runs in WAL mode, zeroes what is deleted, and its file is the user's alone. A
connection lives for one call: threads and forks share none. An event that cannot be read, whoever wrote it,
costs a warning and itself.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import (
    Connection,
    Engine,
    RowMapping,
    Select,
    delete,
    exists,
    insert,
    inspect,
    literal,
    or_,
    select,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.schema import CreateTable

from sqloop.address import show_address
from sqloop.errors import FeedbackError, MissingStoreError, SettingsError
from sqloop.feedback.events import Event
from sqloop.feedback.sealing import read_key, seal
from sqloop.feedback.servers import SERVERS, begin_making, met_deadlock, open_server
from sqloop.feedback.sqlite_file import delete_in_place, open_to_read, open_to_write
from sqloop.feedback.tables import (
    VERSION,
    Entry,
    events,
    from_row,
    metadata,
    read_entry,
    spell_kinds,
    to_row,
    versions,
)
from sqloop.places import data_folder
from sqloop.settings import Settings

_log = logging.getLogger("sqloop")

PATIENCE = 30.0
"""Seconds that a writer waits for other writers: SQLite lets them in one by one, and in no fair order."""

_FORMS = (
    "Use a path, sqlite:///feedback.sqlite, mysql+pymysql://user@host:port/name "
    "or postgresql://user@host:port/name."
)

_AT_ONCE = 500
"""Ids in one statement; SQLite takes a thousand parameters everywhere."""

_T = TypeVar("_T")

_TRIES = 5
"""How often a transaction is begun that ends in a deadlock."""


class _DeadlockError(FeedbackError):
    """The server gave this transaction up for another one's sake."""


class FeedbackStore:
    """Events in the order of their arrival; may be used from several threads and processes at once."""

    def __init__(
        self,
        where: str,
        password_command: str = "",
        *,
        create: bool = True,
        writing: bool = True,
        patience: float = PATIENCE,
        key: bytes | None = None,
    ) -> None:
        """Open the store at a path or a URL; a file that is not opened for ``writing`` may be on any medium.

        With ``key``, events are sealed by it when they are added.

        Raises:
            SettingsError: ``where`` is no place that can hold a store.
            FeedbackError: nothing can be read there, or nothing is there and ``create`` is False.
        """
        url = _parse(where)
        self.place = _printable(url)
        self._key, self._patience = key, patience
        self._path = Path(url.database or "").expanduser() if _is_file(url) else None
        if self._path is None:
            self._engine = open_server(url, password_command)
        elif writing:
            self._engine = open_to_write(self._path, create=create, patience=patience)
        else:
            self._engine = open_to_read(self._path, patience)
        self._prepare(create and writing)

    def append(self, event: Event) -> None:
        """Add an event; it is there for good when this returns. Raises FeedbackError."""
        row = to_row(seal(event, self._key) if self._key else event)
        self._write(lambda connection: connection.execute(insert(events).values(row)))

    def rehearse(self, event: Event) -> None:
        """Add an event and take it back, which tells whether events can be kept. Raises FeedbackError."""

        def work(connection: Connection) -> None:
            with connection.begin_nested() as trial:
                connection.execute(insert(events).values(to_row(event)))
                trial.rollback()

        self._write(work)

    def events(self, newest: int | None = None) -> list[Event]:
        """All events, or the ``newest`` so many, the oldest of them first. Raises FeedbackError."""
        rows = self.rows(select(events).order_by(events.c.number.desc()).limit(newest))
        read = (self._read(row) for row in reversed(rows))
        return [event for event in read if event is not None]

    def entries(self) -> list[Entry]:
        """What there is, also of events that cannot be read. Raises FeedbackError."""
        query = select(events.c.id, events.c.shown, events.c.time).order_by(events.c.number)
        return [read_entry(row) for row in self.rows(query)]

    def find(self, id: str) -> Event | None:
        """The event of that id. Raises FeedbackError."""
        rows = self.rows(select(events).where(events.c.id == id))
        return self._read(rows[0]) if rows else None

    def last_shown(self, user: str) -> Event | None:
        """What ``user`` was shown last. Raises FeedbackError."""
        return self._last(select(events).where(events.c.event == "shown", events.c.user == user))

    def last_said(self, user: str) -> Event | None:
        """What ``user`` said last of an answer; what an editor inferred nobody said. Raises FeedbackError."""
        verdicts = ("accepted", "edited", "rejected")
        return self._last(select(events).where(events.c.event.in_(verdicts), events.c.user == user))

    def said_of(self, shown: str, user: str) -> list[Event]:
        """What ``user`` said of the answer with that id, the last of it last. Raises FeedbackError."""
        verdicts = spell_kinds("accepted", "edited", "rejected")
        query = select(events).where(
            events.c.shown == shown, events.c.user == user, events.c.event.in_(verdicts)
        )
        read = (self._read(row) for row in self.rows(query.order_by(events.c.number)))
        return [event for event in read if event is not None]

    def rows(self, query: Select[Any]) -> Sequence[RowMapping]:
        """What a query on the tables gives. Raises FeedbackError."""
        with self._connect() as connection:
            return connection.execute(query).mappings().all()

    def forget(self, ids: Collection[str]) -> int:
        """Delete events and all that refers to them, for good; how many there were. Raises FeedbackError."""
        try:
            return self._forget(ids)
        except FeedbackError:
            # A disk that is full has no room for the log of a deletion.
            if self._path is None:
                raise
            try:
                return delete_in_place(self._path, ids, self._patience)
            except sqlite3.Error as error:
                raise FeedbackError(f"The feedback store at {self.place} cannot be used: {error}.") from None

    def _forget(self, ids: Collection[str]) -> int:
        known, engine = list(ids), self._engine
        if self._path is not None:
            engine = open_to_write(self._path, create=False, patience=self._patience)

        def work(connection: Connection) -> int:
            count = 0
            for start in range(0, len(known), _AT_ONCE):
                some = known[start : start + _AT_ONCE]
                chosen = or_(events.c.id.in_(some), events.c.shown.in_(some))
                count += connection.execute(delete(events).where(chosen)).rowcount
            return count

        count = self._write(work, engine)
        if self._path is not None:
            with self._connect(engine) as connection:  # else the log beside the file would still hold them
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return count

    def _last(self, query: Select[Any]) -> Event | None:
        """The newest of these that can be read."""
        newest_first = query.order_by(events.c.number.desc()).limit(1)
        rows = self.rows(newest_first)
        while rows:
            if event := self._read(rows[0]):
                return event
            rows = self.rows(newest_first.where(events.c.number < rows[0]["number"]))
        return None

    def _read(self, row: RowMapping) -> Event | None:
        try:
            return from_row(row)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            _log.warning("The event %r in %s is damaged: it is left out.", row["id"], self.place)
            return None

    def _prepare(self, create: bool) -> None:
        """Make the tables where there are none; the version comes last, for only whole stores have it."""
        version = self._read_version()
        if version is None and create:
            self._write(_create)
            version = self._read_version()
        if version is None:
            raise MissingStoreError(f"There is no feedback store at {self.place}.")
        if version != VERSION:
            raise FeedbackError(
                f"The feedback store at {self.place} has the version {version}, this SQLoop reads {VERSION}."
            )

    def _read_version(self) -> int | None:
        with self._connect() as connection:
            if not inspect(connection).has_table(versions.name):
                return None
            return connection.scalar(select(versions.c.version).where(versions.c.id == 1))

    def _write(self, work: Callable[[Connection], _T], engine: Engine | None = None) -> _T:
        """Do it in one transaction, begun anew after a deadlock. Raises FeedbackError."""
        for _ in range(_TRIES - 1):
            with suppress(_DeadlockError), self._connect(engine) as connection:
                return work(connection)
        with self._connect(engine) as connection:
            return work(connection)

    @contextmanager
    def _connect(self, engine: Engine | None = None) -> Iterator[Connection]:
        try:
            with (engine or self._engine).begin() as connection:
                yield connection
        except DBAPIError as error:
            # Of the driver's message only: SQLAlchemy's quotes the question.
            said = error.orig.args if error.orig else ()
            reason = " ".join(str(said[-1] if said else error.orig).split())
            kind = _DeadlockError if met_deadlock(error) else FeedbackError
            raise kind(f"The feedback store at {self.place} cannot be used: {reason}.") from None
        except SQLAlchemyError as error:
            reason = type(error).__name__
            raise FeedbackError(f"The feedback store at {self.place} cannot be used: {reason}.") from None


def _create(connection: Connection) -> None:
    begin_making(connection)
    for table in metadata.sorted_tables:
        connection.execute(CreateTable(table, if_not_exists=True))
    # Another process may have been first.
    here = select(literal(1), literal(VERSION)).where(~exists().where(versions.c.id == 1))
    once = insert(versions).prefix_with("OR IGNORE", dialect="sqlite")
    once = once.prefix_with("IGNORE", dialect="mysql")
    connection.execute(once.from_select(["id", "version"], here))


def open_store(settings: Settings, *, writing: bool = True, patience: float = PATIENCE) -> FeedbackStore:
    """The store that the settings choose, or a file of the user's own. Raises as `FeedbackStore` does."""
    chosen = settings.feedback.store or str(own_store(settings))
    key = None
    if writing and settings.feedback.answers == "digest":
        url = _parse(chosen)
        beside = Path(url.database or "").expanduser() if _is_file(url) else own_store(settings)
        key = read_key(beside.with_name(f"{beside.name}.key"))
    return FeedbackStore(
        chosen, settings.feedback.password_command, writing=writing, patience=patience, key=key
    )


def find_store(settings: Settings, patience: float = PATIENCE) -> FeedbackStore | None:
    """The store, also on a medium that nothing can be written to; None where the user's own is not begun.

    Raises SettingsError and FeedbackError as FeedbackStore does.
    """
    try:
        return open_store(settings, writing=False, patience=patience)
    except MissingStoreError:
        if settings.feedback.store:
            raise
        return None


def own_store(settings: Settings) -> Path:
    """The user's own file, which may not exist yet."""
    return data_folder(settings.data) / "feedback.sqlite"


def _parse(where: str) -> URL:
    if "://" not in where:
        path = Path(where).expanduser()
        if show_address(where) != where and not path.parent.is_dir():  # a URL whose scheme was forgotten
            raise SettingsError("The URL of the feedback store cannot be understood.", _FORMS)
        return URL.create("sqlite", database=str(path))
    try:
        url = make_url(where)
    except (ArgumentError, ValueError):
        # The text stays out of the message: it may hold a password.
        raise SettingsError("The URL of the feedback store cannot be understood.", _FORMS) from None
    if url.get_backend_name() not in ("sqlite", *SERVERS) or url.database in (None, "", ":memory:"):
        raise SettingsError("The URL of the feedback store names no SQLite file and no database.", _FORMS)
    return url


def _is_file(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def _printable(url: URL) -> str:
    if _is_file(url):
        return show_address(str(url.database))
    return URL.create(url.drivername, url.username, None, url.host, url.port, url.database).render_as_string()
