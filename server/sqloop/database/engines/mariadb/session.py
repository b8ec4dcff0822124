"""One session on a MariaDB or MySQL server: read-only, its results counted byte by byte as they arrive."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from io import BufferedReader
from socket import SHUT_RDWR, socket
from threading import Event, Timer
from time import perf_counter
from typing import Any

from pymysql import OperationalError
from pymysql.charset import charset_by_name
from pymysql.constants import CR, FIELD_TYPE
from pymysql.converters import conversions
from pymysql.cursors import Cursor
from sqlalchemy.engine import URL

from sqloop.database.decimals import Decimal
from sqloop.database.engines.mariadb.reading import watched
from sqloop.database.engines.mariadb.wary import WaryConnection, deciphering
from sqloop.database.outcome import Limits
from sqloop.errors import SettingsError

_GRACE_SECONDS = 0.8
"""What the server may be late before the client hangs up: some functions do not look at the clock."""

_PROTOCOL_BYTES = 64 * 1024
"""Room for what the protocol adds to a result: names of columns, lengths."""

_CONCATENATED = 4 * 1024 * 1024
"""Bytes that GROUP_CONCAT may give; MySQL would cut at 1,024."""

_BOUNDS = {
    "max_session_mem_used": 256 * 1024 * 1024,
    "tmp_disk_table_size": 1024 * 1024 * 1024,
    "max_tmp_session_space_usage": 1024 * 1024 * 1024,  # MariaDB 11.5: what is sorted on disk, too
}
"""Bytes that a session may take of the server, where the server knows the word and allows more by itself."""

_GRAMMAR_MODES = {"ANSI", "ANSI_QUOTES", "NO_BACKSLASH_ESCAPES", "PIPES_AS_CONCAT", "IGNORE_SPACE"} | {
    "ORACLE",
    "MSSQL",
    "DB2",
    "MAXDB",
    "POSTGRESQL",
    "HIGH_NOT_PRECEDENCE",
}
"""Modes that change how a text is read: without them, the read-only check reads it as the server does."""

_OPTIONS = {
    "charset",
    "unix_socket",
    "ssl_ca",
    "ssl_cert",
    "ssl_key",
    "ssl_verify_cert",
    "ssl_verify_identity",
}


_LOGIN = 5.0
"""Seconds that a server has at least to make a session ready, however little at a time it says."""


_SILENCE = 2.0
"""Seconds of it, besides what a query may take, in which it may say nothing at all."""


class ResultTooLargeError(Exception):
    """More bytes arrived than were allowed; the session is closed, for the rest of them is still to come."""


class Session(WaryConnection):
    """A pymysql connection that knows its server and its limits; used by one thread at a time."""

    is_mariadb: bool
    seconds: float
    rows: int
    idle: Event
    _room: int = _PROTOCOL_BYTES  # for the login
    _until: float = float("inf")
    _reader: BufferedReader | None = None

    def hold(self, limits: Limits) -> None:
        """Hold these limits from here on."""
        self.seconds = limits.seconds
        self.rows = limits.rows
        self._room = 2 * limits.bytes + _PROTOCOL_BYTES  # the last row may be one too many
        self._read_timeout = limits.seconds + _GRACE_SECONDS
        self._until = perf_counter() + limits.seconds + _GRACE_SECONDS
        if not self.is_mariadb:
            with self.cursor() as cursor:
                cursor.execute(
                    f"SET SESSION transaction_read_only = 1, sql_select_limit = {limits.rows + 1}, "
                    f"max_execution_time = {max(1, round(limits.seconds * 1_000))}"
                )

    def limited(self, sql: str) -> str:
        """``sql`` such that the server holds the limits by itself, and reads only, whatever came before."""
        if not self.is_mariadb:
            return sql
        return (
            f"SET STATEMENT tx_read_only = 1, max_statement_time = {max(self.seconds, 0.001):.3f}, "
            f"sql_select_limit = {self.rows + 1} FOR {sql}"
        )

    def _read_bytes(self, num_bytes: int) -> bytes:
        """Called by pymysql for every packet: here a value too big is met before it is in memory."""
        self._room -= num_bytes
        if self._room < 0:
            self.hang_up()
            raise ResultTooLargeError
        if self._rfile is None:  # Closed meanwhile, and a cursor that is being closed reads on.
            raise OperationalError(CR.CR_SERVER_LOST, "the connection was closed")
        data: bytes = super()._read_bytes(num_bytes)  # type: ignore[misc]  # not in the stubs
        return data

    def let_go(self) -> None:
        """Hold no limits of time any more."""
        self._until = float("inf")

    @property
    def is_late(self) -> bool:
        """Whether the time of `hold` is spent."""
        return perf_counter() > self._until - _GRACE_SECONDS

    @property
    def _rfile(self) -> BufferedReader | None:
        """Where the driver reads, and what it sets once there is a socket, and anew for TLS."""
        return self._reader

    @_rfile.setter
    def _rfile(self, reader: BufferedReader | None) -> None:
        line: socket = self._sock  # type: ignore[attr-defined]  # not in the stubs
        self._reader = reader and watched(reader, line, lambda: self._until - perf_counter())

    @property
    def identity(self) -> int:
        """The server's number for this session."""
        return int(self.thread_id())  # type: ignore[no-untyped-call]

    def leave(self) -> None:
        """Have the thread that waits for this session wait no longer; called by another one."""
        with suppress(OSError, AttributeError):  # it is gone already
            self._sock.shutdown(SHUT_RDWR)  # type: ignore[attr-defined]  # not in the stubs

    def hang_up(self) -> None:
        """Close at once, without waiting for what the server still sends."""
        result = self._result  # type: ignore[attr-defined]  # not in the stubs
        if result is not None:
            result.unbuffered_active = False  # or pymysql would read on when it lets go of the result
        self._force_close()  # type: ignore[attr-defined]  # not in the stubs


