"""The databases that are measured: files, and servers that are started as the tests start theirs."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb
from sqlalchemy import Connection, create_engine

from benchmarks.databases import apiary, harbour, library
from benchmarks.databases.crowd import make_crowd
from benchmarks.parts.introspection import make_tables
from servers import MariaDBServer, PostgreSQLServer


@contextmanager
def start_mariadb(folder: Path) -> Iterator[MariaDBServer | None]:
    """A running server; None where MariaDB is not installed."""
    folder.mkdir()
    try:
        server = MariaDBServer(folder)
    except FileNotFoundError:
        yield None
        return
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def start_postgres() -> Iterator[PostgreSQLServer | None]:
    """A running server; None where PostgreSQL is not installed."""
    if PostgreSQLServer.programs() is None:
        yield None
        return
    server = PostgreSQLServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(server.folder, ignore_errors=True)


def make_thousand(
    folder: Path, server: MariaDBServer | None, postgres: PostgreSQLServer | None
) -> dict[str, str]:
    """URLs of databases of 1,000 tables, by engine; no server knows anything of them by heart yet."""
    path = folder / "thousand.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        for statement in make_tables():
            connection.execute(statement)
        connection.commit()
    with duckdb.connect(str(folder / "thousand.duckdb")) as other:
        for statement in make_tables():
            other.execute(statement)
    urls = {"SQLite": f"sqlite:///{path}", "DuckDB": f"duckdb:///{folder / 'thousand.duckdb'}"}
    if server is not None:
        urls["MariaDB"] = server.create("thousand", *make_tables())
        server.stop()
        server.start()
    if postgres is not None:
        urls["PostgreSQL"] = postgres.create("thousand", *make_tables(), "ANALYZE")
        postgres.stop()
        postgres.start()
    return urls


def make_crowds(
    folder: Path, server: MariaDBServer | None, postgres: PostgreSQLServer | None
) -> dict[str, str]:
    """URLs of `crowd` with 300,000 and 1,000,000 rows, by engine and rows."""
    urls = {}
    for rows in (300_000, 1_000_000):
        name = f"crowd_{rows}"
        with closing(sqlite3.connect(folder / f"{name}.sqlite")) as connection, connection:
            for statement in make_crowd(rows, "sqlite"):
                connection.execute(statement)
        with duckdb.connect(str(folder / f"{name}.duckdb")) as other:
            for statement in make_crowd(rows, "duckdb"):
                other.execute(statement)
        urls[f"SQLite, {rows:,} rows"] = f"sqlite:///{folder / name}.sqlite"
        urls[f"DuckDB, {rows:,} rows"] = f"duckdb:///{folder / name}.duckdb"
        if server is not None:
            urls[f"MariaDB, {rows:,} rows"] = server.create(name, *make_crowd(rows, "mysql"))
        if postgres is not None:
            urls[f"PostgreSQL, {rows:,} rows"] = postgres.create(name, *make_crowd(rows, "postgres"))
    return urls


def make_library(
    folder: Path, server: MariaDBServer | None, postgres: PostgreSQLServer | None
) -> dict[str, str]:
    """URLs of `library` by engine."""
    urls = {"SQLite": f"sqlite:///{folder / 'library.sqlite'}"}
    if server is not None:
        urls["MariaDB"] = server.create("library")
    if postgres is not None:
        urls["PostgreSQL"] = postgres.create("library")
    for url in urls.values():
        _fill(url, library.load)
    with duckdb.connect(str(folder / "library.duckdb")) as connection:
        for statement in library.DDL:
            connection.execute(statement)
        for table, rows in library.library().items():
            places = ", ".join("?" * len(rows[0]))
            connection.executemany(f"INSERT INTO {table} VALUES ({places})", rows)
    return urls | {"DuckDB": f"duckdb:///{folder / 'library.duckdb'}"}


def make_apiary(
    folder: Path, server: MariaDBServer | None, postgres: PostgreSQLServer | None
) -> dict[str, str]:
    """URLs of `apiary` by engine; DuckDB reads it from two CSV files and a Parquet file."""
    urls = {"SQLite": f"sqlite:///{folder / 'apiary.sqlite'}"}
    if server is not None:
        urls["MariaDB"] = server.create("apiary")
    if postgres is not None:
        urls["PostgreSQL"] = postgres.create("apiary")
    for url in urls.values():
        _fill(url, apiary.load)
    (folder / "apiary").mkdir()
    apiary.write_files(folder / "apiary")
    return urls | {"files": f"duckdb:///{folder / 'apiary'}"}


def make_harbour(postgres: PostgreSQLServer) -> str:
    """The URL of `harbour`."""
    url = postgres.create("harbour")
    _fill(url, harbour.load)
    return url


def _fill(url: str, load: Callable[[Connection], None]) -> None:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.begin() as connection:
        load(connection)
    engine.dispose()
