"""What an open database sees of changes that others make: tables, columns, rows, another file."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from sqloop.database.connect import Database, connect
from sqloop.database.knowledge import known
from sqloop.database.knowledge.cache import DatabaseCache
from sqloop.database.knowledge.value_index import ValueIndex

if TYPE_CHECKING:
    from servers import MariaDBServer, PostgreSQLServer

Change = Callable[[str], None]
START = (
    "CREATE TABLE city (id INTEGER PRIMARY KEY, name VARCHAR(40))",
    "INSERT INTO city VALUES (1, 'Rome'), (2, 'Paris')",
)


def change_duckdb(path: Path, statement: str) -> None:
    for _ in range(100):  # until the file is let go of
        try:
            with duckdb.connect(str(path)) as connection:
                connection.execute(statement)
                return
        except duckdb.IOException:
            time.sleep(0.05)
    raise TimeoutError


@pytest.fixture(params=["sqlite", "wal", "duckdb", "mariadb", "postgres"])
def changing(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Database, Change]]:
    """An open database that was looked at, and how others change it meanwhile."""
    if request.param in ("mariadb", "postgres"):
        server: MariaDBServer | PostgreSQLServer = request.getfixturevalue(request.param)
        url = server.create("changing", *START)

        def change(statement: str) -> None:
            # As the owner, who may read what he makes.
            own = ("SET ROLE owner",) if request.param == "postgres" else ()
            server.admin(*own, statement, database="changing")

    elif request.param == "duckdb":
        path = tmp_path / "a.duckdb"
        url = f"duckdb:///{path}"

        def change(statement: str) -> None:
            change_duckdb(path, statement)

        for statement in START:
            change(statement)
    else:
        path = tmp_path / "a.sqlite"
        url = f"sqlite:///{path}"

        def change(statement: str) -> None:
            with closing(sqlite3.connect(path)) as connection:
                connection.execute(statement)
                connection.commit()

        if request.param == "wal":
            change("PRAGMA journal_mode = WAL")
        for statement in START:
            change(statement)
    with connect(url, cache=DatabaseCache(tmp_path / "cache")) as database:
        assert [table.name for table in database.renew().tables] == ["city"]
        assert database.values().whole(["rome"])
        yield database, change


def see(database: Database) -> tuple[dict[str, list[str]], ValueIndex]:
    """What the next question finds."""
    schema = database.renew()
    return {each.name: [c.name for c in each.columns] for each in schema.tables}, database.values()


def samples(database: Database, table: str) -> tuple[str, ...]:
    """Those of the table's column "name" that the next question finds."""
    found = database.renew().table(table)
    column = found.column("name") if found else None
    assert column is not None
    return column.samples


@pytest.mark.parametrize(
    ("statement", "tables"),
    [
        ("CREATE TABLE land (code TEXT)", {"city": ["id", "name"], "land": ["code"]}),
        ("ALTER TABLE city ADD COLUMN land TEXT", {"city": ["id", "name", "land"]}),
        ("ALTER TABLE city RENAME TO town", {"town": ["id", "name"]}),
        ("CREATE VIEW old AS SELECT name FROM city", {"city": ["id", "name"], "old": ["name"]}),
        ("DROP TABLE city", {}),
    ],
)
def test_tables_and_columns_are_seen_by_the_next_question(
    changing: tuple[Database, Change], statement: str, tables: dict[str, list[str]]
) -> None:
    database, change = changing
    change(statement)
    assert see(database)[0] == tables
    assert {table.name for table in database.schema().tables} == set(tables)


@pytest.mark.parametrize(
    ("statement", "word", "found"),
    [
        ("INSERT INTO city VALUES (3, 'Oslo')", "oslo", ["Oslo"]),
        ("UPDATE city SET name = 'Bonn' WHERE id = 1", "bonn", ["Bonn"]),
        ("UPDATE city SET name = 'Bonn' WHERE id = 1", "rome", []),
        ("DELETE FROM city WHERE id = 1", "rome", []),
    ],
)
def test_rows_are_seen_by_the_next_question(
    changing: tuple[Database, Change], statement: str, word: str, found: list[str]
) -> None:
    database, change = changing
    change(statement)
    assert [match.value for match in see(database)[1].whole([word])] == found


def test_other_rows_leave_the_schema_and_its_prompt_alone(
    changing: tuple[Database, Change], monkeypatch: pytest.MonkeyPatch
) -> None:
    database, change = changing
    before = database.schema()
    change("INSERT INTO city VALUES (3, 'Oslo')")
    assert database.renew() is before
    change("INSERT INTO city VALUES (4, 'Bonn')")
    monkeypatch.setattr(known, "SAMPLES_LIFE", 0)
    assert "Oslo" in str(database.renew())


def test_nothing_is_read_again_where_nothing_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as connection:
        connection.execute(START[0])
    with connect(f"sqlite:///{tmp_path}/a.sqlite") as database:
        schema, index, state = database.renew(), database.values(), database.state
        monkeypatch.setattr(database._engine, "read", None)
        monkeypatch.setattr(database._engine, "tables", None)
        assert (database.renew(), database.values(), database.state) == (schema, index, state)


def test_samples_that_there_was_no_time_for_are_read_beside_the_next_question(
    changing: tuple[Database, Change], monkeypatch: pytest.MonkeyPatch
) -> None:
    database, change = changing
    monkeypatch.setattr(known, "SAMPLING", 0.0)
    change("CREATE TABLE land AS SELECT 'Italy' AS name")
    assert samples(database, "land") == ()
    database.renew()
    beside = database._known._completing
    assert beside is not None
    beside.join(60)
    assert samples(database, "land") == ("Italy",)
    assert samples(database, "city") == ("Rome", "Paris")
    assert database._known._completing is beside


def test_samples_get_the_time_that_they_need_where_they_are_asked_for(
    changing: tuple[Database, Change], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known, "SAMPLING", 0.0)
    assert changing[0].schema(refresh=True).tables[0].columns[1].samples == ("Rome", "Paris")


@pytest.mark.parametrize("name", ["city", "town"])
def test_a_file_in_the_place_of_another_is_read_as_a_whole(tmp_path: Path, name: str) -> None:
    for file, table, value in (("a", "city", "Rome"), ("b", name, "Oslo")):
        with closing(sqlite3.connect(tmp_path / file)) as connection:
            connection.execute(f"CREATE TABLE {table} (name TEXT)")
            connection.execute(f"INSERT INTO {table} VALUES ('{value}')")
            connection.commit()
    with connect(f"sqlite:///{tmp_path}/a") as database:
        assert see(database)[0] == {"city": ["name"]}
        (tmp_path / "b").replace(tmp_path / "a")
        tables, index = see(database)
        assert tables == {name: ["name"]}
        assert (index.whole(["oslo"]) != [], index.whole(["rome"])) == (True, [])
        assert database.schema().tables[0].columns[0].samples == ("Oslo",)


def test_values_that_take_long_are_read_beside_the_question(
    changing: tuple[Database, Change], monkeypatch: pytest.MonkeyPatch
) -> None:
    database, change = changing
    monkeypatch.setattr(known, "PATIENCE", 0.0)
    change("INSERT INTO city VALUES (3, 'Oslo')")
    see(database)
    beside = database._known._beside
    assert beside is not None
    beside.join(60)
    assert see(database)[1].whole(["oslo"])


def test_a_refresh_reads_everything(changing: tuple[Database, Change]) -> None:
    database, change = changing
    change("INSERT INTO city VALUES (3, 'Oslo')")
    assert "Oslo" in str(database.schema(refresh=True))
    assert database.values().whole(["oslo"])
