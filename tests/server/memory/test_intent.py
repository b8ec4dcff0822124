"""What a question asks for by words that every question has: the same in other words, or another thing."""

from __future__ import annotations

import pytest
from sqlglot import parse_one

from sqloop.memory.intent import intents_differ, surely_differ

SAME = [
    ("members in two or more teams", "members of at least 2 teams"),
    ("customers who placed more than five orders", "customers with over 5 orders"),
    ("teams with one or more matches", "teams with at least one match"),
    ("newest order of each customer", "most recent order per customer"),
    ("average price", "mean price"),
    ("price in total", "sum of prices"),
    ("patients who are not insured", "uninsured patients"),
    ("shipments not delivered yet", "undelivered shipments"),
    ("monthly revenue", "revenue per month"),
    ("stays longer than a week", "stays of more than one week"),
    ("trucks built in March 2020", "trucks that were built in march 2020"),
    ("bookings for three persons", "bookings for 3 persons"),
    ("fees of 120 in 2024", "in 2024 fees of 120"),
    ("the 3 best teams", "top three teams"),
]

DIFFERENT = [
    ("orders after 2024-06-30", "orders before 2024-06-30"),
    ("orders after 2024-06-30", "orders on or after 2024-06-30"),
    ("orders after 2024-06-30", "orders on 2024-06-30"),
    ("orders in 2024", "orders since 2024"),
    ("orders in 2024", "orders until 2024"),
    ("nights in July 2025", "nights by July 2025"),
    ("nights in July 2025", "nights from July 2025 on"),
    ("customers in May 2023", "customers in 2023"),
    ("born between 1960 and 1970", "born after 1970"),
    ("more than 5 orders", "at least 5 orders"),
    ("more than 5 orders", "no more than 5 orders"),
    ("two or more teams", "two or fewer teams"),
    ("two or more teams", "more than two teams"),
    ("two or more teams", "two teams"),
    ("longer than 30 minutes with a fee of 80", "longer than 80 minutes with a fee of 30"),
    ("longer than a week", "longer than a month"),
    ("average price per category", "total price per category"),
    ("newest order of each customer", "oldest order of each customer"),
    ("newest order of each customer", "newest order of all customers"),
    ("newest order of each customer", "newest order"),
    ("heaviest shipment", "second heaviest shipment"),
    ("patients per doctor", "doctors per patient"),
    ("rate per hotel", "yearly rate per hotel"),
    ("paid by card and cash", "paid by card or cash"),
    ("bought a lamp", "only bought a lamp"),
    ("customers in Rome", "customers outside Rome"),
    ("from Rome but not to Oslo", "not from Rome but to Oslo"),
    ("goods never sold in Rome", "goods never sold not in Rome"),
    ("patients currently in the ward", "patients formerly in the ward"),
    ("longest stay in days", "longest stay in weeks"),
    ("orders of last month", "orders of last week"),
    ("products in stock", "products out of stock"),
    ("authors whose books are in English", "authors all of whose books are in English"),
    ("the first match", "when was the first match"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_in_other_words(one: str, other: str) -> None:
    assert not intents_differ(one, other, None)
    assert not intents_differ(other, one, None)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_one_small_word_makes_another_question(one: str, other: str) -> None:
    assert intents_differ(one, other, None)
    assert intents_differ(other, one, None)


@pytest.mark.parametrize(
    ("asked", "known", "sql", "differ"),
    [
        (
            "number of players per team",
            "players per team",
            "SELECT team, COUNT(*) FROM p GROUP BY team",
            False,
        ),
        (
            "players per team",
            "number of players per team",
            "SELECT team, COUNT(*) FROM p GROUP BY team",
            False,
        ),
        ("number of players", "players", "SELECT name FROM players", True),
        ("players", "number of players", "SELECT COUNT(*) FROM players", True),
        ("how many beds are on floor 2", "beds on floor 2", "SELECT SUM(beds) FROM w WHERE floor = 2", False),
        ("total fees", "fees", "SELECT * FROM fees", True),
        ("number of different cities", "number of cities", "SELECT COUNT(city) FROM c", True),
        ("number of cities", "number of different cities", "SELECT COUNT(DISTINCT city) FROM c", True),
        ("different cities", "cities", "SELECT DISTINCT city FROM c", False),
    ],
)
def test_sql_tells_whether_a_word_was_understood(asked: str, known: str, sql: str, differ: bool) -> None:
    assert intents_differ(asked, known, parse_one(sql)) is differ


def test_years_averages_and_what_is_present_differ_however_they_are_worded() -> None:
    assert surely_differ("how many of our customers joined us in 2023?", "customer sign-ups, 2024")
    assert surely_differ("mean fee", "what do all appointments cost together?")
    assert not surely_differ("the oldest first, please", "by age")
