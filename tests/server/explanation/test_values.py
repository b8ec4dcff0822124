"""CASE and window functions in words."""

from __future__ import annotations

import pytest

from sqloop.database.schema import Dialect
from sqloop.explanation.clauses import explain_sql

YES = "'Yes' if a is greater than b, else 'No'"
WINDOW = "OVER (PARTITION BY region ORDER BY total DESC)"
BY_DAY = "in the order of day"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("CASE WHEN a > b THEN 'Yes' ELSE 'No' END", YES),
        ("CASE WHEN a > b THEN 'Yes' END", "'Yes' if a is greater than b, else nothing"),
        ("CASE a WHEN 1 THEN 'one' WHEN 2 THEN 'two' END", "'one' if a is 1, 'two' if a is 2, else nothing"),
        ("IIF(a > b, 'Yes', 'No')", YES),
        ("CASE WHEN a > b THEN 'Yes' ELSE 'No' END AS more", f"more ({YES})"),
        ("a, CASE WHEN a > b THEN 'Yes' ELSE 'No' END", f"a and ({YES})"),
        ("SUM(CASE WHEN a > b THEN 1 ELSE 0 END)", "the number of rows where a is greater than b"),
        ("COUNT(CASE WHEN a > b THEN 1 END)", "the number of rows where a is greater than b"),
        ("SUM(CASE WHEN a > b THEN c END)", "the sum of c where a is greater than b"),
        (
            "COUNT(CASE WHEN a > b THEN 1 ELSE 0 END)",
            "the number of values of (1 if a is greater than b, else 0)",
        ),
        ("AVG(CASE WHEN a > b THEN c END)", "the average of (c if a is greater than b, else nothing)"),
        ("SUM(a > b)", "the number of rows where a is greater than b"),
        ("SUM(IIF(a > b, c, 0))", "the sum of c where a is greater than b"),
        ("AVG(CASE WHEN a > b THEN 1.0 ELSE 0 END)", "the share of rows where a is greater than b"),
        ("COUNT(*) FILTER (WHERE a > b)", "the number of rows where a is greater than b"),
        (f"RANK() {WINDOW}", "the rank by total, highest first, within each region"),
        (f"RANK() {WINDOW} AS r", "r (the rank by total, highest first, within each region)"),
        (
            "ROW_NUMBER() OVER (ORDER BY total, id DESC)",
            "the row number by total, lowest first, then id, highest first",
        ),
        ("DENSE_RANK() OVER (ORDER BY total DESC)", "the rank without gaps by total, highest first"),
        ("NTILE(4) OVER (ORDER BY total DESC)", "which of 4 equal parts by total, highest first"),
        ("LAG(total) OVER (ORDER BY day)", f"total of the row before {BY_DAY}"),
        (
            "LEAD(total, 2, 0) OVER (PARTITION BY region, kind ORDER BY day)",
            f"total 2 rows after {BY_DAY}, within each region and kind, else 0",
        ),
        ("FIRST_VALUE(total) OVER (ORDER BY day)", f"the first total {BY_DAY}"),
        ("LAST_VALUE(total) OVER (ORDER BY day)", f"the last total {BY_DAY}, so far"),
        ("SUM(total) OVER (PARTITION BY region)", "the sum of total within each region"),
        ("SUM(total) OVER ()", "the sum of total over all rows"),
        ("SUM(total) OVER (ORDER BY day)", f"the sum of total so far, {BY_DAY}"),
        (
            "AVG(total) OVER (ORDER BY day ROWS BETWEEN 6 PRECEDING AND CURRENT ROW)",
            f"the average of total from 6 rows before to this one, {BY_DAY}",
        ),
        (
            "COUNT(*) OVER (ORDER BY day ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING)",
            f"the number of rows from 1 row before to 1 after, {BY_DAY}",
        ),
        (
            "SUM(total) OVER (ORDER BY day RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING)",
            "SUM(total) OVER (ORDER BY day RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING)",
        ),
    ],
)
def test_a_value_that_is_worked_out_is_said_in_words(value: str, said: str) -> None:
    assert explain_sql(f"SELECT {value} FROM t", "sqlite") == f"From t: {said}."


def test_a_window_may_be_described_at_the_end() -> None:
    sql = "SELECT RANK() OVER w FROM t WINDOW w AS (PARTITION BY region ORDER BY total DESC)"
    assert explain_sql(sql, "sqlite") == "From t: the rank by total, highest first, within each region."


@pytest.mark.parametrize("dialect", ["mysql", "postgres", "duckdb"])
def test_every_engine_ranks_in_the_same_words(dialect: Dialect) -> None:
    said = explain_sql(f"SELECT RANK() {WINDOW} FROM t", dialect)
    assert said == "From t: the rank by total, highest first, within each region."
