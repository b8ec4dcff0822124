"""Honest queries of every shape pass the walls and run, on each engine that has them."""

from __future__ import annotations

import re
from pathlib import Path

from sqlglot.dialects import DuckDB, MySQL, Postgres, SQLite

from effort import choose
from sqloop.database.checking.readonly import check_readonly
from sqloop.database.connect import Database

_NAMES = ("queries", "manuals", "queries_postgres", "queries_duckdb")
LISTS = [Path(__file__).with_name(f"{name}.txt") for name in _NAMES]
"""What people and models write, and what the manuals of the engines have of a SELECT."""

_ESCAPE = re.compile(r"\\([ntr])|\\u([0-9a-f]{4})")
_BLANKS = {"n": "\n", "t": "\t", "r": "\r"}


def read_queries(engine: str) -> list[str]:
    """The queries that ``engine`` must run."""
    queries: list[str] = []
    section = ""
    for line in [line for each in LISTS for line in each.read_text().splitlines()]:
        if line.startswith("== "):
            section = line.strip("= ")
        elif section == engine or (section == "both" and engine in ("sqlite", "mysql")):
            queries.append(_ESCAPE.sub(lambda m: _BLANKS[m[1]] if m[1] else chr(int(m[2], 16)), line))
    return queries


def test_the_list_is_long_and_without_repetition() -> None:
    for engine, least in {"sqlite": 390, "mysql": 390, "postgres": 150, "duckdb": 150}.items():
        queries = read_queries(engine)
        assert len(set(queries)) == len(queries) >= least


def test_what_postgres_runs_of_the_queries_of_others_passes(postgres_shop: Database) -> None:
    """Queries of SQLite and MariaDB: some are none on PostgreSQL, but that is for the server to say."""
    ran = 0
    for sql in (each.replace("`", '"') for each in read_queries("both")):
        if postgres_shop._engine.run(sql, postgres_shop.limits).status == "ok":
            ran += 1
            assert check_readonly(sql, "postgres") is None, sql
    assert ran >= 220


def test_every_query_runs(shop: Database) -> None:
    failed = [
        (sql, outcome.error)
        for sql in read_queries(shop.dialect)
        if (outcome := shop.execute(sql)).status != "ok"
    ]
    assert failed == [], "\n".join(f"{sql} -- {error}" for sql, error in failed)


def test_what_duckdb_runs_of_the_queries_of_others_passes(duckdb_shop: Database) -> None:
    """Queries of SQLite and MariaDB: some are none on DuckDB, but that is for the engine to say."""
    ran = 0
    for sql in read_queries("both"):
        if duckdb_shop._engine.run(sql, duckdb_shop.limits).status == "ok":
            ran += 1
            assert check_readonly(sql, "duckdb") is None, sql
    assert ran >= 220


NAMED = (
    "SELECT {0} FROM (SELECT 1 AS {0}) AS t",
    "SELECT 1 {0}",
    "SELECT t.{0} FROM (SELECT 1 AS {0}) t ORDER BY {0}",
    "SELECT {0}.x FROM (SELECT 1 AS x) AS {0}",
    "WITH {0} AS (SELECT 1 AS x) SELECT * FROM {0}",
    "WITH a({0}) AS (SELECT 1) SELECT a.{0}, COUNT({0}) FROM a GROUP BY {0}",
    "SELECT 1 FROM (SELECT 1 AS {0}) t WHERE {0} = 1 AND {0} IN (1)",
)
KEYWORDS = 150
"""That `make test` tries of each engine."""

UNREAD = {
    "sqlite": "any cross for glob inner like lock offset outer regexp window with".split(),
    "mysql": "any charset cube full lateral rollup window".split(),
    # It takes nearly every word for an alias that stands without AS.
    "postgres": (
        "alter and between collate cross cube distinct drop else ilike inner insert join lateral like lock "
        "not only or outer recursive rollup select then using values variadic when window"
    ).split(),
    "duckdb": "alter between cube drop insert map rollup values".split(),
}
"""Keywords of the engine itself, which it takes for a name where nothing else can stand; sqlglot does not."""


def test_keywords_of_other_databases_are_names_here(shop: Database) -> None:
    grammars = {"sqlite": SQLite, "mysql": MySQL, "postgres": Postgres, "duckdb": DuckDB}
    words = [
        word.lower() for word in grammars[shop.dialect].Tokenizer.KEYWORDS if word.replace("_", "").isalpha()
    ]
    refused = {
        word
        for word in choose(words, KEYWORDS)
        for form in NAMED
        if check_readonly(form.format(word), shop.dialect)
        and shop._engine.run(form.format(word), shop.limits).status == "ok"
    }
    assert refused <= set(UNREAD[shop.dialect])
