"""Perturbed copies: right queries stay right on them, constants and lucky guesses do not."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from sqloop.database.answers import same_answer
from sqloop.database.connect import Database, connect
from sqloop.database.outcome import Limits
from sqloop.errors import SettingsError
from sqloop.sample import sample_database
from sqloop_trainer.benchmarks.temptabqa_databases import open_world
from sqloop_trainer.gold import GoldRows
from sqloop_trainer.learning.execution import RewardPool
from sqloop_trainer.learning.rewards import PARTIAL, sqloop
from sqloop_trainer.perturbation import perturb
from trainer.benchmarks.temptabqa_folder import SHARED

TABLES = """
CREATE TABLE city (id INTEGER PRIMARY KEY, name TEXT UNIQUE, country TEXT);
CREATE TABLE person (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, city_id INTEGER REFERENCES city (id),
    boss_id INTEGER REFERENCES person (id), age INTEGER CHECK (age > 0),
    doubled INTEGER GENERATED ALWAYS AS (age * 2), notes BLOB
);
CREATE TABLE visit (
    person_id INTEGER REFERENCES person (id), city_id INTEGER REFERENCES city (id), day TEXT, mark INTEGER,
    PRIMARY KEY (person_id, city_id, day)
) WITHOUT ROWID;
CREATE TABLE seat (room TEXT, number INTEGER, holder TEXT, UNIQUE (room, number));
CREATE TABLE log (line TEXT);
CREATE VIEW german AS SELECT name FROM city WHERE country = 'DE';
CREATE TRIGGER watch AFTER INSERT ON person BEGIN INSERT INTO log VALUES (new.name); END;
CREATE INDEX "by age" ON person (age);
"""
BROKEN_KEYS = (
    "SELECT COUNT(*) FROM visit WHERE person_id NOT IN (SELECT id FROM person)",
    "SELECT COUNT(*) FROM visit WHERE city_id NOT IN (SELECT id FROM city)",
    "SELECT COUNT(*) FROM person WHERE city_id NOT IN (SELECT id FROM city)",
    "SELECT COUNT(*) FROM person WHERE boss_id NOT IN (SELECT id FROM person)",
)


@pytest.fixture
def towns(tmp_path: Path) -> Iterator[Database]:
    connection = sqlite3.connect(tmp_path / "towns.sqlite")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.executescript(TABLES)
    cities = [(n, f"city {n}", "DE" if n % 3 else "FR") for n in range(12)]
    people = [
        (n, f"person {n}", n % 12 or None, n // 8 if n else None, 20 + n, bytes([n])) for n in range(60)
    ]
    visits = [(n % 60, n % 11, f"2024-01-{1 + n % 28:02}", n) for n in range(200)]
    connection.executemany("INSERT INTO city VALUES (?, ?, ?)", cities)
    connection.executemany(
        "INSERT INTO person (id, name, city_id, boss_id, age, notes) VALUES (?, ?, ?, ?, ?, ?)", people
    )
    connection.executemany("INSERT INTO visit VALUES (?, ?, ?, ?)", visits)
    connection.executemany("INSERT INTO seat VALUES ('red', ?, ?)", [(n, f"holder {n}") for n in range(20)])
    connection.execute("DELETE FROM log")
    connection.commit()
    connection.close()
    with connect(f"sqlite:///{tmp_path / 'towns.sqlite'}") as database:
        yield database


def rows(database: Database, sql: str) -> tuple[tuple[object, ...], ...]:
    outcome = database.execute(sql)
    assert outcome.status == "ok", outcome
    return outcome.rows


def test_the_same_seed_gives_the_same_copy(towns: Database, tmp_path: Path) -> None:
    copies = [perturb(towns, seed, tmp_path / f"{n}.sqlite") for n, seed in enumerate((1, 1, 2))]
    dumps = []
    for url in copies:
        with connect(url) as copy:
            dumps.append(
                [rows(copy, f"SELECT * FROM {name}") for name in ("city", "person", "visit", "seat")]
            )
    assert dumps[0] == dumps[1] != dumps[2]


def test_facts_change_and_structure_stays(towns: Database, tmp_path: Path) -> None:
    with connect(perturb(towns, 1, tmp_path / "copy of 50%?.sqlite")) as copy:
        assert copy.schema().fingerprint == towns.schema().fingerprint
        for table in ("city", "person", "visit", "seat"):
            before, after = (set(rows(each, f"SELECT * FROM {table}")) for each in (towns, copy))
            assert 0.5 * len(before) < len(after) < len(before), table
            assert not after <= before, table
        for sql in BROKEN_KEYS:
            assert rows(copy, sql) == ((0,),), sql
        assert rows(copy, "SELECT COUNT(*) FROM person WHERE doubled <> age * 2") == ((0,),)
        assert rows(copy, "SELECT COUNT(*) FROM log") == ((0,),)
        ages, names = (set(rows(towns, f"SELECT {column} FROM person")) for column in ("age", "name"))
        assert set(rows(copy, "SELECT age FROM person")) < ages
        assert set(rows(copy, "SELECT name FROM person")) < names
    assert [each.name for each in tmp_path.glob("copy*")] == ["copy of 50%?.sqlite"]


def test_the_original_is_left_alone(towns: Database, tmp_path: Path) -> None:
    before = rows(towns, "SELECT * FROM visit")
    perturb(towns, 1, tmp_path / "copy.sqlite")
    assert rows(towns, "SELECT * FROM visit") == before


RIGHT = (
    "SELECT COUNT(*) FROM person WHERE city_id = (SELECT id FROM city WHERE name = 'city 4')",
    "SELECT COUNT(person.id) FROM person JOIN city ON city.id = person.city_id WHERE city.name = 'city 4'",
)


@pytest.mark.parametrize(
    ("gold", "lucky"),
    [
        ("SELECT COUNT(*) FROM person", "SELECT 60"),
        ("SELECT name FROM person ORDER BY age DESC LIMIT 1", "SELECT 'person 59'"),
        (RIGHT[0], "SELECT COUNT(*) FROM visit WHERE day = '2024-01-01' AND mark < 140"),
        ("SELECT MAX(age) FROM person", "SELECT MAX(mark) - 120 FROM visit"),
        ("SELECT name FROM person ORDER BY age LIMIT 1", "SELECT name FROM person ORDER BY id LIMIT 1"),
    ],
)
def test_hard_coded_and_lucky_answers_fail_on_copies(
    towns: Database, tmp_path: Path, gold: str, lucky: str
) -> None:
    copies = [perturb(towns, seed, tmp_path / f"{seed}.sqlite") for seed in range(3)]
    with RewardPool(towns.url, *copies) as pool:
        golds, right, guessed = pool.run_everywhere([gold, RIGHT[1] if gold in RIGHT else gold, lucky])
    assert same_answer(golds[0], guessed[0])  # on the original alone it cannot be told
    answers = [GoldRows(each) for each in golds]
    paid = [
        sqloop(each[0], answers[0], copies=list(zip(each[1:], answers[1:], strict=True)))
        for each in (right, guessed)
    ]
    assert paid[0] == 1
    assert paid[1] <= PARTIAL


def test_the_sample_database_can_be_perturbed(tmp_path: Path) -> None:
    with (
        connect(f"sqlite:///{sample_database()}") as original,
        connect(perturb(original, 3, tmp_path / "copy.sqlite")) as copy,
    ):
        for table in original.schema().tables:
            count = f"SELECT COUNT(*) FROM {table.name}"
            before, after = (int(str(rows(each, count)[0][0])) for each in (original, copy))
            assert 0.3 * before < after <= before, table.name


def test_another_engine_is_said_not_to_be_covered(mariadb, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    url = mariadb.create("perturbed", "CREATE TABLE town (name VARCHAR(20))")
    with connect(url) as database, pytest.raises(SettingsError, match="is not SQLite"):
        perturb(database, 1, tmp_path / "copy.sqlite")


@pytest.mark.skipif(not SHARED.exists(), reason="../shared/data/temptabqa-c is not there")
def test_medals_are_perturbed_and_still_belong_to_athletes(tmp_path: Path) -> None:
    gold = (
        "SELECT DISTINCT Medal.year FROM Medal JOIN Format USING (format_id) JOIN Tournament USING "
        "(tournament_id) JOIN Athlete USING (athlete_id) WHERE Athlete.name = 'Usain Bolt' ORDER BY 1"
    )
    with (
        open_world(SHARED, "original", Limits()) as original,
        connect(perturb(original, 1, tmp_path / "copy.sqlite")) as copy,
    ):
        assert rows(copy, gold) not in ((), rows(original, gold))
        assert rows(
            copy, "SELECT COUNT(*) FROM Medal WHERE format_id NOT IN (SELECT format_id FROM Format)"
        ) == ((0,),)
