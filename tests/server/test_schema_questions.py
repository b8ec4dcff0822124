"""Questions about the schema are answered from the catalogue, and no others."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from sqloop.database.connect import Database, connect
from sqloop.database.schema import Column, Schema, Table
from sqloop.schema_questions import ask_schema

if TYPE_CHECKING:
    from servers import MariaDBServer, PostgreSQLServer

TABLES = [
    "CREATE TABLE customers (id INTEGER PRIMARY KEY, email VARCHAR(40))",
    "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), "
    "`it''s` TEXT)",
    "CREATE TABLE order_items (id INTEGER PRIMARY KEY, email TEXT)",
]


@pytest.fixture(params=["sqlite", "mariadb"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "mariadb":
        server: MariaDBServer = request.getfixturevalue("mariadb")
        url = server.create("catalogue", *TABLES)
    else:
        with closing(sqlite3.connect(tmp_path / "shop.db")) as connection:
            connection.executescript(";".join(TABLES))
        url = f"sqlite:///{tmp_path}/shop.db"
    with connect(url) as found:
        yield found


def answer(database: Database, question: str) -> list[object] | None:
    """The first column of what the catalogue answers."""
    sql = ask_schema(question, database.schema())
    if sql is None:
        return None
    outcome = database.execute(sql)
    assert outcome.status == "ok", (sql, outcome.error)
    return [row[0] for row in outcome.rows]


@pytest.mark.parametrize(
    "question",
    [
        "list all tables",
        "List all the tables.",
        "Show me all tables",
        "show tables;",
        "What tables are there?",
        "which tables exist",
        "What tables do we have?",
        "what are the tables in this database?",
        "please list the tables in the database",
        "tables",
        "what tables do I have",
        "which tables has this database?",
        "show me a list of all tables",
    ],
)
def test_the_tables(database: Database, question: str) -> None:
    # Each engine orders an underscore in its own way.
    assert sorted(map(str, answer(database, question) or ())) == ["customers", "order_items", "orders"]


@pytest.mark.parametrize(
    "question", ["How many tables are there?", "how many tables do we have in the database"]
)
def test_how_many_tables(database: Database, question: str) -> None:
    assert answer(database, question) == [3]


@pytest.mark.parametrize(
    "question",
    [
        "what columns does orders have",
        "What columns does the orders table have?",
        "Which fields does `orders` have?",
        "which columns are in the table orders?",
        "list all columns of orders",
        "show me the columns in order",
        "what are the columns of the Orders table",
        "show columns from orders;",
        "describe orders",
        "what does the table orders contain",
        "What does the orders table contain?",
        "Which columns has the table orders?",
        "column names of orders",
        "show me the structure of orders",
        "schema of the table orders",
    ],
)
def test_the_columns_of_a_table(database: Database, question: str) -> None:
    assert answer(database, question) == ["id", "customer_id", "it''s"]


def test_a_table_whose_name_is_two_words(database: Database) -> None:
    assert answer(database, "what columns do order items have?") == ["id", "email"]


def test_a_table_whose_name_has_a_blank(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "shop.db")) as connection:
        connection.execute('CREATE TABLE "Ord Hdr" (OrdNo INTEGER PRIMARY KEY, "Ship To" TEXT)')
    with connect(f"sqlite:///{tmp_path}/shop.db") as shop:
        for name in ("Ord Hdr", '"ord hdr"', "ord_hdr"):
            assert answer(shop, f"what columns does {name} have") == ["OrdNo", "Ship To"]


@pytest.mark.parametrize(
    "question",
    [
        "Which tables have a column called email?",
        "which tables have a column email",
        "Which tables have an email column?",
    ],
)
def test_which_tables_have_a_column(database: Database, question: str) -> None:
    found = answer(database, question)
    assert sorted(map(str, found or ())) == ["customers", "order_items"]


@pytest.mark.parametrize(
    "question",
    [
        "list all customers",
        "How many customers are there?",
        "list all tables in Berlin",
        "what columns does nothing have",
        "describe the weather",
        "which orders have no customer",
        "how many tables did we sell",
        "show me the schema of the world",
        "schema of prices",
        "what does the order 17 contain",
        "what does orders contain",
        "list the columns that are empty",
        "list the columns of orders that are empty",
        "primary key of the weather",
        "orders of the key customers",
        "which orders refer to customers",
    ],
)
def test_other_questions_are_the_models(database: Database, question: str) -> None:
    assert answer(database, question) is None


def test_where_tables_are_furniture_the_question_is_the_models(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "inn.db")) as connection:
        connection.execute("CREATE TABLE tables (id INTEGER PRIMARY KEY, seats INTEGER)")
    with connect(f"sqlite:///{tmp_path}/inn.db") as inn:
        assert answer(inn, "list all tables") is None


@pytest.mark.parametrize("name", ["schema", "schemas"])
def test_where_the_rows_tell_of_schemas_the_question_is_the_models(tmp_path: Path, name: str) -> None:
    with closing(sqlite3.connect(tmp_path / "paint.db")) as connection:
        connection.execute(f"CREATE TABLE paints (id INTEGER PRIMARY KEY, {name} TEXT)")
    with connect(f"sqlite:///{tmp_path}/paint.db") as paint:
        assert answer(paint, "show me the schema of paints") is None
        assert answer(paint, "describe paints") == ["id", name]


@pytest.mark.parametrize("question", ["show me the schema", "What's the schema of this database?"])
def test_the_whole_schema(database: Database, question: str) -> None:
    told = [row[:2] + row[3:] for row in whole(database, question)]
    assert sorted(told) == [
        ("customers", "email", ""),
        ("customers", "id", "primary key"),
        ("order_items", "email", ""),
        ("order_items", "id", "primary key"),
        ("orders", "customer_id", "customers.id"),
        ("orders", "id", "primary key"),
        ("orders", "it''s", ""),
    ]


def test_a_part_of_the_key_that_refers_to_another_table_says_both(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "shop.db")) as connection:
        connection.execute("CREATE TABLE orders (ord_no INTEGER PRIMARY KEY)")
        connection.execute(
            "CREATE TABLE lines (ord_no INTEGER REFERENCES orders (ord_no), no INTEGER, "
            "PRIMARY KEY (ord_no, no))"
        )
    with connect(f"sqlite:///{tmp_path}/shop.db") as shop:
        assert whole(shop, "describe lines") == [
            ("ord_no", "INTEGER", "primary key, orders.ord_no"),
            ("no", "INTEGER", "primary key"),
        ]


def test_of_a_large_schema_the_tables_are_told(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "wide.db")) as connection:
        for name in ("one", "two"):
            columns = ", ".join(f"c{number} INTEGER" for number in range(201))
            connection.execute(f"CREATE TABLE {name} ({columns})")
    with connect(f"sqlite:///{tmp_path}/wide.db") as wide:
        assert whole(wide, "show me the schema") == [("one", "table"), ("two", "table")]


def test_keys(database: Database) -> None:
    reference = ("orders", "customer_id", "customers.id", "yes")
    for question in ("primary key of orders", "What is the primary key of the orders table?"):
        assert whole(database, question) == [("orders", "id")]
    assert len(whole(database, "list all primary keys")) == 3
    for question in ("foreign keys of orders", "list all foreign keys", "which tables reference customers"):
        assert whole(database, question) == [reference]
    assert whole(database, "foreign keys of customers") == []


def test_a_column_that_no_table_has(database: Database) -> None:
    assert whole(database, "which tables have a column called nope") == []


def test_how_many_columns(database: Database) -> None:
    assert answer(database, "How many columns does orders have?") == [3]


def test_questions_about_rows_stay_the_models() -> None:
    """On databases where every word of the questions is a table."""
    ours = {"table", "column", "field", "schema", "structure"}
    for file in sorted((Path(__file__).parents[1] / "benchmarks" / "questions").glob("*.jsonl")):
        told = [json.loads(line) for line in file.read_text().splitlines()]
        questions = [each["question"] for each in told if "question" in each]
        words = {word for each in questions for word in re.findall(r"\w+", each.casefold())}
        words -= ours | {f"{word}s" for word in ours}
        schema = Schema("sqlite", tuple(Table(word, (_ID,)) for word in sorted(words)))
        assert [each for each in questions if ask_schema(each, schema)] == []


_ID = Column("no_word", "INTEGER", "number")


def whole(database: Database, question: str) -> list[tuple[object, ...]]:
    """All that the catalogue answers."""
    sql = ask_schema(question, database.schema())
    assert sql is not None
    outcome = database.execute(sql)
    assert outcome.status == "ok", (sql, outcome.error)
    return list(outcome.rows)


def test_schemas_of_postgres(postgres: PostgreSQLServer) -> None:
    url = postgres.create(
        "catalogue",
        "CREATE SCHEMA sales",
        "CREATE TABLE people (id integer PRIMARY KEY)",
        "CREATE TABLE sales.orders (id integer, placed date) PARTITION BY RANGE (placed)",
        "CREATE TABLE sales.orders_1 PARTITION OF sales.orders "
        "FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
        "CREATE VIEW sales.late AS SELECT id FROM sales.orders",
        "CREATE MATERIALIZED VIEW sales.kept AS SELECT id FROM sales.orders",
    )
    with connect(url) as database:
        assert whole(database, "List all tables") == [
            ("public", "people", "table"),
            ("sales", "kept", "materialized view"),
            ("sales", "late", "view"),
            ("sales", "orders", "table"),
        ]
        assert whole(database, "How many tables are there?") == [(4,)]
        assert whole(database, "What columns does order have?") == [
            ("id", "integer", ""),
            ("placed", "date", ""),
        ]


def test_schemas_of_duckdb(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "shop.duckdb")) as connection:
        connection.execute("CREATE TABLE people (id INTEGER); CREATE SCHEMA sales")
        connection.execute("CREATE TABLE sales.orders (id INTEGER)")
    with connect(f"duckdb:///{tmp_path / 'shop.duckdb'}") as database:
        assert whole(database, "List all tables") == [
            ("main", "people", "table"),
            ("sales", "orders", "table"),
        ]
        assert whole(database, "Describe orders") == [("id", "INTEGER", "")]


def test_files_are_tables(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("id\n1\n")
    (tmp_path / "cities.csv").write_text("id\n1\n")
    with connect(f"duckdb:///{tmp_path}") as database:
        assert whole(database, "List all tables") == [("cities", "table"), ("people", "table")]


def test_views_of_duckdb(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "shop.duckdb")) as connection:
        connection.execute("CREATE TABLE people (id INTEGER); CREATE VIEW ids AS FROM people")
    with connect(f"duckdb:///{tmp_path / 'shop.duckdb'}") as database:
        assert whole(database, "List all tables") == [("ids", "view"), ("people", "table")]
