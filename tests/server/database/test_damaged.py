"""Databases that use all that their engine offers, and damaged ones: one bad table costs that table."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from sqloop.database.connect import connect
from sqloop.database.outcome import Outcome
from sqloop.errors import UnreachableError


def make(path: Path, statements: Sequence[str], collations: Sequence[str] = ()) -> str:
    """The URL of a file that another program filled."""
    with sqlite3.connect(path) as connection:
        for name in collations:
            connection.create_collation(name, lambda a, b: (a.lower() > b.lower()) - (a.lower() < b.lower()))
        for statement in statements:
            connection.execute(statement)
    connection.close()
    return f"sqlite:///{path}"


def rows(outcome: Outcome) -> tuple[tuple[object, ...], ...]:
    assert outcome.status == "ok", outcome.error
    return outcome.rows


def test_json_full_text_and_rtree_in_views_columns_checks_and_indexes(tmp_path: Path) -> None:
    url = make(
        tmp_path / "modern.sqlite",
        [
            "CREATE TABLE product (id INTEGER PRIMARY KEY, data TEXT CHECK (json_valid(data)), "
            "name TEXT AS (json_extract(data, '$.name')) STORED, price REAL AS (data ->> '$.price'))",
            "CREATE INDEX by_colour ON product (json_extract(data, '$.colour'))",
            """INSERT INTO product (data) VALUES ('{"name": "Tea", "price": 3.5, "colour": "green"}'), """
            """('{"name": "Mug", "price": 8, "colour": "red"}')""",
            "CREATE VIEW colours AS SELECT id, data ->> '$.colour' AS colour FROM product",
            "CREATE VIEW parts AS SELECT p.id, e.key, e.value FROM product p, json_each(p.data) e",
            "CREATE VIRTUAL TABLE note USING fts5(body)",
            "INSERT INTO note VALUES ('green tea'), ('a mug')",
            "CREATE VIEW tea_notes AS SELECT body FROM note WHERE note MATCH 'tea'",
            "CREATE VIRTUAL TABLE box USING rtree(id, x0, x1)",
            "INSERT INTO box VALUES (1, 0, 2), (2, 5, 6)",
            "CREATE VIEW near AS SELECT id FROM box WHERE x0 < 1",
        ],
    )
    with connect(url) as database:
        schema = database.schema()
        assert [table.name for table in schema.tables] == [
            *("product", "colours", "parts", "note", "tea_notes", "box", "near"),
        ]
        assert [column.name for column in schema.tables[0].columns] == ["id", "data", "name", "price"]
        assert schema.tables[0].columns[2].samples == ("Tea", "Mug")
        assert schema.tables[1].columns[1].samples == ("green", "red")
        assert rows(database.execute("SELECT name, price FROM product WHERE price > 4")) == (("Mug", 8.0),)
        assert rows(database.execute("SELECT colour FROM colours WHERE id = 1")) == (("green",),)
        assert rows(database.execute("SELECT value FROM parts WHERE key = 'name' AND id = 2")) == (("Mug",),)
        assert rows(database.execute("SELECT body FROM tea_notes")) == (("green tea",),)
        assert rows(database.execute("SELECT id FROM near")) == ((1,),)
        assert rows(
            database.execute("SELECT id FROM product WHERE json_extract(data, '$.colour') = 'red'")
        ) == ((2,),)


@pytest.mark.parametrize(
    "function", ["load_extension('x')", "sqlite_log(1, 'x')", "fts3_tokenizer('simple')"]
)
def test_what_a_schema_hides_is_refused_all_the_same(tmp_path: Path, function: str) -> None:
    url = make(
        tmp_path / "hostile.sqlite",
        ["CREATE TABLE t AS SELECT 1 AS a", f"CREATE VIEW v AS SELECT {function} AS a"],
    )
    with connect(url) as database:
        assert database.schema().tables[0].name == "t"
        assert database.execute("SELECT a FROM v").status in ("refused", "error")
        assert database._engine.run("SELECT a FROM v", database.limits).status in ("refused", "error")
        assert rows(database.execute("SELECT a FROM t")) == ((1,),)


def test_a_collation_that_another_program_brings(tmp_path: Path) -> None:
    url = make(
        tmp_path / "cards.sqlite",
        [
            "CREATE TABLE deck (id INTEGER PRIMARY KEY, name TEXT NOT NULL COLLATE unicase)",
            "CREATE UNIQUE INDEX by_name ON deck (name)",
            "INSERT INTO deck (name) VALUES ('Zebra'), ('apple'), ('Mango')",
        ],
        ["unicase"],
    )
    with connect(url) as database:
        assert set(database.schema().tables[0].columns[1].samples) == {"Zebra", "apple", "Mango"}
        assert len(database.distinct_values("deck", "name", 9, 1)[0]) == 3
        assert rows(database.execute("SELECT name FROM deck ORDER BY name")) == (
            *(("apple",), ("Mango",), ("Zebra",)),
        )
        assert rows(database.execute("SELECT id FROM deck WHERE name = 'ZEBRA'")) == ((1,),)


def test_a_broken_view_costs_that_view(tmp_path: Path) -> None:
    url = make(
        tmp_path / "broken.sqlite",
        [
            "CREATE TABLE gone (a INTEGER)",
            "CREATE TABLE here AS SELECT 'x' AS b",
            "CREATE VIEW v AS SELECT a FROM gone",
            "CREATE VIEW w AS SELECT no_such_function(b) AS c FROM here",
            "DROP TABLE gone",
        ],
    )
    with connect(url) as database:
        assert [table.name for table in database.schema().tables] == ["here"]
        assert "gone" in database.execute("SELECT a FROM v").error
        assert rows(database.execute("SELECT b FROM here")) == (("x",),)


def test_names_and_values_that_are_no_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "latin.sqlite"
    url = make(
        path,
        [
            "CREATE TABLE town (id INTEGER PRIMARY KEY, namXX TEXT, size INTEGER)",
            "INSERT INTO town VALUES (1, 'a', 5), (2, CAST(x'4de46e' AS TEXT), 6)",
            "CREATE TABLE plXX (a TEXT)",
            "CREATE TABLE fine AS SELECT 'x' AS b",
        ],
    )
    path.write_bytes(path.read_bytes().replace(b"XX", b"\xe4\xff"))
    with connect(url) as database:
        tables = database.schema().tables
        assert [table.name for table in tables] == ["town", "fine"]
        assert [column.name for column in tables[0].columns] == ["id", "size"]
        assert tables[1].columns[0].samples == ("x",)
        assert rows(database.execute("SELECT id FROM town WHERE size = 6")) == ((2,),)
        assert database.execute("SELECT * FROM town").error.startswith("the name of a column is not UTF-8")
        assert rows(database.execute("SELECT b FROM fine")) == (("x",),)


def test_a_file_that_is_cut_is_damaged_and_a_text_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "cut.sqlite"
    url = make(path, ["CREATE TABLE t AS SELECT zeroblob(20000) AS a"])
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(UnreachableError, match=r"cut\.sqlite is damaged"):
        connect(url)
    path.write_text("It was a dark and stormy night. " * 99)
    with pytest.raises(UnreachableError, match=r"cut\.sqlite is not a SQLite database"):
        connect(url)


def test_a_damaged_page_costs_what_lies_on_it(tmp_path: Path) -> None:
    path = tmp_path / "damaged.sqlite"
    url = make(
        path,
        [
            "PRAGMA page_size = 4096",
            "CREATE TABLE bad (a TEXT)",
            "CREATE TABLE good AS SELECT 'x' AS b",
            "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 9) "
            "INSERT INTO bad SELECT 'row ' || n FROM r",
        ],
    )
    data = bytearray(path.read_bytes())
    data[4096:4196] = b"\xff" * 100  # the second page is the root of the first table
    path.write_bytes(data)
    with connect(url) as database:
        assert [table.name for table in database.schema().tables] == ["bad", "good"]
        assert database.execute("SELECT a FROM bad").status == "error"
        assert rows(database.execute("SELECT b FROM good")) == (("x",),)
