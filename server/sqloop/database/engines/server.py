"""What the engines of servers share: a pool of sessions, and what the catalogue of the server says."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Protocol, TypeVar, cast

from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import QueuePool

from sqloop.database.cancellation import Cancellation
from sqloop.database.engine import Excerpt
from sqloop.database.knowledge.stamp import Stamp
from sqloop.database.outcome import Limits, Outcome, Status
from sqloop.database.rows import Row
from sqloop.database.schema import Dialect, Table
from sqloop.errors import DatabaseError, UnreachableError

S = TypeVar("S")
_E = TypeVar("_E", bound=Exception)
_T = TypeVar("_T")

_CATALOGUE_SECONDS, _DEFINITION_SECONDS, _STAMP_SECONDS = 60.0, 10.0, 10.0
"""What the catalogue may take for the schema, for what the database defines, and for a look whether it has
changed: every question waits for the last two, also where the server says nothing any more."""

READ_BYTES = 256 * 1024 * 1024
"""Of what SQLoop reads for itself at once."""

_STILL = ", but the server has not ended it"
"""Of a query that neither its time limit nor a cancel ended."""

Read = Callable[[str], list[Row]]
"""The rows of a trusted query."""


class Definitions(Protocol):
    """What the database defines, and what of it calls functions of its own."""

    def refuse(self, sql: str, named: frozenset[str]) -> str | None:
        """Why what ``sql`` reaches is not allowed; functions that are ``named`` are."""

    def touches(self, sql: str) -> bool:
        """Whether a query that SQLoop wrote reaches any of it."""


@dataclass(frozen=True)
class Kind(Generic[S, _E]):
    """What one kind of server has of its own: the ``failure`` of its driver, and how its catalogue is read.

    ``is_lost`` tells whether a failure ended the session, ``unreachable`` what one says of the server,
    ``status_of`` and ``line_of`` what one says of a query. ``using`` holds while a session is lent, which is
    kept after it where it ``is_fit``. ``excerpt`` is an expression for a row of a table as one JSON array;
    ``read_row`` reads what that gives, None where it is no JSON.
    """

    failure: type[_E]
    is_lost: Callable[[_E], bool]
    unreachable: Callable[[_E, URL], UnreachableError]
    status_of: Callable[[_E], Status]
    line_of: Callable[[_E], str]
    open_session: Callable[[URL, str | None, Limits], S]
    using: Callable[[S], AbstractContextManager[None]]
    is_fit: Callable[[S], bool]
    definitions: tuple[Callable[[Read], Definitions], ...]
    read_tables: Callable[[Read], list[Table]]
    read_stamp: Callable[[Read, str], Stamp | None]
    excerpt: Callable[[Excerpt, Callable[[str], str]], str]
    read_row: Callable[[Excerpt, str], Row | None]


class Server(ABC, Generic[S]):
    """One database of a server, by sessions ``S``; see `sqloop.database.engine.Engine`."""

    dialect: Dialect
    text_type: ClassVar[str]
    kind: ClassVar[Kind[Any, Any]]

    def __init__(self, url: URL, password: str | None, limits: Limits) -> None:
        self._url = url
        self._password = password
        self._limits = limits
        creator = cast(Callable[[], DBAPIConnection], self._open)
        # A rollback on return would be a round trip for nothing: no session comes back within a transaction.
        self._pool = QueuePool(creator, pool_size=8, max_overflow=24, reset_on_return=None)
        self._definitions = [
            make(lambda sql: self._catalogue(sql, _DEFINITION_SECONDS)) for make in self.kind.definitions
        ]

    @property
    def url(self) -> str:
        """The URL without its password."""
        url = self._url
        shown = URL.create(url.drivername, url.username, None, url.host, url.port, url.database, url.query)
        return shown.render_as_string()

    def refuse_definitions(self, sql: str, functions: frozenset[str]) -> str | None:
        """As the server's catalogue says; see `DefinitionKeeper`."""
        try:
            said = (each.refuse(sql, functions) for each in self._definitions)
            return next(filter(None, said), None)
        except UnreachableError:
            raise
        except DatabaseError as error:
            return f"what it calls cannot be judged: {error.message}"

    def read(self, sql: str, seconds: float) -> tuple[list[Row], bool]:
        """Rows of a trusted query; see `Engine.read`."""
        if self.quote("x")[0] in sql and any(each.touches(sql) for each in self._definitions):
            raise DatabaseError(
                f"{self.url}: a table or view that calls functions of the database is not read unasked."
            )
        return self._read(sql, seconds)

    @abstractmethod
    def quote(self, name: str) -> str:
        """``name`` as the dialect quotes it."""

    def as_text(self, expression: str) -> str:
        """A cast; see `Engine.as_text`."""
        return f"CAST({expression} AS {self.text_type})"

    def tables(self) -> list[Table]:
        """Tables and views; see `Engine.tables`."""
        return self.kind.read_tables(lambda sql: self._catalogue(sql, _CATALOGUE_SECONDS))

    def stamp(self) -> Stamp | None:
        """As far as the catalogue tells; see `Engine.stamp`."""
        return self.kind.read_stamp(lambda sql: self._catalogue(sql, _STAMP_SECONDS), self.url)

    def excerpts(self, wanted: Sequence[Excerpt], seconds: float) -> dict[str, list[Row]]:
        """All tables by one query, as far as it got; those without rows are left out: `Engine.excerpts`.

        A round trip and the head of a result cost more than a few rows, and tables differ in their columns:
        so each row comes as one JSON array.
        """
        selects = [
            f"({each.write(f'{number}, {self.kind.excerpt(each, self.quote)}', self.quote)})"
            for number, each in enumerate(wanted)
        ]
        found: dict[str, list[Row]] = {}
        for number, values in self.read(" UNION ALL ".join(selects), seconds)[0]:
            excerpt = wanted[int(str(number))]
            row = self.kind.read_row(excerpt, str(values))
            if row is not None:
                found.setdefault(excerpt.table, []).append(row)
        return found

    def close(self) -> None:
        """Close the idle sessions."""
        self._pool.dispose()

    def _open(self) -> S:
        """A new session. Raises UnreachableError."""
        try:
            session: S = self.kind.open_session(self._url, self._password, self._limits)
        except self.kind.failure as error:
            raise self.kind.unreachable(error, self._url) from error
        return session

    @contextmanager
    def _lease(self) -> Iterator[S]:
        """A session of the pool, for the time of a block."""
        proxy = self._pool.connect()
        session = cast(S, proxy.dbapi_connection)
        try:
            with self.kind.using(session):
                yield session
        finally:
            if self.kind.is_fit(session):
                proxy.close()
            else:
                proxy.invalidate()

    @abstractmethod
    def _read(self, sql: str, seconds: float) -> tuple[list[Row], bool]:
        """As `read`, whatever the query touches."""

    def _catalogue(self, sql: str, seconds: float) -> list[Row]:
        """All rows, or DatabaseError: half of them could hide what a view calls."""
        rows, cut = self._read(sql, seconds)
        if cut:
            raise DatabaseError(f"{self.url}: its catalogue takes longer than {seconds:g} s to be read.")
        return rows

    def _retried(self, work: Callable[[S], _T]) -> _T:
        """Do ``work`` on a session; once more on a new one when the server was restarted meanwhile."""
        try:
            with self._lease() as session:
                return work(session)
        except self.kind.failure as error:
            if not self.kind.is_lost(error):
                raise
        self._pool.dispose()
        with self._lease() as session:
            return work(session)

    def _guarded(self, work: Callable[[S], Outcome], cancel: Cancellation) -> Outcome:
        """What ``work`` on a session gives, unless cancelled before. Raises UnreachableError."""

        def unless_cancelled(session: S) -> Outcome:
            # Also before the second time: a cancel may be what lost the first session.
            return Outcome("cancelled", error="cancelled") if cancel.cancelled else work(session)

        try:
            return self._retried(unless_cancelled)
        except self.kind.failure as error:
            raise self.kind.unreachable(error, self._url) from error

    def _failed(self, error: Exception, cancel: Cancellation, limits: Limits, *, late: bool) -> Outcome:
        """What an error of the driver means for the query; ``late`` where its time was spent."""
        still = _STILL if self.kind.is_lost(error) else ""
        if cancel.cancelled:
            return Outcome("cancelled", error=f"cancelled{still}")
        if late:
            return Outcome("timeout", error=f"stopped after {limits.seconds:g} s{still}")
        return Outcome(self.kind.status_of(error), error=self.kind.line_of(error))

    def _left(self, cancel: Cancellation, limits: Limits) -> Outcome:
        """Of a query that neither its time limit nor a cancel ended."""
        if cancel.cancelled:
            return Outcome("cancelled", error=f"cancelled{_STILL}")
        return Outcome("timeout", error=f"stopped after {limits.seconds:g} s{_STILL}")
