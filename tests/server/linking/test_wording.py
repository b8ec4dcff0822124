"""Misfits between the words of a question and a query, one rule at a time."""

from __future__ import annotations

import pytest

from sqloop.database.knowledge.value_index import ValueIndex
from sqloop.database.outcome import Outcome
from sqloop.database.schema import Column, ForeignKey, Schema, Table
from sqloop.linking.question import link_question
from sqloop.linking.wording import NAME, SHOWN, TABLE, VALUE, Wording


def text(name: str) -> Column:
    return Column(name, "TEXT", "text")


def number(name: str) -> Column:
    return Column(name, "INTEGER", "number")


SCHEMA = Schema(
    "sqlite",
    (
        Table("students", (number("id"), text("name"), number("age"), number("student_number")), ("id",)),
        Table(
            "Order Details",
            (number("student_id"), text("Paid At"), text("city")),
            (),
            (ForeignKey(("student_id",), "students", ("id",)),),
        ),
    ),
)


def wording(question: str) -> Wording:
    index = ValueIndex()
    index.add("Order Details", "city", ["Paris", "New York"])
    return Wording(link_question(question, SCHEMA, index))


@pytest.mark.parametrize(
    ("question", "sql", "columns", "cost"),
    [
        ("Names of students", "SELECT name FROM students", ["name"], 0),
        ("Names and ages of students", "SELECT name FROM students", ["name"], NAME),
        ("Names of students", 'SELECT NAME FROM "STUDENTS"', ["NAME"], 0),
        ("Names of students", "SELECT name, age FROM students", ["name", "age"], SHOWN),
        ("Names of students", "SELECT name FROM students WHERE age > 3", ["name"], 0),
        ("Names of students", "SELECT name, age + 1 FROM students", ["name", "age + 1"], 0),
        ("Order details", 'SELECT "Paid At" FROM `Order Details`', ["x"], 0),
        ("All students", "SELECT name FROM students", ["name"], 0),
        ("All students", "SELECT age FROM students", ["age"], SHOWN),
        ("Order details", "SELECT name FROM students", ["x"], NAME + TABLE),
        ("Order details in Paris", "SELECT 1 FROM \"Order Details\" WHERE city = 'Paris'", ["1"], 0),
        ("Order details in Paris", "SELECT 1 FROM \"Order Details\" WHERE city LIKE '%paris%'", ["1"], 0),
        ("Order details in Paris", 'SELECT 1 FROM "Order Details"', ["1"], VALUE),
        ("Students older than 20", "SELECT 1 FROM students WHERE age > 20", ["1"], 0),
        ("Students older than 20", "SELECT 1 FROM students WHERE age > 120", ["1"], VALUE),
        ("The number of students", "SELECT COUNT(*) FROM students", ["COUNT(*)"], 0),
        ("The number of students", "SELECT student_number FROM students", ["student_number"], 0),
        ("The number of students", "SELECT MAX(age) FROM students", ["MAX(age)"], NAME),
    ],
)
def test_what_does_not_fit_costs(question: str, sql: str, columns: list[str], cost: float) -> None:
    assert wording(question).cost(sql, Outcome("ok", tuple(columns), ())) == cost


def test_a_question_without_known_words_fits_everything_but_what_it_shows() -> None:
    assert wording("Hello?").cost("SELECT 1", Outcome("ok", ("1",), ())) == 0
