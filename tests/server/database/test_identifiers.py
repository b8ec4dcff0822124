"""Names are written so that the engine reads names: asked of each with all the words of its own list."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable

import duckdb
import psycopg
import pymysql
import pytest
from sqlalchemy.engine import make_url

from sqloop.database.identifiers import quote_name
from sqloop.database.schema import Dialect

PROBE = "SELECT {0}.{0}, {0} FROM (SELECT 1 AS {0}) AS {0} GROUP BY {0} ORDER BY {0}"
Run = Callable[[str], object]

# sqlite.org/lang_keywords.html: the library's own list cannot be asked for.
SQLITE = """
    ABORT ACTION ADD AFTER ALL ALTER ALWAYS ANALYZE AND AS ASC ATTACH AUTOINCREMENT BEFORE BEGIN BETWEEN BY
    CASCADE CASE CAST CHECK COLLATE COLUMN COMMIT CONFLICT CONSTRAINT CREATE CROSS CURRENT CURRENT_DATE
    CURRENT_TIME CURRENT_TIMESTAMP DATABASE DEFAULT DEFERRABLE DEFERRED DELETE DESC DETACH DISTINCT DO DROP
    EACH ELSE END ESCAPE EXCEPT EXCLUDE EXCLUSIVE EXISTS EXPLAIN FAIL FILTER FIRST FOLLOWING FOR FOREIGN FROM
    FULL GENERATED GLOB GROUP GROUPS HAVING IF IGNORE IMMEDIATE IN INDEX INDEXED INITIALLY INNER INSERT
    INSTEAD INTERSECT INTO IS ISNULL JOIN KEY LAST LEFT LIKE LIMIT MATCH MATERIALIZED NATURAL NO NOT NOTHING
    NOTNULL NULL NULLS OF OFFSET ON OR ORDER OTHERS OUTER OVER PARTITION PLAN PRAGMA PRECEDING PRIMARY QUERY
    RAISE RANGE RECURSIVE REFERENCES REGEXP REINDEX RELEASE RENAME REPLACE RESTRICT RETURNING RIGHT ROLLBACK
    ROW ROWS SAVEPOINT SELECT SET TABLE TEMP TEMPORARY THEN TIES TO TRANSACTION TRIGGER UNBOUNDED UNION UNIQUE
    UPDATE USING VACUUM VALUES VIEW VIRTUAL WHEN WHERE WINDOW WITH WITHOUT
"""


def refused(words: list[str], dialect: Dialect, run: Run, error: type[Exception]) -> list[str]:
    """The words whose names, as they are written, the engine does not read as names."""
    found = []
    for word in words:
        try:
            run(PROBE.format(quote_name(word, dialect)))
        except error:
            found.append(word)
    return found


def test_sqlite_reads_every_keyword_as_a_name() -> None:
    with sqlite3.connect(":memory:") as connection:
        assert not refused(SQLITE.lower().split(), "sqlite", connection.execute, sqlite3.Error)


def test_mariadb_reads_every_keyword_as_a_name(mariadb_shop_url: str) -> None:
    url = make_url(mariadb_shop_url)
    with pymysql.connect(
        host=url.host, port=url.port or 3306, user=url.username, password=url.password or "", database="shop"
    ) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT WORD FROM information_schema.KEYWORDS")
        words = [row[0].lower() for row in cursor.fetchall() if re.fullmatch(r"\w+", row[0])]
        assert len(words) > 600
        assert not refused(words, "mysql", cursor.execute, pymysql.Error)


def test_postgresql_reads_every_keyword_as_a_name(postgres_shop_url: str) -> None:
    url = make_url(postgres_shop_url)
    with psycopg.connect(
        host=url.host, port=url.port, user=url.username, password=url.password, dbname="shop", autocommit=True
    ) as connection:
        words = [str(row[0]) for row in connection.execute("SELECT word FROM pg_get_keywords()").fetchall()]
        assert len(words) > 400
        assert not refused(words, "postgres", connection.execute, psycopg.Error)


def test_duckdb_reads_every_keyword_as_a_name() -> None:
    with duckdb.connect() as connection:
        asked = connection.execute("SELECT keyword_name FROM duckdb_keywords()").fetchall()
        words = [str(row[0]) for row in asked]
        assert len(words) > 400
        assert not refused(words, "duckdb", connection.execute, duckdb.Error)


@pytest.mark.parametrize("dialect", ["sqlite", "mysql", "postgres", "duckdb"])
def test_plain_names_stay_bare(dialect: Dialect) -> None:
    names = ["customer", "first_name", "t1"]
    assert [quote_name(name, dialect) for name in names] == names
