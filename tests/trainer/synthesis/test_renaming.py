"""Renamed schemas: their questions say the new names, and their SQL answers what it answered before."""

from __future__ import annotations

import sqlite3
from random import Random

from sqloop.database.schema import Column, ForeignKey, Schema, Table
from sqloop_trainer.instances.rows import fill
from sqloop_trainer.synthesis.schemas.renaming import rename

SCHEMA = Schema(
    "sqlite",
    (
        Table(
            "singer",
            (
                Column("Singer_ID", "INTEGER", "number"),
                Column("Name", "TEXT", "text"),
                Column("Net_Worth", "REAL", "number"),
            ),
            ("Singer_ID",),
        ),
        Table(
            "concert",
            (
                Column("ID", "INTEGER", "number"),
                Column("Singer_ID", "INTEGER", "number"),
                Column("Stadium", "TEXT", "text"),
            ),
            ("ID",),
            (ForeignKey(("Singer_ID",), "singer", ("Singer_ID",)),),
        ),
    ),
)
TEXTS = [
    ("How many singers are there?", "SELECT COUNT(*) FROM singer"),
    (
        "Names of Singers with a concert",
        "SELECT T1.Name FROM singer AS T1 JOIN concert AS T2 ON T1.Singer_ID = T2.Singer_ID",
    ),
    ("Concerts in the stadium 'Singer Hall'?", "SELECT ID FROM concert WHERE Stadium = 'Singer Hall'"),
    ("What is the worth of singers by name", "SELECT Net_Worth FROM singer ORDER BY Name"),
    ("this is no query", "SELEC x"),
]


def answer(schema: Schema, sql: str) -> int:
    connection: sqlite3.Connection = fill(schema, 1, 20)
    with connection:
        return len(connection.execute(sql).fetchall())


def test_names_and_questions_change_together() -> None:
    texts = [TEXTS[i] for i in (0, 1, 3)]
    for seed in range(20):
        schema, words, found = rename(SCHEMA, {}, texts, Random(seed))
        singer, concert = schema.tables
        if singer.name == "singer" or concert.name == "concert":
            continue  # Not every word is replaced.
        assert "singer" not in " ".join(text for text, _ in found).lower()
        assert found[0][1] == f"SELECT COUNT(*) FROM {singer.name}"
        assert singer.columns[0].name == f"{singer.name}_id"
        assert singer.columns[1].name == "Name"
        assert concert.foreign_keys[0] == ForeignKey(
            (f"{singer.name}_id",), singer.name, (f"{singer.name}_id",)
        )
        assert words[singer.name] == singer.name
        assert found[1][0].split()[2][0].isupper()  # "Singers" began with a capital
        for (_, before), (_, after) in zip(texts, found, strict=True):
            assert answer(schema, after) == answer(SCHEMA, before)
        return
    raise AssertionError("No seed replaced both words.")


def test_words_of_values_and_words_with_a_meaning_stay() -> None:
    for seed in range(20):
        schema, _, found = rename(SCHEMA, {}, TEXTS, Random(seed))
        assert schema.tables[0].name == "singer"  # A stadium is called after it.
        assert all("'Singer Hall'" in text for text, _ in found if "Hall" in text)
        assert [each.name for each in schema.tables[0].columns][1] == "Name"


def test_what_cannot_be_read_is_left_out() -> None:
    assert len(rename(SCHEMA, {}, TEXTS, Random(0))[2]) == len(TEXTS) - 1
