"""The databases that are measured: files of SQLite, and a MariaDB, started as the tests start theirs."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from benchmarks.introspection import make_tables
from conftest import MariaDBServer


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


def make_thousand(folder: Path, server: MariaDBServer | None) -> dict[str, str]:
    """URLs of databases of 1,000 tables, by engine; the server knows nothing of them by heart yet."""
    path = folder / "thousand.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        for statement in make_tables():
            connection.execute(statement)
        connection.commit()
    urls = {"SQLite": f"sqlite:///{path}"}
    if server is not None:
        urls["MariaDB"] = server.create("thousand", *make_tables())
        server.stop()
        server.start()
    return urls


def make_empty(folder: Path, server: MariaDBServer | None) -> dict[str, str]:
    """URLs of databases without tables, by engine."""
    urls = {"SQLite": f"sqlite:///{folder / 'library.sqlite'}"}
    if server is not None:
        urls["MariaDB"] = server.create("library")
    return urls
