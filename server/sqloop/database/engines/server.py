"""What the engines of servers share: a pool of sessions, and what the catalogue of the server says."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar, cast

from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import QueuePool

from sqloop.database.engine import Excerpt
from sqloop.database.knowledge.stamp import Stamp
from sqloop.database.outcome import Limits
from sqloop.database.rows import Row
from sqloop.database.schema import Dialect, Table
from sqloop.errors import DatabaseError, UnreachableError

S = TypeVar("S")
_E = TypeVar("_E", bound=Exception)
_T = TypeVar("_T")

_CATALOGUE_SECONDS, VIEWS_SECONDS, _STAMP_SECONDS = 60.0, 10.0, 10.0
"""What the catalogue may take for the schema, for what views call, and for a look whether it has changed:
every question waits for the last two, also where the server says nothing any more."""

READ_BYTES = 256 * 1024 * 1024
"""Of what SQLoop reads for itself at once."""

STILL = ", but the server has not ended it"
"""Of a query that neither its time limit nor a cancel ended."""

Read = Callable[[str], list[Row]]
"""The rows of a trusted query."""


@dataclass(frozen=True)
class Kind(Generic[S, _E]):
    """What one kind of server has of its own: the ``failure`` of its driver, and how its catalogue is read.

    ``is_lost`` tells whether a failure ended the session, ``unreachable`` what one says of the server.
    ``excerpt`` is an expression for a row of a table as one JSON array; ``read_row`` reads what that gives,
    None where it is no JSON.
    """

    failure: type[_E]
    is_lost: Callable[[_E], bool]
    unreachable: Callable[[_E, URL], UnreachableError]
    open_session: Callable[[URL, str | None, Limits], S]
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

    @property
    def url(self) -> str:
        """The URL without its password."""
        url = self._url
        shown = URL.create(url.drivername, url.username, None, url.host, url.port, url.database, url.query)
        return shown.render_as_string()

    @abstractmethod
    def read(self, sql: str, seconds: float) -> tuple[list[Row], bool]:
        """Rows of a trusted query; see `Engine.read`."""

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
            with self._using(session):
                yield session
        finally:
            if self._serves_again(session):
                proxy.close()
            else:
                proxy.invalidate()

    def _using(self, session: S) -> AbstractContextManager[object]:
        """What stands around all that is done with a session."""
        return nullcontext()

    @abstractmethod
    def _serves_again(self, session: S) -> bool:
        """Whether a session that was used can go back to the pool; what it holds of its work is let go."""

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
