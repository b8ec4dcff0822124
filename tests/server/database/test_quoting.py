"""Quotes and comments end where the engine ends them: each comma outside of them makes a column."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing

import duckdb
import psycopg
import pymysql
import pytest
from sqlalchemy.engine import make_url

from sqloop.continuation import remainder
from sqloop.database.schema import Dialect
from sqloop.database.tokens import code_tokens
from sqloop.lsp.text.regions import Regions

CASES = (
    r"SELECT 'C:\', 1",
    r"SELECT 'C:\', ', 1",
    r"SELECT 'a\'', 1",
    r"SELECT 'a\\', 1",
    "SELECT 'it''s, ', 2",
    "SELECT 'a' AS b, '', ', '",
    'SELECT "a, b", 1',
    'SELECT "a\\", b", 1',
    'SELECT 1 AS "a""b, c", 2',
    "SELECT 1 AS `a, b`, 2",
    "SELECT 1 AS `a``b, `, 2",
    "SELECT 1 AS [a, b], 2",
    "SELECT 1 --2, 3",
    "SELECT 1 -- 2, 3\n, 4",
    "SELECT 1 --\n, 4",
    "SELECT 3 # 2, 3\n",
    "SELECT 3 /* 2, 3 */, 4 /**/, 5",
    "SELECT 1 /* a /* b */, 2 */, 3",
    "SELECT 1 /* a /* b */, 2",
    "SELECT 1 /* ' */, 2 /* ' */",
    "SELECT $$a', 'b$$, 1",
    "SELECT $x$a$$, $x$, 1",
    r"SELECT E'a\', ', 1",
    r"SELECT e'a\\', 1",
    "SELECT 1 AS e, 'x, '",
    "SELECT 'open, 1",
    "SELECT 1, 'a' 'b, c'",
)
Columns = Callable[[str], int | None]


@pytest.fixture(params=["sqlite", "mysql", "postgres", "duckdb"])
def engine(request: pytest.FixtureRequest) -> Iterator[tuple[Dialect, Columns]]:
    """How many columns the engine finds in a query; None where it refuses it."""
    dialect: Dialect = request.param
    if dialect == "sqlite":
        connection, error = sqlite3.connect(":memory:"), sqlite3.Error
    elif dialect == "duckdb":
        connection, error = duckdb.connect(), duckdb.Error
    else:
        url = make_url(
            request.getfixturevalue("mariadb_shop_url" if dialect == "mysql" else "postgres_shop_url")
        )
        place = {"host": url.host, "port": url.port, "user": url.username, "password": url.password or ""}
        if dialect == "mysql":
            connection, error = pymysql.connect(**place), pymysql.Error
        else:
            connection, error = psycopg.connect(**place, dbname="shop", autocommit=True), psycopg.Error

    def columns(sql: str) -> int | None:
        cursor = connection.cursor()
        try:
            cursor.execute(sql)
        except error:
            return None
        return len(cursor.description)

    with closing(connection):
        yield dialect, columns


def test_quotes_and_comments_end_where_the_engine_ends_them(engine: tuple[Dialect, Columns]) -> None:
    dialect, columns = engine
    read = 0
    for sql in CASES:
        if (count := columns(sql)) is not None:
            read += 1
            assert sum(token.text == "," for token in code_tokens(sql, dialect)) + 1 == count, sql
            # Statements of a file are told apart by the same rules: a semicolon for each comma.
            statements = Regions(sql.replace(",", ";"), dialect).all()
            assert len(statements) == count, sql
    assert read > len(CASES) / 3


def test_what_somebody_writes_goes_on_behind_a_backslash() -> None:
    written = r"SELECT 'C:\' "
    assert remainder(written, r"SELECT 'C:\' FROM disk", "sqlite") == "FROM disk"
