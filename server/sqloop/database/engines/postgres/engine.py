"""PostgreSQL: pooled sessions, each query a cursor of a transaction that only reads.

Wall 2: a text stands behind ``DECLARE … CURSOR FOR``, where the server's grammar takes nothing but a query,
in the extended protocol, which takes one statement, in a transaction that cannot be made to write. Wall 3:
the rows are fetched in portions that fit in what is left of the limits; statement_timeout on the server, a
clock and the protocol's cancel here. A cancel goes the same way; a server that does not heed it is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from time import perf_counter
from typing import TypeVar, cast

import psycopg
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import QueuePool

from sqloop.database.account import Account
from sqloop.database.cancellation import Cancellation
from sqloop.database.engine import Excerpt
from sqloop.database.engines.postgres.account import check_grants
from sqloop.database.engines.postgres.catalog import read_tables
from sqloop.database.engines.postgres.defined import Defined
from sqloop.database.engines.postgres.errors import is_lost, line_of, printable, status_of, unreachable
from sqloop.database.engines.postgres.samples import read_first_rows
from sqloop.database.engines.postgres.session import (
    LateError,
    ResultTooLargeError,
    Session,
    open_session,
)
from sqloop.database.engines.postgres.stamp import read_stamp
from sqloop.database.engines.postgres.views import Views
from sqloop.database.identifiers import enclose
from sqloop.database.knowledge.stamp import Stamp
from sqloop.database.outcome import Limits, Outcome
from sqloop.database.password import find_password
from sqloop.database.rows import Row, fetch
from sqloop.database.schema import Dialect, Table, split_name
from sqloop.errors import DatabaseError, UnreachableError

_T = TypeVar("_T")

_CATALOGUE_SECONDS, _VIEWS_SECONDS, _STAMP_SECONDS = 60.0, 10.0, 10.0
"""What the catalogue may take for the schema, for what views call, and for a look whether it has changed:
every question waits for the last two, also where the server says nothing any more."""

_READ_BYTES = 256 * 1024 * 1024
"""Of what SQLoop reads for itself at once."""

_FIRST_PORTION = 50
"""Rows that are fetched before their size is known."""

_CANCELS = 30
_CANCEL_PAUSE = 0.02
"""A cancel that comes before the server has begun is lost: it is sent again until the query ends."""

_STILL = ", but the server has not ended it"


def open_engine(url: URL, limits: Limits, password_command: str | None) -> PostgreSQL:
    """The database at ``url``; what it leaves out is found by libpq. Raises SettingsError."""
    return PostgreSQL(url, find_password(url, password_command), limits)


class PostgreSQL:
    """One database of a PostgreSQL server; see `sqloop.database.engine.Engine`."""

    dialect: Dialect = "postgres"

    def __init__(self, url: URL, password: str | None, limits: Limits) -> None:
        self._url = url
        self._password = password
        self._limits = limits
        self._views = Views(lambda sql: self._catalogue(sql, _VIEWS_SECONDS))
        self._defined = Defined(lambda sql: self._catalogue(sql, _VIEWS_SECONDS))
        creator = cast(Callable[[], DBAPIConnection], self._open)
        self._pool = QueuePool(creator, pool_size=8, max_overflow=24, reset_on_return=None)

    @property
    def url(self) -> str:
        """The URL without its password."""
        return printable(self._url)

    def run(self, sql: str, limits: Limits, cancel: Cancellation | None = None) -> Outcome:
        """Run untrusted text; see `Engine.run`."""
        started, cancel = perf_counter(), cancel or Cancellation()
        for portion in (_FIRST_PORTION, 1):
            spent = perf_counter() - started if portion == 1 else 0.0
            left = replace(limits, seconds=max(0.001, limits.seconds - spent)) if spent else limits
            with suppress(ResultTooLargeError):
                outcome = self._guard(sql, left, cancel, partial(_select, portion=portion))
                return _told(outcome, left, limits)
        return Outcome("error", error=f"a value does not fit in the {limits.bytes:,} bytes allowed")

    def prepare(self, sql: str, limits: Limits, cancel: Cancellation | None = None) -> Outcome:
        """Have it planned; see `Engine.prepare`."""
        return self._guard(sql, limits, cancel or Cancellation(), _plan)

    def refuse_definitions(self, sql: str, functions: frozenset[str]) -> str | None:
        """As the server's catalogue says; see `DefinitionKeeper`."""
        try:
            return self._views.refuse(sql, functions) or self._defined.refuse(sql, functions)
        except UnreachableError:
            raise
        except DatabaseError as error:
            return f"what it calls cannot be judged: {error.message}"

    def read(self, sql: str, seconds: float) -> tuple[list[Row], bool]:
        """Rows of a trusted query, all or none; see `Engine.read`."""
        if '"' in sql and (self._views.touches(sql) or self._defined.touches(sql)):
            raise DatabaseError(f"{self.url}: a table that calls functions of its own is not read unasked.")
        return self._read(sql, seconds)

    def _read(self, sql: str, seconds: float) -> tuple[list[Row], bool]:

        def work(session: Session) -> tuple[list[Row], bool]:
            with _transaction(session, Limits(seconds, bytes=_READ_BYTES)):
                try:
                    return session.execute(sql).fetchall(), False
                except psycopg.errors.QueryCanceled:
                    return [], True

        try:
            return self._retried(work)
        except psycopg.Error as error:
            raise DatabaseError(f"{self.url}: {line_of(error)}") from error
        except (LateError, ResultTooLargeError):
            return [], True

    def _catalogue(self, sql: str, seconds: float) -> list[Row]:
        """All rows, or DatabaseError: half of them could hide what a view calls."""
        rows, cut = self._read(sql, seconds)
        if cut:
            raise DatabaseError(f"{self.url}: its catalogue takes longer than {seconds:g} s to be read.")
        return rows

    def tables(self) -> list[Table]:
        """Tables and views; see `Engine.tables`."""
        return read_tables(lambda sql: self._catalogue(sql, _CATALOGUE_SECONDS))

    def stamp(self) -> Stamp | None:
        """Exact, but for the whole server; see `Engine.stamp`."""
        return read_stamp(lambda sql: self._catalogue(sql, _STAMP_SECONDS), self.url)

    def quote(self, name: str) -> str:
        """``name`` in double quotes; of a table with its schema, both of them."""
        return ".".join(enclose(part, self.dialect) for part in split_name(name, "postgres") if part)

    def as_text(self, expression: str) -> str:
        """A cast; see `Engine.as_text`."""
        return f"CAST({expression} AS text)"

    def length(self, expression: str) -> str:
        """Also of enums and UUIDs; see `Engine.length`."""
        return f"LENGTH(CAST({expression} AS text))"

    def first_rows(self, wanted: Sequence[Excerpt], seconds: float) -> dict[str, list[Row]]:
        """All tables by one query; see `Engine.first_rows`."""
        return read_first_rows(lambda sql: self.read(sql, seconds)[0], self.quote, wanted)

    def check(self) -> Account:
        """As the catalogue says; see `Engine.check`."""
        return check_grants(self)

    def close(self) -> None:
        """Close the idle sessions."""
        self._pool.dispose()

    def _guard(
        self, sql: str, limits: Limits, cancel: Cancellation, work: Callable[[Session, str, Limits], Outcome]
    ) -> Outcome:
        try:
            return self._retried(lambda session: self._run(session, sql, limits, cancel, work))
        except psycopg.Error as error:
            raise unreachable(error, self._url) from error

    def _run(
        self,
        session: Session,
        sql: str,
        limits: Limits,
        cancel: Cancellation,
        work: Callable[[Session, str, Limits], Outcome],
    ) -> Outcome:
        if cancel.cancelled:
            return Outcome("cancelled", error="cancelled")
        session.idle.clear()
        try:
            with cancel.calling(lambda: _cancel(session)), _transaction(session, limits):
                try:
                    return work(session, sql, limits)
                except psycopg.Error as error:
                    if is_lost(error) and not cancel.cancelled and not session.is_late:
                        raise
                    return _failed(error, cancel, limits, late=session.is_late)
                finally:
                    session.idle.set()
        except LateError:
            if cancel.cancelled:
                return Outcome("cancelled", error=f"cancelled{_STILL}")
            return Outcome("timeout", error=f"stopped after {limits.seconds:g} s{_STILL}")
        except UnicodeError as error:
            return Outcome("error", error=line_of(error))

    def _retried(self, work: Callable[[Session], _T]) -> _T:
        """Do ``work`` on a session; once more on a new one when the server was restarted meanwhile."""
        try:
            with self._lease() as session:
                return work(session)
        except psycopg.Error as error:
            if not is_lost(error):
                raise
        self._pool.dispose()
        with self._lease() as session:
            return work(session)

    @contextmanager
    def _lease(self) -> Iterator[Session]:
        proxy = self._pool.connect()
        session = proxy.dbapi_connection
        assert isinstance(session, Session)
        try:
            yield session
        finally:
            if session.closed or session.pgconn.transaction_status != psycopg.pq.TransactionStatus.IDLE:
                proxy.invalidate()
            else:
                proxy.close()

    def _open(self) -> Session:
        try:
            return open_session(self._url, self._password, self._limits)
        except psycopg.Error as error:
            raise unreachable(error, self._url) from error


