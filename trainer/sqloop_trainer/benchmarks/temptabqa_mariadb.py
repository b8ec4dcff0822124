"""A world of TEMPTABQA-C in a database of a MariaDB server, built where it is missing.

Nothing is ever dropped: a database that holds anything else is an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pymysql import Error as PyMySQLError
from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from sqloop.database.engines.mariadb.errors import code_of, unreachable
from sqloop.errors import DatabaseError
from sqloop_trainer.benchmarks.temptabqa_tables import TABLES, Rows

_UNKNOWN_DATABASE = 1049


def build_mariadb(url: URL, password: str | None, rows: Rows) -> None:
    """Have the database of `url` hold `rows`; one that does already is only read.

    Raises UnreachableError, and DatabaseError when it holds other tables or other rows.
    """
    url = url.set(password=password)
    if not _exists(url):
        with _connect(url.set(database=""), url) as server:
            server.exec_driver_sql(f"CREATE DATABASE IF NOT EXISTS `{url.database}` CHARACTER SET utf8mb4")
    with _connect(url, url) as connection:
        _build(connection, rows, str(url.database))


def _exists(url: URL) -> bool:
    engine = create_engine(url)
    try:
        with engine.connect():
            return True
    except DBAPIError as error:
        if isinstance(error.orig, PyMySQLError) and code_of(error.orig) == _UNKNOWN_DATABASE:
            return False
        raise _translated(error, url) from error
    finally:
        engine.dispose()


def _build(connection: Connection, rows: Rows, name: str) -> None:
    there = {str(table) for (table,) in connection.exec_driver_sql("SHOW TABLES")}
    if not {table.lower() for table in there} <= {table.lower() for table in TABLES}:
        raise DatabaseError(f"The database {name!r} holds other tables.", "Name one that does not exist yet.")
    for table, columns in TABLES.items():
        if table not in there:
            connection.exec_driver_sql(f"CREATE TABLE IF NOT EXISTS {table} ({columns})")
    held = {table: _read(connection, table) for table in TABLES}
    if held == rows:
        return
    if any(held.values()):
        raise DatabaseError(
            f"The database {name!r} holds other rows than this data.", "Drop it, or name another with --db."
        )
    for table in TABLES:
        if rows[table]:
            marks = ", ".join(["%s"] * len(rows[table][0]))
            connection.exec_driver_sql(f"INSERT INTO {table} VALUES ({marks})", rows[table])


def _read(connection: Connection, table: str) -> list[tuple[str | int, ...]]:
    return [tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY 1")]


@contextmanager
def _connect(url: URL, named: URL) -> Iterator[Connection]:
    """One transaction; what was inserted is kept only when all of it was."""
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            yield connection
    except DBAPIError as error:
        raise _translated(error, named) from error
    finally:
        engine.dispose()


def _translated(error: DBAPIError, url: URL) -> DatabaseError:
    if isinstance(error.orig, PyMySQLError):
        return unreachable(error.orig, url)
    return DatabaseError(str(error).splitlines()[0])
