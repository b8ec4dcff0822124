"""The server behind a store that a team shares: MariaDB, MySQL or PostgreSQL, a connection for each call."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from sqloop.database.outcome import Limits
from sqloop.database.password import find_password

_CONNECTING = 10
"""Seconds that a server may take to answer."""

_WORKING = 60
"""Seconds that a statement may take, and a server be silent."""

_DEADLOCK = 1213
"""MariaDB's and MySQL's error for a deadlock; in a Galera cluster also for two writers that met."""

_GIVEN_UP = ("40001", "40P01")
"""PostgreSQL's states for a transaction that cannot be serialised, and for a deadlock."""

_MAKING = 0x53514C
"""Number of the lock under which PostgreSQL makes the tables."""


def _open_mariadb(url: URL, password: str | None) -> Engine:
    return create_engine(
        url.set(drivername="mysql+pymysql", password=password),
        poolclass=NullPool,
        connect_args={"connect_timeout": _CONNECTING, "read_timeout": _WORKING, "write_timeout": _WORKING},
    )


def _open_postgres(url: URL, password: str | None) -> Engine:
    import psycopg  # loaded for whoever uses it

    from sqloop.database.engines.postgres.session import parameters

    given = parameters(url, password, Limits(seconds=_CONNECTING))
    silence = {"keepalives_idle": _WORKING // 2, "keepalives_interval": 10, "keepalives_count": 3}

    def connect() -> psycopg.Connection[Any]:
        connection = psycopg.connect(**(given | silence), autocommit=True)
        connection.execute(f"SET statement_timeout = '{_WORKING}s'")
        connection.autocommit = False
        return connection

    return create_engine("postgresql+psycopg://", poolclass=NullPool, creator=connect)


SERVERS = {
    "mysql": _open_mariadb,
    "mariadb": _open_mariadb,
    "postgresql": _open_postgres,
    "postgres": _open_postgres,
}
"""By the scheme of the URL."""


def open_server(url: URL, password_command: str) -> Engine:
    """Where the server at ``url`` is met; nothing is sent yet. Raises SettingsError."""
    return SERVERS[url.get_backend_name()](url, find_password(url, password_command or None))


def find_grants(url: URL) -> str:
    """What lets an account read and keep events that others forget, to be granted once the tables are there.

    >>> from sqlalchemy import make_url
    >>> find_grants(make_url("mysql://ann@db/team"))
    "GRANT SELECT, INSERT ON team.* TO 'ann';"
    """
    if url.get_backend_name() in ("mysql", "mariadb"):
        return f"GRANT SELECT, INSERT ON {url.database}.* TO '{url.username}';"
    return (
        f"GRANT SELECT, INSERT ON sqloop_feedback TO {url.username}; "
        f"GRANT SELECT ON sqloop_feedback_version TO {url.username}; "
        f"GRANT USAGE ON SEQUENCE sqloop_feedback_number_seq TO {url.username};"
    )


def begin_making(connection: Connection) -> None:
    """One process at a time makes tables: PostgreSQL's IF NOT EXISTS fails where two do."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_MAKING})"))


def met_deadlock(error: DBAPIError) -> bool:
    """Whether the server gave a transaction up for another; it may succeed when begun anew."""
    cause = error.orig
    if cause is None:
        return False
    return getattr(cause, "sqlstate", None) in _GIVEN_UP or cause.args[:1] == (_DEADLOCK,)