@contextmanager
def _transaction(session: Session, limits: Limits) -> Iterator[None]:
    """A block that only reads, under these limits. What is left of a broken one is closed by the lease."""
    session.begin(limits)
    try:
        yield
    finally:
        with suppress(psycopg.Error, LateError, ResultTooLargeError):
            session.end()


def _plan(session: Session, sql: str, limits: Limits) -> Outcome:
    # Binary, as psycopg asks for a binary result in the extended protocol only; a DECLARE has none.
    session.execute(f"DECLARE sqloop NO SCROLL CURSOR FOR {sql}", binary=True)
    return Outcome("ok")


def _select(session: Session, sql: str, limits: Limits, portion: int) -> Outcome:
    if "\0" in sql:  # where a text ends for libpq
        return Outcome("error", error="the text holds a NUL")
    _plan(session, sql, limits)
    first = session.execute(f"FETCH {min(portion, limits.rows + 1)} FROM sqloop")
    return fetch(first.description, _rows(session, first.fetchall(), limits, portion), limits)


def _rows(session: Session, rows: list[Row], limits: Limits, portion: int) -> Iterator[Row]:
    """First ``rows``, then the others; unless it is to be one by one, as many at a time as will hardly pass
    the limits by what has come so far.
    """
    count = size = 0
    wanted = min(portion, limits.rows + 1)
    while True:
        yield from rows
        if len(rows) < wanted:
            return
        count += len(rows)
        size += sum(len(value) for row in rows for value in row if isinstance(value, str | bytes))
        fitting = (limits.bytes - size) * count // max(1, size) + 1
        wanted = max(1, min(limits.rows + 1 - count, fitting)) if portion > 1 else 1
        rows = session.execute(f"FETCH {wanted} FROM sqloop").fetchall()


def _told(outcome: Outcome, left: Limits, limits: Limits) -> Outcome:
    """``outcome`` under what was ``left``, in the words of the ``limits`` that its reader knows."""
    if outcome.status != "timeout" or left == limits:
        return outcome
    return replace(outcome, error=outcome.error.replace(f"{left.seconds:g} s", f"{limits.seconds:g} s"))


def _cancel(session: Session) -> None:
    for _ in range(_CANCELS):
        session.stop()
        if session.idle.wait(_CANCEL_PAUSE):
            return
    session.leave()


def _failed(error: psycopg.Error, cancel: Cancellation, limits: Limits, *, late: bool) -> Outcome:
    status = status_of(error)
    if cancel.cancelled:
        return Outcome("cancelled", error=f"cancelled{_STILL if is_lost(error) else ''}")
    if late or (status == "cancelled" and "statement timeout" in line_of(error)):
        still = _STILL if is_lost(error) else ""
        return Outcome("timeout", error=f"stopped after {limits.seconds:g} s{still}")
    return Outcome(status, error=line_of(error))
