"""One session on a PostgreSQL server: read-only, with a clock on every call.

libpq finds what the URL does not say: PGHOST, PGSERVICE, ~/.pgpass. The session's settings are those under
which a text is read as `grammar` reads it, and values are written so that nothing of them is lost.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Mapping
from contextlib import suppress
from threading import Event
from time import perf_counter
from typing import Any, TypeVar

import psycopg
from psycopg.adapt import AdaptersMap, Loader
from psycopg.pq.abc import PGconn
from psycopg.rows import tuple_row
from psycopg.types import bool as booleans
from psycopg.types import numeric, string
from sqlalchemy.engine import URL

from sqloop.database.decimals import Decimal
from sqloop.database.engines.postgres.sluice import open_way
from sqloop.database.outcome import Limits
from sqloop.errors import SettingsError

_T = TypeVar("_T")

GRACE = 0.6
"""Seconds that the server has to end what it was asked to end."""

_LOGIN = 5.0
"""Seconds that it has at least to make a session ready, however little at a time it says."""

_LOOK = 0.02
"""Seconds between two looks at the clock."""

_OPTIONS = frozenset(
    """
    host port service passfile options application_name connect_timeout hostaddr sslmode sslrootcert sslcert
    sslkey sslcrl channel_binding gssencmode require_auth target_session_attrs
    """.split()
)
"""Of libpq, in the URL behind the question mark."""

_PROTOCOL_BYTES = 64 * 1024
"""Room for what the protocol adds to a result, and for what came before."""

_SETTINGS = {
    "standard_conforming_strings": "on",
    "backslash_quote": "safe_encoding",
    "escape_string_warning": "off",
    "default_transaction_read_only": "on",
    "DateStyle": "ISO",
    "IntervalStyle": "postgres",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "client_min_messages": "error",
    "cursor_tuple_fraction": "1",
    "idle_in_transaction_session_timeout": "60s",
    "xmloption": "content",
}
_MOST_DIGITS = 308
"""Before the point, of a number that is taken for one; PostgreSQL's may have 131,072."""

_MEMORY_KB = 64 * 1024
"""That one step of a query may use (work_mem) before it writes to a temporary file."""

_SCRATCH = "1GB"
"""Of temporary files that a session may fill; only a superuser may bound himself."""

_PREPARE = (
    "SELECT current_setting('server_version'), "
    + ", ".join(f"set_config('{name}', '{value}', false)" for name, value in _SETTINGS.items())
    + ", (SELECT set_config('work_mem', least(setting::int, "
    + f"{_MEMORY_KB}) || 'kB', false) FROM pg_catalog.pg_settings WHERE name = 'work_mem'), "
    + "CASE WHEN current_setting('is_superuser') = 'on' "
    + f"THEN set_config('temp_file_limit', '{_SCRATCH}', false) END"
)


class ResultTooLargeError(Exception):
    """More bytes arrived than were allowed; the session is of no use, as the rest is still to come."""


class LateError(Exception):
    """The server went on after it was asked to stop; the session is of no use any more."""


class Session(psycopg.Connection[tuple[Any, ...]]):
    """A connection that knows its limits; used by one thread at a time."""

    idle: Event

    _until: float = float("inf")
    _most: float = float("inf")

    def __init__(self, pgconn: PGconn, row_factory: Any = tuple_row) -> None:
        super().__init__(pgconn, row_factory)
        self._sluice = open_way(pgconn)
        self.idle = Event()
        self.idle.set()

    def begin(self, limits: Limits) -> None:
        """Begin a transaction that only reads, and hold ``limits`` from here on."""
        allowed = 2 * limits.bytes + _PROTOCOL_BYTES  # the last row may be one too many
        self._most = self._sluice.received + allowed
        self._until = perf_counter() + limits.seconds
        milliseconds = max(1, round(limits.seconds * 1_000))
        # Once a snapshot is taken, no SET TRANSACTION and no set_config makes this transaction write.
        self.execute(
            f"BEGIN TRANSACTION READ ONLY; SET LOCAL statement_timeout = {milliseconds}; "
            "SELECT pg_catalog.pg_backend_pid()"
        )

    def end(self) -> None:
        """End the transaction, and let go of locks that a function took for the session."""
        self._until = perf_counter() + GRACE
        self.execute("ROLLBACK; SELECT pg_catalog.pg_advisory_unlock_all()")
        self._until = float("inf")

    @property
    def is_late(self) -> bool:
        """Whether the time of `begin` is spent."""
        return perf_counter() > self._until

    def wait(self, gen: Generator[Any, Any, _T], interval: float = _LOOK, timeout: float | None = None) -> _T:
        """Called by psycopg for every answer, within the limits. Raises LateError, ResultTooLargeError."""
        asked = False
        try:
            state = next(gen)
            while True:
                ready = self._sluice.move(state, interval)
                if self._sluice.received > self._most:
                    raise ResultTooLargeError
                late = perf_counter() - self._until
                if late > GRACE:
                    raise LateError
                if late > 0 and not asked:
                    asked = True
                    self.stop()
                state = gen.send(ready)
        except StopIteration as done:
            result: _T = done.value
            return result
        except KeyboardInterrupt:
            self.stop()
            raise

    def stop(self) -> None:
        """Have the server end what it runs for this session; may be called by another thread."""
        with suppress(psycopg.Error, OSError):
            self.cancel_safe(timeout=GRACE)

    def leave(self) -> None:
        """Have the thread that waits for this session wait no longer; called by another one."""
        self._sluice.shut()

    def close(self) -> None:
        """Take leave of the server."""
        super().close()
        self._sluice.close()


