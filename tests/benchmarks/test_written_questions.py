"""The written questions: every gold query runs behind the walls, and its answer says something."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from benchmarks.databases import library, make_apiary, make_harbour
from sqloop.database.answers import same_answer
from sqloop.database.connect import Database, connect
from sqloop.sample import sample_database
from sqloop_trainer.benchmarks.questions import questions_suite, read_written
from sqloop_trainer.gate.elsewhere import QUESTIONS as REGRESSION
from sqloop_trainer.tuning.translating import OTHERS, translate

QUESTIONS = Path(__file__).parent / "questions"
RESTAURANTS = Path(__file__).parents[3] / "shared" / "data" / "restaurants" / "restaurants.sqlite"


def load_library(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        library.load(connection)
    engine.dispose()


@pytest.fixture
def library_file(tmp_path: Path) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path / 'library.sqlite'}"
    load_library(url)
    with connect(url) as database:
        yield database


@pytest.fixture
def library_server(mariadb) -> Iterator[Database]:
    url = mariadb.create("library")
    load_library(url)
    with connect(url) as database:
        yield database


@pytest.fixture
def library_postgres(postgres) -> Iterator[Database]:
    url = postgres.create("library")
    load_library(url.replace("://", "+psycopg://", 1))
    with connect(url) as database:
        yield database


def check(name: str, database: Database) -> None:
    check_file(QUESTIONS / f"{name}.jsonl", database)


def check_file(path: Path, database: Database) -> None:
    suite = questions_suite(path, database)
    assert suite.skipped == 0
    assert len(suite.items) == 40


@pytest.mark.parametrize("name", ["sample", "sample-2", "sample-windows"])
def test_sample(name: str) -> None:
    with connect(f"sqlite:///{sample_database()}") as database:
        check(name, database)


def test_the_regression_set_of_the_gate() -> None:
    with connect(f"sqlite:///{sample_database()}") as database:
        check_file(REGRESSION, database)


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
    "name",
    ["sample", "sample-2", "sample-windows", "restaurants", "restaurants-2", "library", "apiary", "harbour"],
)
def test_no_question_is_asked_twice(name: str) -> None:
    asked = [each.question.lower() for each in read_written(QUESTIONS / f"{name}.jsonl", "sqlite")]
    assert len(set(asked)) == len(asked)


def test_the_library_answers_the_same_on_every_engine(
    library_file: Database, library_server: Database, library_postgres: Database
) -> None:
    """But for averages and shares, which MariaDB rounds to four digits."""
    for row in read_written(QUESTIONS / "library.jsonl", "sqlite"):
        assert row.sql is not None
        expected = library_file.execute(row.sql)
        assert same_answer(library_postgres.execute(row.sql), expected), row.sql
        rounded = "AVG" in row.sql or "/" in row.sql
        assert rounded or same_answer(library_server.execute(row.sql), expected), row.sql


@pytest.fixture(scope="module")
def apiary_urls(mariadb, postgres, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return make_apiary(tmp_path_factory.mktemp("apiary"), mariadb, postgres)


def test_the_same_questions_have_the_same_answers_on_all_four_engines(apiary_urls: dict[str, str]) -> None:
    with ExitStack() as stack:
        databases = [stack.enter_context(connect(url)) for url in apiary_urls.values()]
        suites = [questions_suite(QUESTIONS / "apiary.jsonl", each) for each in databases]
    assert [each.dialect for each in databases] == ["sqlite", "mysql", "postgres", "duckdb"]
    assert [(len(suite.items), suite.skipped) for suite in suites] == [(25, 0)] * 4
    for items in zip(*(suite.items for suite in suites), strict=True):
        different = [
            each.gold_sql for each in items if not same_answer(each.gold[0], items[0].gold[0], each.ordered)
        ]
        assert not different, items[0].question


def test_gold_sql_for_other_engines_is_what_sqloop_translates(apiary_urls: dict[str, str]) -> None:
    """The very module that serves questions on PostgreSQL and DuckDB."""
    with connect(apiary_urls["SQLite"]) as database:
        schema = database.schema()
    told = {dialect: read_written(QUESTIONS / "apiary.jsonl", dialect) for dialect in (*OTHERS, "sqlite")}
    for dialect in OTHERS:
        for own, other in zip(told["sqlite"], told[dialect], strict=True):
            assert own.sql is not None
            assert translate(own.sql, schema, dialect) == other.sql


def test_harbour_on_two_schemas(postgres) -> None:
    with connect(make_harbour(postgres)) as database:
        suite = questions_suite(QUESTIONS / "harbour.jsonl", database)
        names = {table.name.split(".")[0] for table in database.schema().tables}
    assert (len(suite.items), suite.skipped) == (25, 0)
    assert names == {"traffic", "billing"}
