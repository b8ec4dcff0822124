"""Kinds of questions that went wrong once, each as a table of cases, on SQLite and on MariaDB.

No model is asked: what is checked is what one is told (values, samples, keys, views), and what is said of a
query. What models write of flags, days, views and repeated rows is in `test_written`; columns that are read
late in `database/test_value_index`, keys in `database/test_keys`, what changes under a running server in
`database/test_known`, names that differ by case in `database/test_mariadb`, threads in `test_at_once`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sqloop.database.connect import Database, connect
from sqloop.database.words import fold
from sqloop.generation.prompts.forms import Asked
from sqloop.generation.prompts.hub_forms import find_form
from sqloop.linking.question import LinkedQuestion, link_question
from sqloop.linking.understanding import find_not_understood

from .conftest import Build

TABLES = (
    "CREATE TABLE customers (id INTEGER PRIMARY KEY, first_name VARCHAR(40), last_name VARCHAR(40), "
    "city VARCHAR(40))",
    "INSERT INTO customers VALUES (1, 'Luís', 'Gonçalves', 'Paris'), (2, 'Luis', 'Rojas', 'paris'), "
    "(3, 'Ann', 'Lee', 'Rome')",
    "CREATE TABLE invoices (id INTEGER PRIMARY KEY, customer_id INTEGER, paid VARCHAR(3), cancelled CHAR(1), "
    "shipped INTEGER, total DECIMAL(8, 2), created_at INTEGER)",
    "INSERT INTO invoices VALUES (1, 1, 'yes', 'N', 1, 5, 1704067200), (2, 2, 'no', 'Y', 0, 7, 1714550400), "
    "(3, 3, 'yes', 'N', 1, 9, 1714636800)",
    "CREATE TABLE songs (id INTEGER PRIMARY KEY, title VARCHAR(80), price DECIMAL(8, 2))",
    "INSERT INTO songs VALUES (1, 'The Cost of Living', 0.99), (2, 'She Sells Sanctuary', 0.99), "
    "(3, 'Money for Nothing', 1.29), (4, 'Let''s Spend The Night Together', 0.99), (5, 'Blue Sky', 1.29)",
    "CREATE TABLE visits (id INTEGER PRIMARY KEY, visitor VARCHAR(40), visited_at DATETIME)",
    "INSERT INTO visits VALUES (1, 'Bo', '2024-05-01 09:30:00'), (2, 'Cy', '2024-05-02 08:00:00')",
    "CREATE VIEW best_songs AS SELECT title, price FROM songs WHERE price > 1",
)


@pytest.fixture(scope="module")
def database(build: Build) -> Iterator[Database]:
    """The tables, no keys declared."""
    with connect(build(TABLES)) as opened:
        yield opened


def test_words_that_end_within_a_name_are_no_value(tmp_path: Path) -> None:
    path = tmp_path / "places.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "CREATE TABLE place (name TEXT, house_number INT); INSERT INTO place VALUES ('the house', 4);"
        )
    with connect(f"sqlite:///{path}") as places:
        assert not ask("what is the house number", places).links
        assert ask("the number of places called the house", places).links


def ask(question: str, database: Database) -> LinkedQuestion:
    return link_question(question, database.schema(), database.values())


def told(question: str, database: Database) -> str:
    """The line of stored values in the prompt of a real model, empty without one."""
    suffix = find_form("tuned").suffix(Asked(ask(question, database)))
    return suffix.partition("Stored values: ")[2].partition("\n")[0]


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("How many songs cost 0.99?", ""),
        ("total sales", ""),
        ("How much money was spent per country?", ""),
        ("songs that play at night", ""),
        ("how long is the song Blue Sky", "songs.title = 'Blue Sky'"),
        ("price of 'Money for Nothing'", "songs.title = 'Money for Nothing'"),
    ],
)
def test_a_common_word_is_no_part_of_a_value(question: str, values: str, database: Database) -> None:
    assert told(question, database) == values


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("What is the city of Luis Rojas?", "customers.first_name = 'Luis'"),
        ("What is the city of Luís Gonçalves?", "customers.first_name = 'Luís'"),
        ("names of the customers in paris", "customers.city = 'paris'"),
        ("names of the customers in Paris", "customers.city = 'Paris'"),
    ],
)
def test_the_value_as_written_comes_first(question: str, first: str, database: Database) -> None:
    found = told(question, database)
    if (
        database.schema().dialect == "mysql"
    ):  # one form for all that its collation takes as equal finds them all
        found, first = fold(found), fold(first)
    assert found.startswith(first)


def test_both_forms_are_offered_where_both_are_stored(database: Database) -> None:
    # MariaDB compares without case, so that its DISTINCT gives one of them, and either finds both rows.
    both = {"sqlite": "customers.city = 'paris'; customers.city = 'Paris'"}
    assert both.get(database.schema().dialect, "'") in told("customers in paris", database)


@pytest.mark.parametrize(
    ("column", "samples"),
    [
        ("paid", "'yes', 'no'"),
        ("cancelled", "'N', 'Y'"),
        ("shipped", "1, 0"),
        ("created_at", "17"),
        ("visited_at", "'2024-05-01 09:30:00"),
    ],
)
def test_a_model_sees_how_flags_and_times_are_stored(column: str, samples: str, database: Database) -> None:
    prefix = find_form("tuned").prefix(database.schema())
    (line,) = (line for line in prefix.splitlines() if line.strip().startswith(f"{column} "))
    assert f"-- {samples}" in line


def test_an_undeclared_key_is_inferred_and_a_view_stands_behind_tables(database: Database) -> None:
    schema = database.schema()
    invoices = schema.table("invoices")
    assert invoices is not None
    assert [(key.referred_table, key.inferred) for key in invoices.foreign_keys] == [("customers", True)]
    prefix = find_form("tuned").prefix(schema)
    assert "REFERENCES customers (id)" in prefix
    assert prefix.index("CREATE VIEW best_songs") > prefix.index("CREATE TABLE visits")
    assert told("price of Blue Sky", database) == "songs.title = 'Blue Sky'"


@pytest.mark.parametrize(
    ("question", "sql", "words"),
    [
        ("How many invoices are unpaid?", "SELECT COUNT(*) FROM invoices", ("unpaid",)),
        ("How many invoices are unpaid?", "SELECT COUNT(*) FROM invoices WHERE paid = 'no'", ()),
        ("How many invoices are cancelled?", "SELECT COUNT(*) FROM invoices WHERE cancelled = 'Y'", ()),
        ("How many remastered songs?", "SELECT COUNT(*) FROM songs", ("remastered",)),
        ("Which customers are retired?", "SELECT last_name FROM customers", ("retired",)),
        ("the female customers", "SELECT last_name FROM customers", ("female",)),
        ("How many invoices are paid?", "SELECT COUNT(*) FROM invoices", ("paid",)),
        ("How many invoices are paid?", "SELECT COUNT(*) FROM invoices WHERE paid = 'yes'", ()),
        ("the cancelled invoices", "SELECT id FROM invoices", ("cancelled",)),
        ("invoices that are not shipped", "SELECT COUNT(*) FROM invoices", ("shipped",)),
        ("the total of all invoices", "SELECT SUM(total) FROM invoices", ()),
        ("How many vegan customers in Rome?", "SELECT COUNT(*) FROM customers", ("vegan", "Rome")),
        ("visits on 2024-05-01", "SELECT * FROM visits WHERE visited_at LIKE '2024-05-01%'", ()),
    ],
)
def test_a_word_that_the_query_drops_is_named(
    question: str, sql: str, words: tuple[str, ...], database: Database
) -> None:
    assert find_not_understood(ask(question, database), sql) == words
