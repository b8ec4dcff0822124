"""Which questions are the same: strict, as their SQL is run without anybody looking at it."""

from __future__ import annotations

import pytest

from sqloop.memory.sameness import question_key

ALIKE = [
    ("How many customers do we have?", "how many customers are there"),
    ("Show me the orders of Ann", "orders of Ann!"),
    ("Can you list all customers in Rome?", "all customers in Rome"),
    ("What is the customer's city?", "the customer\u2019s city"),
    ("What countries do we have?", "which countries are there"),
    ("Orders   per\nmonth", "order per months"),
    ("an order of a customer", "order of customer"),
]

DIFFERENT = [
    ("orders over 50", "orders over 500"),
    ("temperature below -5", "temperature below 5"),
    ("orders in 2023", "orders in 2024"),
    ("flights from Rome to Oslo", "flights from Oslo to Rome"),
    ("flights from Rome to Oslo", "flights to Rome from Oslo"),
    ("customers in Rome", "customers not in Rome"),
    ("orders before May", "orders after May"),
    ("the most expensive product", "the least expensive product"),
    ("university customers", "universal customers"),
    ("important orders", "import orders"),
    ("students with grade A", "students with grade B"),
    ("students with grade A", "students with grade"),
    ("customers in US", "customers in"),
    ("list price of each product", "price of each product"),
    ("status 'Open'", "status 'OPEN'"),
    ("price 1.5", "price 15"),
    ("C++ developers", "C developers"),
    ("resume of Ann", "résumé of Ann"),
    ("orders by customer", "orders per customer and month"),
    ("growth in %", "growth in"),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_what_differs_in_courtesy_case_and_plurals_is_the_same(one: str, other: str) -> None:
    assert question_key(one) == question_key(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_what_may_mean_something_else_is_not_the_same(one: str, other: str) -> None:
    assert question_key(one) != question_key(other)


@pytest.mark.parametrize("text", ["", "?", "is it?", "'", "🦊", "the"])
def test_any_text_has_a_key(text: str) -> None:
    assert question_key(text) == question_key(text)
