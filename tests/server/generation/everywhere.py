"""One script of SQL as a database on each of the four engines."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from sqloop.database.connect import Database, connect

ENGINES = ["sqlite", "duckdb", "mariadb", "postgres"]


def make_everywhere(request: pytest.FixtureRequest, folder: Path, name: str, script: str) -> Database:
    """The database ``name`` on the engine that ``request`` has as its parameter."""
    path = folder / f"{name}.{request.param}"
    if request.param == "sqlite":
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.executescript(script)
    elif request.param == "duckdb":
        with duckdb.connect(str(path)) as files:
            files.execute(script)
    else:
        statements = filter(str.strip, script.split(";"))
        return connect(request.getfixturevalue(request.param).create(name, *statements))
    return connect(f"{request.param}:///{path}")
