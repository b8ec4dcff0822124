"""Of what a share is asked for: conditions of the whole and of the part."""

from __future__ import annotations

import pytest

from sqloop.database.schema import Column, Schema, Table
from sqloop.generation.prompts.hub_forms import extract_query

SALE = Table(
    "sale",
    (
        Column("place", "TEXT", "text"),
        Column("pay", "TEXT", "text"),
        Column("gift", "INT", "number", samples=("0", "1")),
        Column("sold_on", "DATE", "date"),
        Column("total", "REAL", "number"),
    ),
)
PART = "SELECT 100.0 * SUM(CASE WHEN {} THEN {} ELSE 0 END) / {} FROM sale"


@pytest.mark.parametrize(
    ("question", "conditions", "part", "whole"),
    [
        ("What percentage of sales at the desk were paid in cash?", "place = 'desk' AND pay = 'cash'",
         "pay = 'cash'", " WHERE place = 'desk'"),
        ("which share of gift sales is paid by card", "gift = 1 AND pay = 'card'", "pay = 'card'",
         " WHERE gift = 1"),
        ("What percentage of sales were paid in cash at the desk?", "place = 'desk' AND pay = 'cash'",
         "place = 'desk' AND pay = 'cash'", ""),
        ("What percentage of sales that were made at the desk were paid in cash?",
         "place = 'desk' AND pay = 'cash'", "place = 'desk' AND pay = 'cash'", ""),
        ("Sales at the desk that were paid in cash, in percent of all sales",
         "place = 'desk' AND pay = 'cash'", "place = 'desk' AND pay = 'cash'", ""),
        ("What percentage of sales at the desk are at the desk in cash?", "place = 'desk' AND pay = 'cash'",
         "place = 'desk' AND pay = 'cash'", ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize(("amount", "over"), [("1", "COUNT(*)"), ("total", "SUM(total)")])
def test_what_is_said_of_the_whole_bounds_the_whole(
    question: str, conditions: str, part: str, whole: str, amount: str, over: str
) -> None:
    query = extract_query(PART.format(conditions, amount, over), Schema("sqlite", (SALE,)), question=question)
    assert query == PART.format(part, amount, over) + whole


def test_another_count_is_of_all_rows() -> None:
    sql = PART.format("place = 'desk' AND pay = 'cash'", "1", "COUNT(*)").replace(
        "SELECT", "SELECT COUNT(*),"
    )
    question = "What number of sales, and what percentage of sales at the desk were paid in cash?"
    assert extract_query(sql, Schema("sqlite", (SALE,)), question=question) == sql
