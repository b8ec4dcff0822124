"""Questions about the schema are answered from the catalogue, and no others."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from sqloop.database.connect import Database, connect
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


def test_which_tables_have_a_column(database: Database) -> None:
    found = answer(database, "Which tables have a column called email?")
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
    ],
)
def test_other_questions_are_the_models(database: Database, question: str) -> None:
    assert answer(database, question) is None


def test_where_tables_are_furniture_the_question_is_the_models(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "inn.db")) as connection:
        connection.execute("CREATE TABLE tables (id INTEGER PRIMARY KEY, seats INTEGER)")
    with connect(f"sqlite:///{tmp_path}/inn.db") as inn:
        assert answer(inn, "list all tables") is None


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
