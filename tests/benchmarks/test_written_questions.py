"""The written questions: every gold query runs behind the walls, and its answer says something."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from benchmarks import library
from sqloop.database.answers import same_answer
from sqloop.database.connect import Database, connect
from sqloop.sample import sample_database
from sqloop_trainer.benchmarks.questions import questions_suite, read_written

QUESTIONS = Path(__file__).parent / "questions"
RESTAURANTS = Path(__file__).parents[3] / "shared" / "data" / "restaurants" / "restaurants.sqlite"


@pytest.fixture
def library_file(tmp_path: Path) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path / 'library.sqlite'}"
    engine = create_engine(url)
    with engine.begin() as connection:
        library.load(connection)
    engine.dispose()
    with connect(url) as database:
        yield database


@pytest.fixture
def library_server(mariadb) -> Iterator[Database]:
    url = mariadb.create("library")
    engine = create_engine(url)
    with engine.begin() as connection:
        library.load(connection)
    engine.dispose()
    with connect(url) as database:
        yield database


@pytest.fixture
def library_postgres(postgres) -> Iterator[Database]:
    url = postgres.create("library")
    engine = create_engine(url.replace("://", "+psycopg://", 1))
    with engine.begin() as connection:
        library.load(connection)
    engine.dispose()
    with connect(url) as database:
        yield database


def check(name: str, database: Database) -> None:
    suite = questions_suite(QUESTIONS / f"{name}.jsonl", database)
    assert suite.skipped == 0
    assert len(suite.items) == 40


@pytest.mark.parametrize("name", ["sample", "sample-2", "sample-3", "sample-windows"])
def test_sample(name: str) -> None:
    with connect(f"sqlite:///{sample_database()}") as database:
        check(name, database)


@pytest.mark.skipif(not RESTAURANTS.exists(), reason="../shared/data/restaurants is not there")
@pytest.mark.parametrize("name", ["restaurants", "restaurants-2", "restaurants-3"])
def test_restaurants(name: str) -> None:
    with connect(f"sqlite:///{RESTAURANTS}") as database:
        check(name, database)


def test_library_in_sqlite(library_file: Database) -> None:
    check("library", library_file)


def test_library_in_mariadb(library_server: Database) -> None:
    check("library", library_server)


def test_library_holds_the_same_rows_on_both(library_file: Database, library_server: Database) -> None:
    for table in library.library():
        sql = f"SELECT * FROM {table} ORDER BY id LIMIT 1000"
        assert library_file.execute(sql).rows == library_server.execute(sql).rows, table


@pytest.mark.parametrize(
    "name", ["sample", "sample-2", "sample-windows", "restaurants", "restaurants-2", "library"]
)
def test_no_question_is_asked_twice(name: str) -> None:
    asked = [each.question.lower() for each in read_written(QUESTIONS / f"{name}.jsonl")]
    assert len(set(asked)) == len(asked)


def test_the_library_answers_the_same_on_every_engine(
    library_file: Database, library_server: Database, library_postgres: Database
) -> None:
    """But for averages and shares, which MariaDB rounds to four digits."""
    for row in read_written(QUESTIONS / "library.jsonl"):
        assert row.sql is not None
        expected = library_file.execute(row.sql)
        assert same_answer(library_postgres.execute(row.sql), expected), row.sql
        rounded = "AVG" in row.sql or "/" in row.sql
        assert rounded or same_answer(library_server.execute(row.sql), expected), row.sql
