"""Stored texts of many megabytes: what SQLoop takes of them stays within its limits, and it says so."""

from __future__ import annotations

import pytest

from sqloop.database.connect import connect
from sqloop.database.outcome import Limits

from .evidence import own_peak

LIMITS = Limits(seconds=20, bytes=4_000_000)
MAY_GROW = 64 * 1024 * 1024
"""Bytes; one packet of MariaDB's has 16 MiB."""

STORED = {
    "mariadb": (
        "CREATE TABLE long_texts (id INTEGER PRIMARY KEY, body LONGTEXT, told JSON)",
        "INSERT INTO long_texts VALUES (1, REPEAT('x', 15000000), CONCAT('\"', REPEAT('y', 12000000), '\"'))",
        *(f"INSERT INTO long_texts SELECT {n}, body, told FROM long_texts WHERE id = 1" for n in range(2, 7)),
    ),
    "postgres": (
        "CREATE TABLE long_texts (id INTEGER PRIMARY KEY, body TEXT, told BYTEA)",
        "INSERT INTO long_texts VALUES (1, repeat('x', 100000000), repeat('y', 50000000)::bytea)",
        *(f"INSERT INTO long_texts SELECT {n}, body, told FROM long_texts WHERE id = 1" for n in range(2, 4)),
    ),
}


@pytest.mark.parametrize("kind", STORED)
def test_long_texts_are_bounded(kind: str, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue(kind).create("long_texts", *STORED[kind])
    with connect(url, LIMITS) as database:
        own_peak()
        before = own_peak()
        for sql in ("SELECT body FROM long_texts", "SELECT told FROM long_texts", "SELECT * FROM long_texts"):
            outcome = database.execute(sql)
            assert outcome.status == "error" or outcome.truncated, outcome.status
            assert "\n" not in outcome.error
            assert len(repr(outcome.rows)) < 3 * LIMITS.bytes
        assert database.execute("SELECT COUNT(*) FROM long_texts").rows[0][0] >= 3
        counted = database.execute("SELECT id, LENGTH(body) FROM long_texts WHERE id = 1").rows
        assert counted in (((1, 15_000_000),), ((1, 100_000_000),))
        (table,) = database.schema().tables
        assert len(repr(table)) < 10_000
        assert own_peak() - before < MAY_GROW
