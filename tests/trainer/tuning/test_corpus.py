"""What a shard of the corpus holds: prompts as they are served, dressed by chance, with SQL that runs."""

from __future__ import annotations

import gzip
import json
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from sqloop.database.connect import connect
from sqloop.database.knowledge.value_index import ValueIndex
from sqloop.database.schema import Schema
from sqloop.generation.prompts.hub_forms import ChatForm
from sqloop_trainer.instances.ddl import ddl
from sqloop_trainer.tuning.corpus import LONGEST_SQL, PLAIN, Dress, write_shard
from sqloop_trainer.tuning.execution import run_query
from sqloop_trainer.tuning.restyling import Spelling, crowd
from sqloop_trainer.tuning.scenarios import Scenario, Turn

NOTE = re.compile(r"^Note: .* means (.*)$", re.MULTILINE)
DOTTED = re.compile(r"\b([A-Za-z_]\w*)\.([A-Za-z_]\w*)\b")
FAILED = re.compile(r"This query fails: (.*)\nError: (.*)\n\Z")


@pytest.fixture(scope="module")
def few(scenarios: list[Scenario]) -> list[Scenario]:
    """Some that have everything: dialogues, notes, the words of other engines."""
    noted = [each for each in scenarios if any(asking.notes for asking in each.askings)]
    return [each for each in noted if each.dialogues and any(asking.said for asking in each.askings)][:6]


