"""Functions of each database, said in words."""

from __future__ import annotations

import pytest

from sqloop.database.schema import Dialect
from sqloop.explanation.clauses import explain_sql


@pytest.mark.parametrize(
    ("dialect", "value", "said"),
    [
        # Parts of a moment.
        ("sqlite", "strftime('%Y', day)", "the year of day"),
        ("sqlite", "CAST(strftime('%m', day) AS INTEGER)", "the month of day"),
        ("sqlite", "strftime('%Y-%m', day, 'unixepoch')", "the year and month of day"),
        ("sqlite", "strftime('%d.%m.', day)", "day written as '%d.%m.'"),
        ("sqlite", "strftime('%w', day)", "the weekday (0 is Sunday) of day"),
        ("sqlite", "strftime('%Y', 'now')", "the year of today"),
        ("sqlite", "date(day)", "the date of day"),
        ("sqlite", "date('now')", "today"),
        ("sqlite", "datetime('now')", "now"),
        ("sqlite", "time(day)", "the time of day of day"),
        ("mysql", "YEAR(day)", "the year of day"),
        ("mysql", "DAYOFWEEK(day)", "the weekday (1 is Sunday) of day"),
        ("mysql", "WEEKDAY(day)", "the weekday (0 is Monday) of day"),
        ("mysql", "DATE_FORMAT(day, '%Y-%m')", "the year and month of day"),
        ("mysql", "DATE(day)", "the date of day"),
        ("mysql", "NOW()", "now"),
        ("mysql", "CURDATE()", "today"),
        ("postgres", "EXTRACT(YEAR FROM day)", "the year of day"),
        ("postgres", "DATE_PART('quarter', day)", "the quarter of day"),
        ("postgres", "EXTRACT(ISODOW FROM day)", "the weekday (1 is Monday) of day"),
        ("postgres", "TO_CHAR(day, 'YYYY-MM')", "the year and month of day"),
        ("postgres", "DATE_TRUNC('month', day)", "the start of the month of day"),
        ("postgres", "day::date", "the date of day"),
        ("postgres", "EXTRACT(YEAR FROM day::timestamp)", "the year of day"),
        ("duckdb", "YEAR(day)", "the year of day"),
        ("duckdb", "DAYNAME(day)", "the name of the weekday of day"),
        ("duckdb", "DATE_PART('year', day)", "the year of day"),
        ("duckdb", "STRFTIME(CAST(day AS TIMESTAMP), '%Y')", "the year of day"),
        ("duckdb", "DATE_TRUNC('week', day)", "the start of the week of day"),
        # What lies between two.
        ("sqlite", "julianday(b) - julianday(a)", "the days from a to b"),
        ("sqlite", "julianday('now') - julianday(a)", "the days from a to now"),
        (
            "sqlite",
            "julianday(COALESCE(b, a)) - julianday(a)",
            "the days from a to (b or, where that is empty, a)",
        ),
        ("sqlite", "(julianday(b) - julianday(a)) * 24", "(the days from a to b) * 24"),
        ("sqlite", "strftime('%s', b) - strftime('%s', a)", "the seconds from a to b"),
        ("mysql", "DATEDIFF(b, a)", "the days from a to b"),
        ("mysql", "TIMESTAMPDIFF(HOUR, a, b)", "the whole hours from a to b"),
        ("postgres", "b::date - a::date", "the days from a to b"),
        ("postgres", "EXTRACT(EPOCH FROM b - a) / 3600", "(the seconds from a to b) / 3600"),
        ("postgres", "AGE(b, a)", "the time from a to b"),
        ("duckdb", "DATE_DIFF('day', a, b)", "the days from a to b"),
        ("duckdb", "DATE_DIFF('month', a, b)", "the number of times that a new month begins from a to b"),
        # So and so long before.
        ("sqlite", "date('now', '-6 months')", "today minus 6 months"),
        (
            "sqlite",
            "date('now', 'start of month', '-1 month')",
            "the start of the month of today minus 1 month",
        ),
        ("sqlite", "date(a, '+1 day')", "a plus 1 day"),
        ("sqlite", "datetime('now', '-2 hours')", "now minus 2 hours"),
        ("mysql", "DATE_SUB(CURDATE(), INTERVAL 1 DAY)", "today minus 1 day"),
        ("postgres", "CURRENT_DATE - INTERVAL '7 days'", "today minus 7 days"),
        ("duckdb", "a + INTERVAL 1 MONTH", "a plus 1 month"),
        # Numbers.
        ("sqlite", "ROUND(a, 2)", "a rounded to 2 decimals"),
        ("sqlite", "ROUND(AVG(a))", "(the average of a) rounded to a whole number"),
        ("sqlite", "CAST(a AS REAL) / b", "(a as a number) / b"),
        ("sqlite", "100.0 * SUM(a) / COUNT(*)", "100.0 * (the sum of a) / (the number of rows)"),
        ("sqlite", "COALESCE(SUM(a), 0) / 2", "((the sum of a) or, where that is empty, 0) / 2"),
        ("sqlite", "a / NULLIF(b, 0)", "a / (b, empty where it is 0)"),
        ("sqlite", "a % 2", "the remainder of a / 2"),
        ("sqlite", "ABS(a - b)", "the absolute value of a - b"),
        ("sqlite", "MAX(a, b)", "the greatest of a and b"),
        ("mysql", "IFNULL(a, 0)", "a or, where that is empty, 0"),
        ("postgres", "ROUND(AVG(a)::numeric, 1)", "((the average of a) as a number) rounded to 1 decimal"),
        ("duckdb", "MEDIAN(a)", "the median of a"),
        ("sqlite", "SUM(a - b) + SUM(b)", "(the sum of (a - b)) + (the sum of b)"),
        ("sqlite", "AVG(COALESCE(a, 0))", "the average of (a or, where that is empty, 0)"),
        # Texts.
        ("sqlite", "substr(a, 1, 4)", "the first 4 characters of a"),
        ("sqlite", "substr(a, -3)", "the last 3 characters of a"),
        ("sqlite", "substr(a, 6, 2)", "the 2 characters of a from character 6 on"),
        ("postgres", "LEFT(a, 1)", "the first character of a"),
        ("postgres", "STRING_AGG(a, ', ' ORDER BY b DESC)", "the list of a, ordered by b, descending"),
        ("sqlite", "LOWER(a)", "a in lower case"),
        ("sqlite", "a || ' ' || b", "a, ' ' and b as one text"),
        ("mysql", "CONCAT(a, ' ', b)", "a, ' ' and b as one text"),
        ("sqlite", "group_concat(DISTINCT a)", "the list of different values of a"),
        ("sqlite", "COUNT(DISTINCT strftime('%Y', a))", "the number of different values of the year of a"),
        # What has no words stays what it is.
        ("sqlite", "printf('%.2f', a)", "PRINTF('%.2f', a)"),
        ("sqlite", "date(a, 'weekday 0')", "DATE(a, 'weekday 0')"),
    ],
)
def test_a_function_in_words(dialect: Dialect, value: str, said: str) -> None:
    words = explain_sql(f"SELECT {value} FROM t", dialect)
    assert words.lower() == f"from t: {said}.".lower()


