"""Which words of a question are in the glossary, and what is told of them."""

from __future__ import annotations

import pytest

from sqloop.database.connect import Database
from sqloop.glossary import Entry, Glossary
from sqloop.glossary.checking import check_sql
from sqloop.glossary.matching import find_names, is_word, name_key
from sqloop.linking.question import link_question

ACTIVE = Entry("active customer", sql="customers.status = 'A'")
REVENUE = Entry("revenue", "what customers paid", "SUM(order_lines.qty * order_lines.price)")
NET = Entry("net revenue", "revenue without tax")
ELSEWHERE = Entry("pilot", "somebody who flies", "crew.rank = 'P'")
NOWHERE = Entry("captain", sql="crew.rank = 'C'")
CHURNED = Entry("churned customer", sql="customers.status = 'C'")
GLOSSARY = Glossary((CHURNED, ACTIVE, REVENUE, NET, ELSEWHERE, NOWHERE))


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
        ("customers who have active orders", []),
        ("customers that have churned", [("churned customer", ["customers", "churned"])]),
        ("customers that have been active", [("active customer", ["customers", "active"])]),
        ("", []),
    ],
)
def test_names_are_found_by_their_words(
    question: str, found: list[tuple[str, list[str]]], database: Database
) -> None:
    assert find(question, database) == found


@pytest.mark.parametrize(
    ("name", "question", "said"),
    [
        ("on time", "Which orders are on time?", ["on time"]),
        ("on time", "At what time was it?", []),
        ("opt-in", "customers with opt-in", ["opt-in"]),
        ("opt-in", "customers who opt out", []),
        ("to do", "How many orders do we have to do?", ["to do"]),
        ("in stock", "the stock of each shop", []),
        ("cost of goods", "costs of the goods per month", ["costs of the goods"]),
        ("the backlog", "What is our backlog?", ["backlog"]),
        ("有效客户", "有多少有效客户？", ["有效客户"]),
        ("有效客户", "有多少客户有效？", []),
        ("활성 고객", "활성 고객은 몇 명인가요?", ["활성 고객"]),
        ("アクティブ", "アクティブな顧客は何人？", ["アクティブ"]),
    ],
)
def test_small_words_at_the_ends_of_a_name_and_signs_count(name: str, question: str, said: list[str]) -> None:
    places = find_names(question, [name_key(name)]).get(name_key(name), ())
    assert [question[start:end] for start, end in places] == said


@pytest.mark.parametrize(
    ("name", "is_one"), [("A", False), ("of the", False), ("on hold", True), ("客户", True)]
)
def test_a_name_needs_more_than_small_words(name: str, is_one: bool) -> None:
    assert is_word(name) == is_one


def test_what_is_only_said_within_a_stored_value_is_not_meant(database: Database) -> None:
    schema, words = database.schema(), Glossary((Entry("new", sql="customers.id > 2"), Entry("ann", "x")))
    asked = [
        link_question(question, schema, database.values(), words.notes(question, schema)).notes
        for question in ("those in New York", "new ones in New York", "orders of Ann")
    ]
    assert [[note.name for note in notes] for notes in asked] == [[], ["new"], ["ann"]]


def test_a_definition_is_told_in_one_line_without_comments(database: Database) -> None:
    sql = "status = 'A  B' -- those\n  AND city = 'Rome';"
    (note,) = Glossary((Entry("here", sql=sql),)).notes("who is here", database.schema())
    assert note.meaning == "status = 'A  B' AND city = 'Rome'"
    assert note.names == ("status", "city")


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
        ("status = 'A'; -- those that pay", ""),
        ("EXISTS (SELECT 1 FROM orders WHERE orders.customer_id = customers.id)", ""),
        ("(SELECT MAX(placed_at) FROM orders AS o WHERE o.customer_id = customers.id) > '2024'", ""),
        ("EXISTS (SELECT 1 FROM orders WHERE orders.customer_id = people.id)", "there is no people"),
        ("FULL OUTER JOIN orders ON orders.customer_id = customers.id", ""),
        ("JOIN orders USING (id)", "it does not say what it joins: write ON with both tables"),
        ("NATURAL JOIN orders", "it does not say what it joins: write ON with both tables"),
        ("SUM(order_lines.qty) AS sold", "it needs no name: leave out sold"),
        ("WHERE status = 'A'", "leave out WHERE"),
        ("SELECT 1", "it is a whole query: put it into parentheses, or give its condition or expression"),
        ("status = 'A'; DROP TABLE customers", "it is neither a condition nor an expression nor a join"),
        ("those that pay", "it is neither a condition nor an expression nor a join"),
        ("1 = 1", "it names no column"),
        ("NOSUCH(customers.id)", "no such function: NOSUCH"),
    ],
)
def test_a_definition_is_checked_on_the_database(sql: str, problem: str, database: Database) -> None:
    assert check_sql(sql, database) == problem