def open_session(url: URL, password: str | None, limits: Limits) -> Session:
    """Log in and make the session read-only. Raises pymysql errors, SettingsError."""
    options = _options(url)
    try:
        with deciphering():
            return _log_in(url, password, limits, options)
    except ResultTooLargeError:
        raise OperationalError(CR.CR_MALFORMED_PACKET, "it does not speak MySQL's protocol") from None


def _log_in(url: URL, password: str | None, limits: Limits, options: dict[str, Any]) -> Session:
    seconds = max(limits.seconds, _LOGIN)
    session = Session(
        defer_connect=True,
        host=url.host or "localhost",
        port=url.port or 3306,
        user=url.username,
        password=password or "",
        database=url.database,
        autocommit=True,
        local_infile=False,
        connect_timeout=max(1, round(limits.seconds)),
        read_timeout=limits.seconds + _SILENCE,  # of a server that accepts and says nothing
        write_timeout=limits.seconds + _SILENCE,
        conv=_CONVERSIONS,
        **options,
    )
    session.idle = Event()
    session.idle.set()
    clock = Timer(seconds, session.leave)  # timeouts are of each byte, which may come one by one
    clock.start()
    try:
        session.connect()
        _make_ready(session)
    finally:
        clock.cancel()
    return session


def _make_ready(session: Session) -> None:
    with session.cursor() as cursor:
        cursor.execute("SELECT VERSION(), @@sql_mode")
        version, modes = cursor.fetchone() or ("", "")
        session.is_mariadb = "mariadb" in version.lower()
        kept = [mode for mode in modes.split(",") if mode not in _GRAMMAR_MODES]
        # The catalogue is read a table a row: the columns of one must not be cut off.
        cursor.execute(
            "SET SESSION sql_mode = %s, group_concat_max_len = %s", (",".join(kept), _CONCATENATED)
        )
        _bound(cursor)
        cursor.execute("SET SESSION TRANSACTION READ ONLY")


def _bound(cursor: Cursor) -> None:
    """Lower what the session may take."""
    names = ", ".join(f"'{name}'" for name in _BOUNDS)
    cursor.execute(f"SHOW SESSION VARIABLES WHERE Variable_name IN ({names})")
    lowered = [f"{name} = {_BOUNDS[name]}" for name, value in cursor.fetchall() if int(value) > _BOUNDS[name]]
    if lowered:
        cursor.execute(f"SET SESSION {', '.join(lowered)}")


def _options(url: URL) -> dict[str, Any]:
    unknown = sorted(set(url.query) - _OPTIONS)
    if unknown:
        raise SettingsError(
            f"The database URL has an unknown option: {', '.join(unknown)}.",
            f"Known are {', '.join(sorted(_OPTIONS))}.",
        )
    options: dict[str, Any] = {"charset": "utf8mb4"}
    for name, value in url.query.items():
        options[name] = value.lower() in {"1", "true"} if name.startswith("ssl_verify") else value  # type: ignore[union-attr]
    if charset_by_name(options["charset"]) is None:
        raise SettingsError("The database URL has an unknown charset.", "Leave it out: utf8mb4 holds all.")
    return options


def _number(text: str) -> int | float:
    return Decimal(text) if "." in text or "e" in text.lower() else int(text)


def _bits(data: bytes) -> int:
    return int.from_bytes(data, "big")


_DATES = {FIELD_TYPE.DATE, FIELD_TYPE.NEWDATE, FIELD_TYPE.DATETIME, FIELD_TYPE.TIMESTAMP, FIELD_TYPE.TIME}
_CONVERSIONS: dict[Any, Callable[..., Any]] = {
    **{key: convert for key, convert in conversions.items() if key not in _DATES},
    FIELD_TYPE.DECIMAL: _number,
    FIELD_TYPE.NEWDECIMAL: _number,
    FIELD_TYPE.BIT: _bits,
}
"""Dates stay the text that the server sends (zero dates too); decimals become numbers."""