def test_columns_in_an_expression_name_their_table() -> None:
    sql = "SELECT SUM(l.qty * p.price) FROM lines l JOIN products p ON p.id = l.product_id"
    assert explain_sql(sql, "sqlite").endswith(": the sum of (qty of lines * price of products).")


def test_groups_are_said_without_their_article_and_with_their_name() -> None:
    sql = "SELECT strftime('%Y', day) AS y, substr(code, 1, 2), COUNT(*) FROM t GROUP BY y, 2"
    assert explain_sql(sql, "sqlite") == (
        "From t: for each year of day (as y) and first 2 characters of code, the number of rows."
    )
    assert explain_sql("SELECT city FROM t GROUP BY city", "sqlite") == "From t: each city."


def test_a_condition_on_a_function() -> None:
    sql = "SELECT a FROM t WHERE EXTRACT(YEAR FROM day) = 2024 AND name ILIKE 'an%'"
    assert explain_sql(sql, "postgres") == (
        "From t, where the year of day is 2024 and name begins with 'an' (in any case): a."
    )


@pytest.mark.parametrize("dialect", ["sqlite", "mysql", "postgres", "duckdb"])
@pytest.mark.parametrize(
    "value",
    [
        *("STRFTIME('%Y')", "DATE()", "DATE(a, b)", "AGE(a, b, c)", "JULIANDAY() - JULIANDAY()", "COUNT()"),
        *("ROUND(a, b, c)", "EXTRACT(EPOCH FROM 1)", "DATE_TRUNC(a, b)", "DATE_SUB(a, 5)", "CONCAT(a)"),
        *("date(a, '+1 month', 'start of month'), julianday(a)", "INTERVAL a DAY", "SUBSTR(a, b, c)"),
    ],
)
def test_what_is_odd_is_said_somehow(value: str, dialect: Dialect) -> None:
    assert explain_sql(f"SELECT {value} FROM t GROUP BY {value}", dialect)


def test_rows_that_are_fetched_are_rows_of_a_limit() -> None:
    sql = "SELECT a FROM t ORDER BY a FETCH FIRST {} ONLY"
    said = [explain_sql(sql.format(rows), "postgres") for rows in ("2 ROWS", "ROW")]
    assert said == [f"From t: a. Ordered by a. {first}." for first in ("The first 2 only", "Only the first")]
