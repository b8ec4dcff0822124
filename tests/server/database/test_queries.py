"""Honest queries of every shape pass the walls and run, on each engine that has them."""

from __future__ import annotations

import re
from pathlib import Path

from sqlglot.dialects import MySQL, SQLite

from sqloop.database.connect import Database
from sqloop.database.readonly import check_readonly

LISTS = [Path(__file__).with_name(name) for name in ("queries.txt", "manuals.txt")]
"""What people and models write, and what the manuals of SQLite and MariaDB have of a SELECT."""

_ESCAPE = re.compile(r"\\([ntr])|\\u([0-9a-f]{4})")
_BLANKS = {"n": "\n", "t": "\t", "r": "\r"}


def read_queries(engine: str) -> list[str]:
    """The queries that ``engine`` must run."""
    queries: list[str] = []
    section = ""
    for line in [line for each in LISTS for line in each.read_text().splitlines()]:
        if line.startswith("== "):
            section = line.strip("= ")
        elif section in ("both", engine):
            queries.append(_ESCAPE.sub(lambda m: _BLANKS[m[1]] if m[1] else chr(int(m[2], 16)), line))
    return queries


def test_the_list_is_long_and_without_repetition() -> None:
    for engine in ("sqlite", "mysql"):
        queries = read_queries(engine)
        assert len(set(queries)) == len(queries) >= 390


def test_every_query_runs(shop: Database) -> None:
    failed = [
        (sql, outcome.error)
        for sql in read_queries(shop.dialect)
        if (outcome := shop.execute(sql)).status != "ok"
    ]
    assert failed == [], "\n".join(f"{sql} -- {error}" for sql, error in failed)


NAMED = (
    "SELECT {0} FROM (SELECT 1 AS {0}) AS t",
    "SELECT 1 {0}",
    "SELECT t.{0} FROM (SELECT 1 AS {0}) t ORDER BY {0}",
    "SELECT {0}.x FROM (SELECT 1 AS x) AS {0}",
    "WITH {0} AS (SELECT 1 AS x) SELECT * FROM {0}",
    "WITH a({0}) AS (SELECT 1) SELECT a.{0}, COUNT({0}) FROM a GROUP BY {0}",
    "SELECT 1 FROM (SELECT 1 AS {0}) t WHERE {0} = 1 AND {0} IN (1)",
)
UNREAD = {
    "sqlite": "any cross for glob inner like lock offset outer regexp window with".split(),
    "mysql": "any charset cube full lateral rollup window".split(),
}
"""Keywords of the engine itself, which it takes for a name where nothing else can stand; sqlglot does not."""


def test_keywords_of_other_databases_are_names_here(shop: Database) -> None:
    grammar = SQLite if shop.dialect == "sqlite" else MySQL
    words = [word.lower() for word in grammar.Tokenizer.KEYWORDS if word.replace("_", "").isalpha()]
    refused = {
        word
        for word in words
        for form in NAMED
        if check_readonly(form.format(word), shop.dialect)
        and shop._engine.run(form.format(word), shop.limits).status == "ok"
    }
    assert refused <= set(UNREAD[shop.dialect])
