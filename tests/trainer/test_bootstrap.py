"""`trainer bootstrap`: questions from the user's own rows, judged by others, on every engine."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import pytest

from benchmarks.databases import make_apiary, make_harbour
from sqloop.adapters import Registry
from sqloop.database.connect import connect
from sqloop.session import open_database
from sqloop.settings import load_settings
from sqloop_trainer.bootstrap import Bootstrap, bootstrap, write_examples
from sqloop_trainer.learner import find_learner
from sqloop_trainer.made_questions import CHECKS, make_questions, make_sets, read_sets
from sqloop_trainer.own_database import open_own
from sqloop_trainer.snapshot import take_snapshot

if TYPE_CHECKING:
    from servers import MariaDBServer, PostgreSQLServer


def test_made_questions_run_on_the_database_and_sets_share_nothing(towns: str) -> None:
    with connect(towns) as database:
        lessons, checks = read_sets(make_sets(database, 40, 20))
        assert checks == make_questions(database, CHECKS, 20)
        assert all(database.execute(each.sql).status == "ok" for each in (*checks, *lessons))
    assert len(checks) >= 15
    assert not {each.sql for each in checks} & {each.sql for each in lessons}
    assert not {each.question.lower() for each in checks} & {each.question.lower() for each in lessons}


def test_questions_are_made_from_mariadb_in_its_own_dialect(mariadb: MariaDBServer) -> None:
    url = mariadb.create(
        "made",
        "CREATE TABLE town (id INT PRIMARY KEY, name VARCHAR(80), kind ENUM('big', 'small'), founded DATE)",
        "INSERT INTO town VALUES (1, 'Ulm', 'big', '0854-07-22'), (2, 'Bath', 'small', '1090-01-01'),"
        " (3, 'York', 'big', '0071-01-01'), (4, 'Lund', 'small', '0990-01-01')",
    )
    with connect(url) as database:
        made = make_questions(database, CHECKS, 30)
        assert len(made) >= 15
        assert all(database.execute(each.sql).status == "ok" for each in made)
    assert any("`" in each.sql or "town" in each.sql for each in made)


ENGINES = ("SQLite", "MariaDB", "PostgreSQL", "files", "two schemas")


@pytest.fixture(scope="module")
def databases(
    mariadb: MariaDBServer, postgres: PostgreSQLServer, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """The same rows on all four engines, and two schemas of PostgreSQL."""
    urls = make_apiary(tmp_path_factory.mktemp("apiary"), mariadb, postgres)
    return urls | {"two schemas": make_harbour(postgres)}


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_made_on_each_engine_runs_there_and_is_learned_from(
    databases: dict[str, str], engine: str, tiny_model: Path, tmp_path: Path
) -> None:
    settings = load_settings(tmp_path, db=databases[engine], model=str(tiny_model))
    learner = find_learner(settings)
    with open_database(settings) as database, open_own(settings, database, learner.form) as own:
        lessons, checks = read_sets(make_sets(database, 20, 10))
        outcomes = [database.execute(each.sql) for each in (*checks, *lessons)]
        joined = [each.sql for each in lessons if " JOIN " in each.sql]
        assert (len(checks), len(lessons)) == (10, 20)
        assert [each.error for each in outcomes if each.status != "ok"] == []
        assert sum(bool(each.rows) for each in outcomes) >= 28  # as the rows of the sample say
        assert joined
        assert len(own.ask(lessons)) == 20
        assert len(write_examples(learner.load(), own, lessons)) >= 15


def test_a_large_table_is_sampled_and_a_small_one_whole(towns: str) -> None:
    with connect(towns) as database:
        schema, connection = take_snapshot(database, rows=4)
        counts = [
            connection.execute(f'SELECT COUNT(*) FROM "{each.name}"').fetchone() for each in schema.tables
        ]
        whole = take_snapshot(database, rows=6)[1]
        assert counts == [(4,), (4,)]
        assert whole.execute("SELECT COUNT(*), COUNT(DISTINCT name) FROM town").fetchone() == (6, 6)


ENDLESS = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT MAX(n) AS n FROM r"


def test_views_are_not_read_beside_tables_and_slow_ones_not_for_long(tmp_path: Path) -> None:
    for name, tables in (
        ("both", "CREATE TABLE town (id INTEGER); INSERT INTO town VALUES (1);"),
        ("views", ""),
    ):
        with closing(sqlite3.connect(tmp_path / name)) as connection:
            connection.executescript(
                f"{tables} CREATE VIEW endless AS {ENDLESS}; CREATE VIEW one AS SELECT 1 AS n"
            )
    with connect(f"sqlite:///{tmp_path / 'both'}") as database:
        assert [table.name for table in take_snapshot(database, seconds=60)[0].tables] == ["town"]
    with connect(f"sqlite:///{tmp_path / 'views'}") as database:
        started = monotonic()
        schema, copy = take_snapshot(database, seconds=2)
        assert monotonic() - started < 10
        assert [table.name for table in schema.tables] == ["endless", "one"]
        assert copy.execute("SELECT * FROM endless").fetchall() == []


def test_an_adapter_that_is_not_better_is_kept_but_not_used(
    towns: str, tiny_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = load_settings(tmp_path, db=towns, model=str(tiny_model), data=str(tmp_path / "data"))
    plan = Bootstrap(steps=1, size=2, lessons=10, checks=12)
    first = bootstrap(settings, plan, tmp_path / "work")
    told = capsys.readouterr().err.splitlines()  # No terminal: each stage is a line.
    assert {"Making questions from the database", "Learning", "The new adapter: made questions"} <= set(told)
    (before,) = [each for each in told if "will be kept, not promoted" in each]
    assert told.index(before) < told.index("Learning")
    assert not first.promoted
    assert "no questions that people asked were there" in first.reason
    assert "questions that were made" in first.reason
    registry = Registry(tmp_path / "data" / "adapters")
    (adapter,) = registry.list()
    assert adapter.name == first.adapter
    assert registry.active(adapter.card.base) is None
    assert first.reason.split(": ")[1] in first.report.read_text()
    # The same command again finds everything done.
    assert bootstrap(settings, plan, tmp_path / "work") == first
    assert registry.list() == [adapter]
