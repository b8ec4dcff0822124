"""Honest queries of every shape pass the walls and run, on each engine that has them."""

from __future__ import annotations

import re
from pathlib import Path

from sqloop.database.connect import Database

LIST = Path(__file__).with_name("queries.txt")
_ESCAPE = re.compile(r"\\([ntr])|\\u([0-9a-f]{4})")
_BLANKS = {"n": "\n", "t": "\t", "r": "\r"}


def read_queries(engine: str) -> list[str]:
    """The queries that ``engine`` must run."""
    queries: list[str] = []
    section = ""
    for line in LIST.read_text().splitlines():
        if line.startswith("== "):
            section = line.strip("= ")
        elif section in ("both", engine):
            queries.append(_ESCAPE.sub(lambda m: _BLANKS[m[1]] if m[1] else chr(int(m[2], 16)), line))
    return queries


def test_the_list_is_long_and_without_repetition() -> None:
    for engine in ("sqlite", "mysql"):
        queries = read_queries(engine)
        assert len(set(queries)) == len(queries) >= 200


def test_every_query_runs(shop: Database) -> None:
    failed = [
        (sql, outcome.error)
        for sql in read_queries(shop.dialect)
        if (outcome := shop.execute(sql)).status != "ok"
    ]
    assert failed == []
