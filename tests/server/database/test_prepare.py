"""Preparing: the engine says whether a query would run, and runs nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from sqloop.database.connect import Database, connect

if TYPE_CHECKING:
    from servers import MariaDBServer, PostgreSQLServer

TABLE = "CREATE TABLE singer (name VARCHAR(20), age INTEGER)"


@pytest.fixture(params=["sqlite", "duckdb", "mariadb", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        with closing(sqlite3.connect(tmp_path / "a.db")) as connection:
            connection.execute(TABLE)
        url = f"sqlite:///{tmp_path / 'a.db'}"
    elif request.param == "duckdb":
        with duckdb.connect(str(tmp_path / "a.duckdb")) as connection:
            connection.execute(TABLE)
        url = f"duckdb:///{tmp_path / 'a.duckdb'}"
    else:
        server: MariaDBServer | PostgreSQLServer = request.getfixturevalue(request.param)
        url = server.create("prepared", TABLE)
    with connect(url) as database:
        yield database


@pytest.mark.parametrize(
    ("sql", "status", "said"),
    [
        ("SELECT name FROM singer", "ok", ""),
        ("WITH old AS (SELECT * FROM singer) SELECT name FROM old;", "ok", ""),
        ("SELECT name FROM singer UNION SELECT name FROM singer ORDER BY 1 LIMIT 2", "ok", ""),
        ("SELECT name, name FROM singer -- twice", "ok", ""),
        ("SELECT nme FROM singer", "error", "nme"),
        ("SELECT name FROM singr", "error", "singr"),
        ("SELECT foo(1)", "error", "foo"),
        ("DELETE FROM singer", "refused", "DELETE"),
    ],
)
def test_the_engine_is_asked(database: Database, sql: str, status: str, said: str) -> None:
    if database.dialect != "sqlite" and "foo" in sql:
        status = "refused"  # there a function that is not listed is not asked for
    outcome = database.prepare(sql)
    assert (outcome.status, outcome.rows) == (status, ())
    assert said.lower() in outcome.error.lower()


def test_nothing_is_run(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db")) as connection:
        connection.execute(TABLE)
    endless = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT COUNT(*) FROM r"
    with connect(f"sqlite:///{tmp_path / 'a.db'}") as database:
        assert database.prepare(endless).status == "ok"
