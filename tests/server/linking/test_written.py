"""Queries as models write them about flags, days, views and rows that repeat, with the answer that was meant.

Each kind is a table of cases, on SQLite and on MariaDB; no model is asked.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sqloop.database.connect import Database, connect
from sqloop.generation.prompts.forms import Asked
from sqloop.generation.prompts.hub_forms import extract_query, find_form
from sqloop.linking.question import link_question

from .conftest import Build

TABLES = (
    "CREATE TABLE customers (id INTEGER PRIMARY KEY, name VARCHAR(40), city VARCHAR(40))",
    "INSERT INTO customers VALUES (1, 'Ann', 'Rome'), (2, 'Bob', 'Rome'), (3, 'Ann', 'Rome'), "
    "(4, 'Cid', 'Oslo')",
    "CREATE TABLE invoices (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), "
    "paid VARCHAR(3), cancelled CHAR(1), active CHAR(1), shipped TINYINT(1), checked VARCHAR(5))",
    "INSERT INTO invoices VALUES (1, 1, 'yes', 'N', '1', 1, 'true'), (2, 1, 'no', 'Y', '0', 0, NULL), "
    "(3, 3, 'yes', 'N', '1', 1, 'false'), (4, 4, 'yes', 'N', '1', 1, 'true')",
    "CREATE TABLE passports (customer_id INTEGER PRIMARY KEY REFERENCES customers (id), number VARCHAR(9))",
    "INSERT INTO passports VALUES (1, 'x1'), (4, 'x4')",
    "CREATE TABLE visits (id INTEGER PRIMARY KEY, first_name VARCHAR(9), last_name VARCHAR(9), "
    "visited_at DATETIME, created_at INTEGER)",
    "INSERT INTO visits VALUES (1, 'Bo', '24', '2024-05-01 09:30:00', 1704067200), "
    "(2, 'Cy', 'MAY', '2024-05-01 14:00:00', 1714550400), "
    "(3, 'Di', 'Fox', '2024-05-02 08:00:00', 1714636800), "
    "(4, 'Ed', 'Lee', '2024-05-03 10:00:00', 1609459200)",
    "CREATE TABLE film (film_id INTEGER PRIMARY KEY, title VARCHAR(40))",
    "CREATE TABLE category (category_id INTEGER PRIMARY KEY, name VARCHAR(40))",
    "CREATE TABLE film_category (film_id INTEGER REFERENCES film (film_id), "
    "category_id INTEGER REFERENCES category (category_id))",
    "CREATE VIEW film_list AS SELECT f.film_id, f.title, c.name AS category FROM film f "
    "JOIN film_category fc ON fc.film_id = f.film_id JOIN category c ON c.category_id = fc.category_id",
    "INSERT INTO film VALUES (1, 'Alpha')",
    "INSERT INTO category VALUES (1, 'Drama')",
    "INSERT INTO film_category VALUES (1, 1)",
)


@pytest.fixture(scope="module")
def database(build: Build) -> Iterator[Database]:
    with connect(build(TABLES)) as opened:
        yield opened


def run(written: str, database: Database) -> list[tuple[object, ...]]:
    """The rows of what a model has written."""
    outcome = database.execute(extract_query(written, database.schema()))
    assert outcome.error == ""
    return sorted(outcome.rows)  # type: ignore[type-var]


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        ("paid = 'yes'", 3),
        ("paid = 'no'", 1),
        ("paid = 1", 3),
        ("paid = 0", 1),
        ("paid = TRUE", 3),
        ("paid IS FALSE", 1),
        ("paid = 'Y'", 3),
        ("paid <> 'Yes'", 1),
        ("paid IS NULL", 1),
        ("NOT paid IS NULL", 3),
        ("paid IS NOT NULL", 3),
        ("paid", 3),
        ("NOT paid", 1),
        ("paid AND active = 1", 3),
        ("cancelled = 'yes'", 1),
        ("cancelled = 1", 1),
        ("cancelled IS NULL", 3),
        ("active = 1", 3),
        ("active = '0'", 1),
        ("active IS NULL", 1),
        ("active = 'N'", 1),
        ("shipped = 'yes'", 3),
        ("shipped = 0", 1),
        ("shipped IS NULL", 1),
        ("shipped", 3),
        ("checked = 1", 2),
        ("checked IS NULL", 1),  # one is: nobody has checked it
        ("checked IS NOT NULL", 3),
    ],
)
def test_flags_in_every_dress(condition: str, count: int, database: Database) -> None:
    assert run(f"SELECT COUNT(*) FROM invoices WHERE {condition}", database) == [(count,)]


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        ("visited_at = '2024-05-01'", 2),
        ("visited_at BETWEEN '2024-05-01' AND '2024-05-02'", 3),
        ("visited_at > '2024-05-01'", 2),
        ("visited_at >= '2024-05-02'", 2),
        ("visited_at <= '2024-05-01'", 2),
        ("visited_at < '2024-05-02'", 2),
        ("visited_at <> '2024-05-01'", 2),
        ("visited_at LIKE '2024-05-01%'", 2),
        ("visited_at IN ('2024-05-01', '2024-05-03')", 3),
        ("DATE(visited_at) = '2024-05-01'", 2),
        ("YEAR(visited_at) = '2024-05-01'", 2),
        ("STRFTIME('%d', visited_at) = '2024-05-01'", 2),
        ("CAST(STRFTIME('%Y', visited_at) AS INTEGER) > '2024-05-01'", 2),
        ("STRFTIME('%Y-%m-%d', visited_at) = '2024-05-01'", 2),
        ("created_at = 2024", 3),
        ("created_at LIKE '2024%'", 3),
        ("created_at >= '2024-05-01'", 2),
        ("created_at BETWEEN 2021 AND 2022", 1),
    ],
)
def test_days_against_moments(condition: str, count: int, database: Database) -> None:
    assert run(f"SELECT COUNT(*) FROM visits WHERE {condition}", database) == [(count,)]


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("visits on May 24, 2005", ["2005-05-24"]),
        ("visits on may 24th 2005", ["2005-05-24"]),
        ("visits on the 24th of May 2005", ["2005-05-24"]),
        ("visits on 24 May, 2005", ["2005-05-24"]),
        ("visits on Sept. 3, 2024", ["2024-09-03"]),
        ("visits from Jan 1, 2024 to 2024-02-01", ["2024-01-01", "2024-02-01"]),
        ("visits on May 32, 2005", ["MAY", 32, 2005]),
        ("visits of Mr May", ["MAY"]),
    ],
)
def test_a_day_in_words_is_one_value(question: str, values: list[object], database: Database) -> None:
    linked = link_question(question, database.schema(), database.values())
    read = [link.matches[0].value if link.matches else link.value for link in linked.links]
    assert read == values


@pytest.mark.parametrize(
    "question", ["How many films are in each category?", "film list by category", "the films"]
)
def test_a_view_stands_behind_the_tables(question: str, database: Database) -> None:
    linked = link_question(question, database.schema(), database.values())
    assert [table.name for table in linked.schema.tables if table.view] == ["film_list"]
    prompt = find_form("tuned").prefix(linked.schema)
    assert prompt.index("VIEW film_list") > max(map(prompt.index, ("TABLE film (", "TABLE visits")))
    starter = find_form("starter")
    assert starter.suffix(Asked(linked))
    named = [mention.targets[0].table for mention in linked.mentions if mention.targets[0].column]
    assert "film_list" not in named


@pytest.mark.parametrize(
    ("written", "rows"),
    [
        (
            "SELECT c.name FROM customers c JOIN invoices i ON i.customer_id = c.id WHERE c.city = 'Rome'",
            [("Ann",), ("Ann",)],  # two who are called so, each once
        ),
        (
            "SELECT c.id FROM invoices i JOIN customers c ON c.id = i.customer_id WHERE c.city = 'Rome'",
            [(1,), (1,), (3,)],  # it begins with the invoices: a row for each may be meant
        ),
        ("SELECT customers.id FROM customers JOIN invoices ON customers.id = invoices.customer_id LIMIT 9",
         [(1,), (3,), (4,)]),
        ("SELECT c.id, p.number FROM customers c JOIN passports p ON p.customer_id = c.id "
         "JOIN invoices i ON i.customer_id = c.id WHERE c.city = 'Rome'", [(1, "x1"), (1, "x1")]),
        ("SELECT c.id FROM customers c JOIN passports p ON p.customer_id = c.id", [(1,), (4,)]),
        ("SELECT c.id FROM customers c JOIN invoices i ON i.customer_id = c.id WHERE i.paid = 'yes' "
         "AND c.id = 1", [(1,)]),
        ("SELECT c.id, i.id FROM customers c JOIN invoices i ON i.customer_id = c.id WHERE c.id = 1",
         [(1, 1), (1, 2)]),
        ("SELECT COUNT(*) FROM customers c JOIN invoices i ON i.customer_id = c.id", [(4,)]),
        ("SELECT c.id FROM customers c LEFT JOIN invoices i ON i.customer_id = c.id WHERE c.id = 2", [(2,)]),
    ],
)  # fmt: skip
def test_a_row_that_only_has_to_exist_repeats_nothing(
    written: str, rows: list[tuple[object, ...]], database: Database
) -> None:
    assert run(written, database) == rows