class _Numeric(Loader):
    """All digits as they are; what has none is a float, and what no float can hold is its text."""

    def load(self, data: Any) -> int | float | str:
        text = bytes(data).decode()
        if len(text.partition(".")[0]) > _MOST_DIGITS:
            return text
        if text.lstrip("-").isdigit():
            return int(text)
        return Decimal(text) if text[-1].isdigit() else float(text)


class _Adapted:
    """Where psycopg finds loaders: numbers, booleans and binary as such, all else as the server writes it."""

    def __init__(self) -> None:
        self.connection = None
        self.adapters = AdaptersMap()
        for oids, loader in _LOADERS:
            for oid in oids:
                self.adapters.register_loader(oid, loader)


_LOADERS: tuple[tuple[tuple[int, ...], type[Loader]], ...] = (
    ((0,), string.TextLoader),  # every type that is not named here
    ((20, 21, 23, 26), numeric.IntLoader),
    ((700, 701), numeric.FloatLoader),
    ((1700,), _Numeric),
    ((16,), booleans.BoolLoader),
    ((17,), string.ByteaLoader),
)


def open_session(url: URL, password: str | None, limits: Limits) -> Session:
    """Log in and make the session ready. Raises psycopg errors, SettingsError."""
    session = Session.connect(
        autocommit=True,
        prepare_threshold=None,
        context=_Adapted(),
        **parameters(url, password, limits),
    )
    session._until = perf_counter() + max(limits.seconds, _LOGIN)
    try:
        session.execute(_PREPARE)
    except LateError:
        session.close()
        raise psycopg.OperationalError("it does not answer in time") from None
    session._until = float("inf")
    return session


def parameters(url: URL, password: str | None, limits: Limits) -> dict[str, Any]:
    """What libpq is given: what the URL says, and how long to wait. Raises SettingsError."""
    unknown = sorted(set(url.query) - _OPTIONS)
    if unknown:
        raise SettingsError(
            f"The database URL has an unknown option: {', '.join(unknown)}.",
            f"Known are {', '.join(sorted(_OPTIONS))}.",
        )
    named = {
        "host": url.host,
        "port": url.port,
        "user": url.username,
        "password": password,
        "dbname": url.database,
    }
    known = {name: value for name, value in named.items() if value not in (None, "")}
    defaults = {
        "connect_timeout": max(2, round(limits.seconds)),
        "application_name": "sqloop",
        "client_encoding": "UTF8",
        "tcp_user_timeout": round((limits.seconds + 5) * 1_000),
    }
    given = dict(url.query) | known
    if _may_pose(given):
        defaults["require_auth"] = "!password"
    return defaults | given


def _may_pose(given: Mapping[str, Any]) -> bool:
    """Whether the other end may be anybody, who could ask for the password in clear text: LDAP and PAM do."""
    host = str(given.get("host") or os.environ.get("PGHOST", ""))
    is_local = host.startswith("/") or not host
    verified = given.get("sslmode", os.environ.get("PGSSLMODE")) == "verify-full"
    return not is_local and not verified and "PGREQUIREAUTH" not in os.environ
