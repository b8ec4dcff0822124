"""MariaDB and MySQL: pooled sessions that are read-only, each query under the server's own clock.

Wall 2 is ``tx_read_only``, set again with every statement, and brackets around it: inside brackets the
server's grammar takes nothing but a query (a WITH stands without them; after it, too, only a query may come).
Wall 3 is max_statement_time and sql_select_limit on the server; here, rows are streamed and the bytes of a
result counted as they arrive. A cancel sends KILL QUERY over another session. MySQL has other names for it.
"""

from __future__ import annotations

import re
from contextlib import AbstractContextManager, suppress
from time import perf_counter

from pymysql import Error as PyMySQLError
from pymysql.cursors import SSCursor
from sqlalchemy.engine import URL

from sqloop.database.account import Account
from sqloop.database.cancellation import Cancellation
from sqloop.database.checking.skeleton import SkeletonError, read_skeleton
from sqloop.database.engines.mariadb.account import check_grants
from sqloop.database.engines.mariadb.catalog import read_tables
from sqloop.database.engines.mariadb.errors import is_lost, line_of, status_of, unreachable
from sqloop.database.engines.mariadb.samples import read_row, write_excerpt
from sqloop.database.engines.mariadb.session import ResultTooLargeError, Session, open_session
from sqloop.database.engines.mariadb.stamp import read_stamp
from sqloop.database.engines.mariadb.views import Views
from sqloop.database.engines.mariadb.wary import deciphering
from sqloop.database.engines.registry import FORMS
from sqloop.database.engines.server import READ_BYTES, STILL, VIEWS_SECONDS, Kind, Server
from sqloop.database.identifiers import enclose
from sqloop.database.outcome import Limits, Outcome
from sqloop.database.password import find_password
from sqloop.database.rows import Row, fetch
from sqloop.database.schema import Dialect
from sqloop.errors import DatabaseError, SettingsError, SQLoopError, UnreachableError

_READ_ROWS = 10_000_000
"""What SQLoop reads for itself: catalogues of any size, values in portions."""

_WITHOUT_INTO = re.compile(r"\s*WITH\b(?!.*\bINTO\b)", re.IGNORECASE | re.DOTALL)

_KILLING, _KILL_PAUSE = 0.6, 0.02
"""Seconds. A KILL that comes before the server has begun the query is lost: it is sent again until the query
ends, or is left."""


def open_engine(url: URL, limits: Limits, password_command: str | None) -> MariaDB:
    """The database at ``url``. Raises SettingsError."""
    if not url.database:
        raise SettingsError("The database URL names no database.", FORMS)
    return MariaDB(url, find_password(url, password_command), limits)


