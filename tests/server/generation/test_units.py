"""Amounts that are in the unit of their column as they stand, whatever else the question measures."""

from __future__ import annotations

import pytest

from sqloop.database.schema import Column, Schema, Table
from sqloop.generation.prompts.hub_forms import extract_query

_PARTS = ("172.5",)
_AMOUNTS = Table("walk", (
    *(Column(name, "INTEGER", "number", samples=("3",)) for name in (
        "minutes", "hours", "seconds", "days", "hour", "day", "cost_cents", "dose_mg", "weight_g", "km")),
    *(Column(name, "REAL", "number", samples=_PARTS) for name in ("height_cm", "discount", "fee", "price")),
    Column("at", "DATE", "date", samples=("2024-05-01",)),
))  # fmt: skip


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("average height in metres", "AVG(height_cm) / 100"),
        ("fees in euros and average height in metres", "SUM(fee), AVG(height_cm) / 100"),
        ("discount that was given, in euros", "SUM(fee * (discount / 100))"),
        ("what is left of the fees, in euros", "SUM(fee * (1 - discount / 100))"),
        ("what the fees were before discount, in pounds", "SUM(fee / (1 + discount / 100.0))"),
        ("fees in steps of 100 euros", "CAST(fee / 100 AS INTEGER) * 100"),
        ("discounts as they are", "fee / 100"),
    ],
)
def test_what_is_divided_by_a_hundred_is_no_amount_of_cents(question: str, shown: str) -> None:
    written = f"SELECT {shown} FROM walk"
    assert extract_query(written, Schema("sqlite", (_AMOUNTS,)), question=question) == written


@pytest.mark.parametrize(
    ("question", "where"),
    [
        ("more than an hour but less than 90 minutes", "minutes > 60 AND minutes < 90"),
        ("longer than eight hours, in the last 30 days", "hours > 8 AND at >= DATE('now', '-30 days')"),
        ("longer than 30 in the last 30 days", "hours > 30 AND at >= DATE('now', '-30 days')"),
        ("any time at all, below 60 minutes", "seconds > 0 AND seconds < 3600"),
        ("after 5 pm, longer than 60 minutes", "hour >= 17 AND minutes > 60"),
        ("before noon, longer than 30 minutes", "hour < 12 AND minutes > 30"),
        ("on Monday, longer than 90 minutes", "day = 1 AND minutes > 90"),
        ("on Monday, longer than 90 minutes", "day = 1 AND price > 90"),
        ("for more than $5k", "cost_cents > 500000"),
        ("of 50 km, above three hours or below 30 minutes",
         "km >= 50 AND (seconds > 10800 OR seconds < 1800)"),
        ("over half an hour but under 2 hours", "minutes > 30 AND minutes < 120"),
        ("between half a kilo and 2 kg", "weight_g >= 500 AND weight_g <= 2000"),
        ("between 200 mg and 1 g", "dose_mg >= 200 AND dose_mg <= 1000"),
        ("of 1 h 30 min or more", "seconds >= 5400"),
        ("for two weeks in the last 60 days of 2024", "days = 14 AND at >= '2024-11-02'"),
        ("with ten hours or more, in the past 900 days", "hours >= 10 AND at >= '2024-11-02'"),
    ],
)  # fmt: skip
def test_a_bound_that_is_said_otherwise_stays(question: str, where: str) -> None:
    written = f"SELECT price FROM walk WHERE {where}"
    assert extract_query(written, Schema("sqlite", (_AMOUNTS,)), question=f"walks {question}") == written