def shard(path: Path, scenarios: list[Scenario], dress: Dress, seed: int = 0) -> list[dict[str, Any]]:
    count = write_shard(path / "shard.gz", scenarios, dress, seed)
    with gzip.open(path / "shard.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    assert sum(len(row["items"]) for row in rows) == count
    return rows


def suffixes(rows: list[dict[str, Any]]) -> list[str]:
    """What stands behind the schema."""
    return [suffix for row in rows for suffix, _ in row["items"]]


def alone(scenarios: list[Scenario]) -> list[Scenario]:
    """The same without what goes on from something."""
    return [replace(each, dialogues=()) for each in scenarios]


def only(**given: float) -> Dress:
    """Nothing but what is given."""
    return replace(PLAIN, **given)


def test_the_plain_shard_is_what_is_served(few: list[Scenario], tmp_path: Path) -> None:
    """Every wording once, behind the schema as it stands; its SQL has the gold answer."""
    rows = shard(tmp_path, alone(few), PLAIN)
    form, paths = ChatForm(), {each.name: each for each in few}
    for row in rows:
        scenario = paths[row["source"]]
        gold = {wording: asking.sql for asking in scenario.askings for wording in asking.wordings}
        if len(scenario.schema.tables) <= 24:
            assert row["prefix"] == form.prefix(scenario.schema)
        for suffix, sql in row["items"]:
            question = suffix.rpartition("Question: ")[2].rstrip("\n")
            found = run_query(str(scenario.path), sql)
            assert found.status == "ok"
            assert found.rows == run_query(str(scenario.path), gold[question]).rows
    assert len(suffixes(rows)) == sum(len(asking.wordings) for each in few for asking in each.askings)
    assert not any("Answered before:" in each or "This query fails:" in each for each in suffixes(rows))


def test_a_shard_holds_examples_of_other_questions(few: list[Scenario], tmp_path: Path) -> None:
    rows = shard(tmp_path, alone(few), only(examples=1))
    for row in rows:
        for suffix in suffixes([row]):
            shown, _, rest = suffix.removeprefix("Answered before:\n").partition("\n\n")
            lines = shown.splitlines()
            assert 1 <= len(lines) // 2 <= 3
            question = rest.rpartition("Question: ")[2].rstrip("\n")
            assert all(line.startswith("-- ") and line != f"-- {question}" for line in lines[::2])


def test_a_shard_holds_queries_that_fail_as_it_says(few: list[Scenario], tmp_path: Path) -> None:
    rows = shard(tmp_path, few, only(failed=1))
    paths = {each.name: str(each.path) for each in few}
    told = [
        (row["source"], found, sql)
        for row in rows
        for suffix, sql in row["items"]
        if (found := FAILED.search(suffix))
    ]
    assert len(told) > 0.9 * len(suffixes(rows))
    wrong = [
        (found[1], found[2], outcome.error)
        for name, found, sql in told
        if (outcome := run_query(paths[name], found[1])).error != found[2] or found[1] == sql
    ]
    assert wrong == []


def test_a_shard_of_every_day_holds_some_of_each(few: list[Scenario], tmp_path: Path) -> None:
    rows = [row for seed in range(6) for row in shard(tmp_path, few, Dress(), seed)]
    said = suffixes(rows)
    assert 0.25 < sum("Answered before:" in each for each in said) / len(said) < 0.55
    assert 0.02 < sum("This query fails:" in each for each in said) / len(said) < 0.12
    told = {row["prefix"].partition(" query")[0] for row in rows}
    assert told == {f"Write one {name}" for name in ("SQLite", "MySQL", "PostgreSQL", "DuckDB")}
    assert len({row["prefix"] for row in rows}) > 2 * len(few)
    assert max(len(sql) for row in rows for _, sql in row["items"]) <= LONGEST_SQL


def test_the_same_seed_writes_the_same(few: list[Scenario], tmp_path: Path) -> None:
    first = shard(tmp_path, few, Dress(), 1)
    assert shard(tmp_path, few, Dress(), 1) == first
    assert shard(tmp_path, few, Dress(), 2) != first


def prepare(schema: Schema) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    for statement in ddl(schema):
        connection.execute(statement)
    return connection


@pytest.mark.parametrize("seed", range(6))
def test_a_database_in_another_style_takes_the_queries_in_that_style(
    scenarios: list[Scenario], seed: int
) -> None:
    tried = 0
    for scenario in scenarios[seed::6]:
        if any(table.view for table in scenario.schema.tables):
            continue
        spelling = Spelling(scenario.schema, Random(seed))
        if not spelling.usable:
            continue
        connection = prepare(spelling.schema(scenario.schema))
        for asking in scenario.askings:
            connection.execute("EXPLAIN " + spelling.sql(asking.sql, scenario.schema.dialect))
            tried += 1
        connection.close()
    assert tried > 50


def test_tables_of_others_stand_among_ones_own(few: list[Scenario]) -> None:
    own, others = few[0].schema, {few[1].name: few[1].schema}
    crowded = crowd(own, others, 90, Random(0))
    assert set(own.tables) < set(crowded.tables)
    assert sum(len(table.columns) for table in crowded.tables) <= max(
        90, sum(len(t.columns) for t in own.tables)
    )
    names = {table.name for table in crowded.tables}
    assert len(names) == len(crowded.tables)
    assert all(key.referred_table in names for table in crowded.tables for key in table.foreign_keys)


def test_notes_are_told_in_the_names_of_the_schema(few: list[Scenario], tmp_path: Path) -> None:
    rows = [row for seed in (3, 4) for row in shard(tmp_path, few, only(spelled=1), seed)]
    notes = [(row["prefix"], note) for row in rows for note in NOTE.findall("\n".join(suffixes([row])))]
    assert len({note for _, note in notes}) >= 20
    dotted = [(prefix, *found) for prefix, note in notes for found in DOTTED.findall(note)]
    assert len(dotted) >= 20
    assert not [each for each in dotted if any(f"{name}" not in each[0] for name in each[1:])]


TOWNS = (
    Turn("How many people live in Ulm?", "SELECT people FROM town WHERE name = 'Ulm'"),
    Turn("and in Bath?", "SELECT people FROM town WHERE name = 'Bath'"),
    Turn("with its country", "SELECT people, country FROM town WHERE name = 'Bath'"),
)


def test_a_follow_up_is_asked_in_full_behind_what_it_goes_on_from(tmp_path: Path) -> None:
    path = tmp_path / "towns.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "CREATE TABLE town (id INTEGER PRIMARY KEY, name TEXT, people INTEGER, country TEXT);"
            "INSERT INTO town VALUES (1, 'Ulm', 126, 'Germany'), (2, 'Bath', 94, 'England')"
        )
    with connect(f"sqlite:///{path}") as database:
        values = ValueIndex.build(database)
        towns = Scenario("towns", path, database.schema(), values, (), (TOWNS,))
    said = set()
    for seed in range(8):
        (row,) = shard(tmp_path, [towns], PLAIN, seed)
        assert [sql for _, sql in row["items"]] == [turn.sql for turn in TOWNS[1:]]
        first, second = (suffix for suffix, _ in row["items"])
        asked = first.rpartition("Question: ")[2].rstrip()
        said.add(asked)
        assert first.startswith(f"Answered before:\n-- {TOWNS[0].ask}\n{TOWNS[0].sql}\n\nStored values: ")
        assert ("town.name = 'Ulm'" in first) == ("Ulm" in asked)
        assert second.startswith(f"Answered before:\n-- {asked}\n{TOWNS[1].sql}\n\n")
        assert second.endswith(f"Question: {asked.rstrip('?')}, with its country?\n")
    assert said == {"How many people live in Bath?", "How many people live in Ulm, and in Bath?"}
    (row,) = shard(tmp_path, [towns], only(spelled=1))
    for suffix, sql in row["items"]:  # The query before is in the same names.
        assert re.findall(r"FROM (\S+)", suffix) == re.findall(r"FROM (\S+)", sql)


@pytest.mark.parametrize("dialect", ["postgres", "duckdb", "mysql"])
def test_what_is_learned_of_a_dialect_is_what_its_engine_was_seen_to_answer(
    few: list[Scenario], tmp_path: Path, dialect: str
) -> None:
    rows = shard(tmp_path, alone(few), only(**{dialect: 1.0}))
    known = sum(len(asking.wordings) for each in few for asking in each.askings if dialect in asking.said)
    assert 0.8 * sum(len(asking.wordings) for each in few for asking in each.askings) < known
    assert len(suffixes(rows)) == known
