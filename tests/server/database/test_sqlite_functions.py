"""SQLite runs the functions that are listed, and no others: by the engine's wall alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sqloop.database.connect import Database, connect
from sqloop.database.engines.sqlite.functions import FUNCTIONS

UNLISTED = {
    "load_extension",  # runs code
    "fts3_tokenizer",  # takes and gives addresses
    "fts5",  # gives an address
    "optimize",  # writes
    "sqlite_log",  # writes to the program's log
    "rtreecheck",
    "rtreedepth",
    "rtreenode",
    "geopoly_debug",
}
"""What SQLite 3.40 to 3.50 have beyond the list, of which each was looked at."""


def test_each_function_of_this_sqlite_was_looked_at() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        known = {str(row[0]).lower() for row in connection.execute("SELECT name FROM pragma_function_list")}
    assert known - FUNCTIONS - UNLISTED == set()
    assert not FUNCTIONS & UNLISTED


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT load_extension('x')",
        "SELECT optimize(text) FROM text",
        "SELECT text.body FROM text WHERE sqlite_log(1, 'x') IS NULL",
        "SELECT fts3_tokenizer('simple')",
        "SELECT rtreenode(2, x'0000')",
        "WITH a AS (SELECT LOAD_EXTENSION('x') AS n) SELECT n FROM a",
    ],
)
def test_what_is_not_listed_is_refused(sql: str, searched: Database) -> None:
    outcome = searched._engine.run(sql, searched.limits)
    assert (outcome.status, outcome.rows) == ("refused", ()), outcome


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT snippet(text), offsets(text), hex(matchinfo(text)) FROM text WHERE text MATCH 'word'",
        "SELECT highlight(more, 0, '<', '>'), bm25(more) FROM more WHERE more MATCH 'word' ORDER BY rank",
        "SELECT j.value, json_extract('[1]', '$[0]'), '{\"a\": 1}' ->> 'a' FROM json_each('[1, 2]') AS j",
        "SELECT group_concat(id), total(id), avg(id) FILTER (WHERE id > 0) FROM place",
        "SELECT ntile(2) OVER (ORDER BY id), lag(id, 1, 0) OVER w FROM place WINDOW w AS (ORDER BY id)",
        "SELECT strftime('%Y', 'now'), unixepoch('now'), julianday('2024-01-01'), CURRENT_TIMESTAMP",
        "SELECT sqrt(2), pow(2, 3), ceil(1.5), trunc(1.5), pi(), mod(7, 3), degrees(1)",
        "SELECT upper('a') GLOB 'A', 'a' LIKE 'A', printf('%05.2f', 1.5), soundex('x'), iif(1, 2, 3)",
    ],
)
def test_what_is_listed_runs(sql: str, searched: Database) -> None:
    outcome = searched.execute(sql)
    assert outcome.status == "ok", outcome
    assert outcome.rows


@pytest.fixture
def searched(tmp_path: Path) -> Iterator[Database]:
    path = tmp_path / "searched.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            """
            CREATE VIRTUAL TABLE text USING fts4 (body);
            INSERT INTO text VALUES ('a word'), ('another');
            CREATE VIRTUAL TABLE more USING fts5 (body);
            INSERT INTO more VALUES ('a word'), ('another');
            CREATE VIRTUAL TABLE place USING rtree (id, low, high);
            INSERT INTO place VALUES (1, 0, 1);
            """
        )
    with connect(f"sqlite:///{path}") as database:
        yield database
