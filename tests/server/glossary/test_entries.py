"""Which words of a question are in the glossary, and what is told of them."""

from __future__ import annotations

import pytest

from sqloop.database.connect import Database
from sqloop.glossary import Entry, Glossary
from sqloop.glossary.checking import check_sql

ACTIVE = Entry("active customer", sql="customers.status = 'A'")
REVENUE = Entry("revenue", "what customers paid", "SUM(order_lines.qty * order_lines.price)")
NET = Entry("net revenue", "revenue without tax")
ELSEWHERE = Entry("pilot", "somebody who flies", "crew.rank = 'P'")
NOWHERE = Entry("captain", sql="crew.rank = 'C'")
GLOSSARY = Glossary((ACTIVE, REVENUE, NET, ELSEWHERE, NOWHERE))


def find(question: str, database: Database) -> list[tuple[str, list[str]]]:
    notes = GLOSSARY.notes(question, database.schema())
    return [(note.name, [question[start:end] for start, end in note.places]) for note in notes]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("How many active customers are there?", [("active customer", ["active customers"])]),
        (
            "ACTIVE CUSTOMERS' revenues",
            [("active customer", ["ACTIVE CUSTOMERS"]), ("revenue", ["revenues"])],
        ),
        ("Net revenue, and revenue", [("net revenue", ["Net revenue"]), ("revenue", ["revenue"])]),
        ("Which customers are still active?", [("active customer", ["customers", "active"])]),
        ("customers who are active in Rome", [("active customer", ["customers", "active"])]),
        ("Which active shops have customers?", []),
        ("Which customers have active orders?", []),
        ("the city of each customer", []),
        ("", []),
    ],
)
def test_names_are_found_by_their_words(
    question: str, found: list[tuple[str, list[str]]], database: Database
) -> None:
    assert find(question, database) == found


def test_a_definition_of_another_database_is_left_out_or_told_in_words(database: Database) -> None:
    schema = database.schema()
    assert [note.meaning for note in GLOSSARY.notes("pilots and captains", schema)] == ["somebody who flies"]


def test_sql_goes_before_words_and_five_notes_are_the_most(database: Database) -> None:
    schema = database.schema()
    assert [note.meaning for note in GLOSSARY.notes("revenue", schema)] == [REVENUE.sql]
    many = Glossary(tuple(Entry(f"word{letter}", "x") for letter in "abcdefg"))
    assert len(many.notes(" ".join(each.name for each in many.entries), schema)) == 5


def test_a_description_stands_where_the_database_has_no_comment(database: Database) -> None:
    schema = database.schema()
    told = Glossary(descriptions=(("CUSTOMERS.status", "A is active"), ("orders", "Sales"), ("x.y", "gone")))
    described = told.describe(schema)
    assert described.fingerprint == schema.fingerprint
    customers, orders = described.table("customers"), described.table("orders")
    assert customers is not None
    assert orders is not None
    assert (customers.column("status").comment, orders.comment) == ("A is active", "Sales")  # type: ignore[union-attr]
    other = Glossary(descriptions=(("orders", "Something else"),))
    assert other.describe(described).table("orders") == orders
    assert told.find_strangers(schema) == ["x.y"]


@pytest.mark.parametrize(
    ("sql", "problem"),
    [
        ("customers.status = 'A'", ""),
        ("status = 'A'", ""),
        ("SUM(order_lines.qty * order_lines.price)", ""),
        ("SUM(order_lines.qty) / COUNT(DISTINCT orders.id)", ""),
        ("JOIN orders ON orders.customer_id = customers.id", ""),
        ("orders JOIN order_lines ON order_lines.order_id = orders.id", ""),
        ("customers.id IN (SELECT o.customer_id FROM orders AS o)", ""),
        ("customers.statu = 'A'", "there is no customers.statu"),
        ("people.status = 'A' AND nope", "there is no people, no nope"),
        ("id > 1", "id may be of customers or orders or order_lines: write customers.id"),
        ("SELECT 1", "it is neither a condition nor an expression nor a join"),
        ("status = 'A'; DROP TABLE customers", "it is neither a condition nor an expression nor a join"),
        ("those that pay", "it is neither a condition nor an expression nor a join"),
        ("1 = 1", "it names no column"),
        ("NOSUCH(customers.id)", "no such function: NOSUCH"),
    ],
)
def test_a_definition_is_checked_on_the_database(sql: str, problem: str, database: Database) -> None:
    assert check_sql(sql, database) == problem