class MariaDB(Server[Session]):
    """One database of a MariaDB or MySQL server; see `sqloop.database.engine.Engine`."""

    dialect: Dialect = "mysql"
    text_type = "CHAR"
    kind = Kind(
        PyMySQLError, is_lost, unreachable, open_session, read_tables, read_stamp, write_excerpt, read_row
    )

    def __init__(self, url: URL, password: str | None, limits: Limits) -> None:
        super().__init__(url, password, limits)
        self._views = Views(lambda sql: self._catalogue(sql, VIEWS_SECONDS))

    def run(self, sql: str, limits: Limits, cancel: Cancellation | None = None) -> Outcome:
        """Run untrusted text; see `Engine.run`."""
        return self._guard(_bracketed(sql), limits, cancel)

    def prepare(self, sql: str, limits: Limits, cancel: Cancellation | None = None) -> Outcome:
        """Have it explained; see `Engine.prepare`."""
        return self._guard(f"EXPLAIN {_bracketed(sql)}", limits, cancel)

    def refuse_definitions(self, sql: str, functions: frozenset[str]) -> str | None:
        """As their definitions say; see `DefinitionKeeper`."""
        try:
            return self._views.refuse(sql, functions)
        except UnreachableError:
            raise
        except DatabaseError as error:
            return f"its views cannot be judged: {error.message}"

    def read(self, sql: str, seconds: float) -> tuple[list[Row], bool]:
        """Rows of a trusted query; see `Engine.read`."""
        if "`" in sql and self._views.touches(sql):
            raise DatabaseError(
                f"{self.url}: a view that calls functions of the database is not read unasked."
            )
        return self._read(sql, seconds)

    def _read(self, sql: str, seconds: float) -> tuple[list[Row], bool]:
        rows: list[Row] = []

        def fetch(session: Session) -> bool:
            rows.clear()
            session.hold(Limits(seconds, _READ_ROWS, READ_BYTES))
            try:
                with SSCursor(session) as cursor:
                    cursor.execute(session.limited(sql))
                    rows.extend(cursor)
            except PyMySQLError as error:
                if status_of(error) != "timeout" and not (is_lost(error) and session.is_late):
                    raise
                return True
            return False

        try:
            return rows, self._retried(fetch)
        except PyMySQLError as error:
            raise DatabaseError(f"{self.url}: {line_of(error)}") from error

    def quote(self, name: str) -> str:
        """``name`` in backticks."""
        return enclose(name, self.dialect)

    def length(self, expression: str) -> str:
        """Whatever the type; see `Engine.length`."""
        return f"LENGTH({expression})"

    def check(self) -> Account:
        """As SHOW GRANTS says; see `Engine.check`."""
        return check_grants(self)

    def _guard(self, sql: str, limits: Limits, cancel: Cancellation | None) -> Outcome:
        try:
            return self._retried(lambda session: self._run(session, sql, limits, cancel or Cancellation()))
        except PyMySQLError as error:
            raise unreachable(error, self._url) from error

    def _run(self, session: Session, sql: str, limits: Limits, cancel: Cancellation) -> Outcome:
        deadline = perf_counter() + limits.seconds
        if cancel.cancelled:
            return Outcome("cancelled", error="cancelled")
        session.hold(limits)
        session.idle.clear()
        try:
            with cancel.calling(lambda: self._kill(session)):
                try:
                    return _select(session, sql, limits)
                finally:
                    session.idle.set()
        except ResultTooLargeError:
            return Outcome("error", error=f"a value does not fit in the {limits.bytes:,} bytes allowed")
        except UnicodeError as error:
            session.hang_up()
            return Outcome("error", error=line_of(error))
        except PyMySQLError as error:
            if is_lost(error) and not cancel.cancelled and perf_counter() < deadline:
                raise
            return _failed(error, cancel, limits, late=perf_counter() >= deadline)

    def _using(self, session: Session) -> AbstractContextManager[object]:
        return deciphering(session)

    def _serves_again(self, session: Session) -> bool:
        session.let_go()
        return session.open

    def _kill(self, running: Session) -> None:
        # Nothing to be done where the server is gone: the query is, too.
        with suppress(PyMySQLError, SQLoopError), self._lease() as other, other.cursor() as cursor:
            until = perf_counter() + _KILLING
            while perf_counter() < until:
                cursor.execute(f"KILL QUERY {running.identity}")
                if running.idle.wait(_KILL_PAUSE):
                    return
        running.leave()


def _bracketed(sql: str) -> str:
    try:
        skeleton = read_skeleton(sql, "mysql")
    except SkeletonError:  # for the server to refuse; the line break ends a comment at the end
        return f"({sql}\n)"
    text = skeleton.text.rstrip("; \t\r\n")
    # After a WITH no writing statement may come, but an INTO may: within brackets that is an error.
    return text if _WITHOUT_INTO.match(skeleton.bare) else f"({text})"


def _select(session: Session, sql: str, limits: Limits) -> Outcome:
    cursor = SSCursor(session)
    cursor.execute(session.limited(sql))
    outcome = fetch(cursor.description, cursor, limits)
    if outcome.truncated or outcome.status != "ok":
        # What is left may be without end. The server stops when nobody listens.
        session.hang_up()
    cursor.close()
    return outcome


def _failed(error: PyMySQLError, cancel: Cancellation, limits: Limits, *, late: bool) -> Outcome:
    status = status_of(error)
    if cancel.cancelled:
        return Outcome("cancelled", error=f"cancelled{STILL if is_lost(error) else ''}")
    if late and is_lost(error):
        return Outcome("timeout", error=f"stopped after {limits.seconds:g} s{STILL}")
    if status == "timeout":
        return Outcome("timeout", error=f"stopped after {limits.seconds:g} s")
    return Outcome(status, error=line_of(error))
