"""PostgreSQL: pooled sessions, each query a cursor of a transaction that only reads.

Wall 2: a text stands behind ``DECLARE … CURSOR FOR``, where the server's grammar takes nothing but a query,
in the extended protocol, which takes one statement, in a transaction that cannot be made to write. Wall 3:
the rows are fetched in portions that fit in what is left of the limits; statement_timeout on the server, a
clock and the protocol's cancel here. A cancel goes the same way; a server that does not heed it is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from time import perf_counter

import psycopg
from sqlalchemy.engine import URL

from sqloop.database.account import Account
from sqloop.database.cancellation import Cancellation
from sqloop.database.engines.postgres.account import check_grants
from sqloop.database.engines.postgres.catalog import read_tables
from sqloop.database.engines.postgres.defined import Defined
from sqloop.database.engines.postgres.errors import is_lost, line_of, status_of, unreachable
from sqloop.database.engines.postgres.samples import read_row, write_excerpt
from sqloop.database.engines.postgres.session import (
    LateError,
    ResultTooLargeError,
    Session,
    open_session,
)
from sqloop.database.engines.postgres.stamp import read_stamp
from sqloop.database.engines.postgres.views import Views
from sqloop.database.engines.server import READ_BYTES, STILL, VIEWS_SECONDS, Kind, Server
from sqloop.database.identifiers import enclose
from sqloop.database.outcome import Limits, Outcome
from sqloop.database.password import find_password
from sqloop.database.rows import Row, fetch
from sqloop.database.schema import Dialect, split_name
from sqloop.errors import DatabaseError, UnreachableError

_FIRST_PORTION = 50
"""Rows that are fetched before their size is known."""

_CANCELS = 30
_CANCEL_PAUSE = 0.02
"""A cancel that comes before the server has begun is lost: it is sent again until the query ends."""


def open_engine(url: URL, limits: Limits, password_command: str | None) -> PostgreSQL:
    """The database at ``url``; what it leaves out is found by libpq. Raises SettingsError."""
    return PostgreSQL(url, find_password(url, password_command), limits)


class PostgreSQL(Server[Session]):
    """One database of a PostgreSQL server; see `sqloop.database.engine.Engine`."""

    dialect: Dialect = "postgres"
    text_type = "text"
    kind = Kind(
        psycopg.Error, is_lost, unreachable, open_session, read_tables, read_stamp, write_excerpt, read_row
    )

    def __init__(self, url: URL, password: str | None, limits: Limits) -> None:
        super().__init__(url, password, limits)
        self._views = Views(lambda sql: self._catalogue(sql, VIEWS_SECONDS))
        self._defined = Defined(lambda sql: self._catalogue(sql, VIEWS_SECONDS))

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
            with _transaction(session, Limits(seconds, bytes=READ_BYTES)):
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

    def quote(self, name: str) -> str:
        """``name`` in double quotes; of a table with its schema, both of them."""
        return ".".join(enclose(part, self.dialect) for part in split_name(name, "postgres") if part)

    def length(self, expression: str) -> str:
        """Also of enums and UUIDs; see `Engine.length`."""
        return f"LENGTH(CAST({expression} AS text))"

    def check(self) -> Account:
        """As the catalogue says; see `Engine.check`."""
        return check_grants(self)

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
                return Outcome("cancelled", error=f"cancelled{STILL}")
            return Outcome("timeout", error=f"stopped after {limits.seconds:g} s{STILL}")
        except UnicodeError as error:
            return Outcome("error", error=line_of(error))

    def _serves_again(self, session: Session) -> bool:
        idle = psycopg.pq.TransactionStatus.IDLE
        return not session.closed and session.pgconn.transaction_status == idle


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
        return Outcome("cancelled", error=f"cancelled{STILL if is_lost(error) else ''}")
    if late or (status == "cancelled" and "statement timeout" in line_of(error)):
        still = STILL if is_lost(error) else ""
        return Outcome("timeout", error=f"stopped after {limits.seconds:g} s{still}")
    return Outcome(status, error=line_of(error))
