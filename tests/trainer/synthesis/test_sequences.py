"""Questions about what follows what count what a reader of the rows counts."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from random import Random

import pytest

from sqloop.database.schema import Column, ForeignKey, Schema, Table
from sqloop.generation.compact.expand import expand
from sqloop.generation.compact.rendering import render
from sqloop.generation.compact.selects import parse_query
from sqloop_trainer.synthesis.drafts import Pattern
from sqloop_trainer.synthesis.patterns import sequences
from sqloop_trainer.synthesis.scene import Scene
from sqloop_trainer.synthesis.schemas.domains import read_domain

ROWS = """
CREATE TABLE customer(id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE machine(id INTEGER PRIMARY KEY, customer_id INTEGER, name TEXT);
CREATE TABLE check_up(id INTEGER PRIMARY KEY, machine_id INTEGER, state TEXT, year INTEGER);
INSERT INTO customer VALUES (1, 'Ann');
INSERT INTO machine VALUES (1, 1, 'press'), (2, 1, 'lathe');
INSERT INTO check_up(machine_id, state, year) VALUES
    (1, 'ok', 2003), (1, 'broken', 2002), (1, 'ok', 2001),
    (2, 'broken', 2000), (2, 'ok', 2001), (2, 'ok', 2004);
"""
"""Of the press, by year: ok, broken, ok. Of the lathe: broken, ok, ok."""


@pytest.fixture
def scene() -> Iterator[Scene]:
    def number(name: str) -> Column:
        return Column(name, "INTEGER", "number")

    def text(name: str) -> Column:
        return Column(name, "TEXT", "text")

    schema = Schema(
        "sqlite",
        (
            Table("customer", (number("id"), text("name")), ("id",)),
            Table(
                "machine",
                (number("id"), number("customer_id"), text("name")),
                ("id",),
                (ForeignKey(("customer_id",), "customer", ("id",)),),
            ),
            Table(
                "check_up",
                (number("id"), number("machine_id"), text("state"), number("year")),
                ("id",),
                (ForeignKey(("machine_id",), "machine", ("id",)),),
            ),
        ),
    )
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(ROWS)
        yield Scene(read_domain(schema), connection, Random(0))


@pytest.mark.parametrize(
    ("pattern", "ok", "broken"),
    [
        (sequences.followed, 1, 2),
        (sequences.changed, 3, 3),
        (sequences.back_again, 1, 0),
        (sequences.in_a_row, 1, 0),
    ],
)
def test_rows_are_compared_with_those_before_of_the_same_parent(
    scene: Scene, pattern: Pattern, ok: int, broken: int
) -> None:
    seen = set()
    for _ in range(30):
        draft = pattern(scene)
        assert draft is not None
        assert "Ann" in draft.text
        sql = render(expand(parse_query(draft.sql, "sqlite"), scene.schema), "sqlite")
        of_broken = "'broken'" in sql
        assert scene.connection.execute(sql).fetchone()[0] == (broken if of_broken else ok), draft
        seen.add(of_broken)
    assert pattern is sequences.changed or len(seen) == 2
