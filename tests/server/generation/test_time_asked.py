"""What a question says of time, and a query does not: periods, units, ages, and rows that are missing."""

from __future__ import annotations

import pytest

from server.generation.school import Case, assert_rows
from sqloop.database.connect import Database
from sqloop.database.schema import Column, Schema, Table
from sqloop.generation.prompts.hub_forms import extract_query


@pytest.mark.parametrize(
    "case",
    [
        # One end of an interval is that of the period that is asked for, the other is left from before.
        ("How many lessons in May 2024?",
         "SELECT COUNT(*) FROM lesson WHERE held >= '2024-05-01' AND held < '2024-07-01'", [(3,)]),
        ("price of lessons to be held in June 2024",
         "SELECT price FROM lesson WHERE held BETWEEN '2024-05-01' AND '2024-06-30'", [(30.0,)]),
        ("lessons due in Q2 2024",
         "SELECT COUNT(*) FROM lesson WHERE due BETWEEN '2024-04-01' AND '2024-12-31'",
         [(4,)]),
        ("lessons due in July", "SELECT id FROM lesson WHERE due >= '2024-06-01' AND due < '2024-08-01'",
         [(5,)]),
        ("lessons due in June 2024", "SELECT id FROM lesson WHERE due >= '2024-07-01' AND due < '2024-08-01'",
         [(4,)]),
        ("lessons due in the third quarter of 2024",
         "SELECT id FROM lesson WHERE due BETWEEN '2024-04-01' AND '2024-06-30'", [(5,)]),
        ("lessons due in the second quarter of 2024",
         "SELECT id FROM lesson WHERE STRFTIME('%m', due) BETWEEN '07' AND '09'", [(1,), (2,), (3,), (4,)]),
        ("lessons due during 2024",
         "SELECT COUNT(*) FROM lesson WHERE due >= '2023-01-01' AND due < '2025-01-01'",
         [(5,)]),
        ("lessons due in May 2024",
         "SELECT COUNT(*) FROM lesson WHERE due > '2024-05-01' AND due < '2024-06-01'", [(2,)]),
        ("lessons due in April 2024",
         "SELECT COUNT(*) FROM lesson WHERE due >= '2024-04-01' AND due < '2024-04-30'", [(1,)]),
        # As much of a day as the text that it has to equal.
        ("lessons held in 2024",
         "SELECT COUNT(*) FROM lesson WHERE STRFTIME('%Y-%m', held) = '2024'", [(5,)]),
        ("lessons held in May 2024", "SELECT COUNT(*) FROM lesson WHERE STRFTIME('%Y', held) IN ('2024-05')",
         [(3,)]),
        # The unit of time that is asked for.
        ("hours from due to held", "SELECT ROUND((JULIANDAY(held) - JULIANDAY(due)) * 24, 3) FROM lesson "
         "WHERE id = 4", [(10.0,)]),
        ("How many hours from due to held?",
         "SELECT ROUND(JULIANDAY(held) - JULIANDAY(due), 3) FROM lesson WHERE id = 4", [(10.0,)]),
        ("From due to held in days", "SELECT ROUND((JULIANDAY(held) - JULIANDAY(due)) * 24, 3) FROM lesson "
         "WHERE id = 4", [(0.417,)]),
        ("from due to held in hours", "SELECT (STRFTIME('%s', held) - STRFTIME('%s', due)) / 60.0 AS x "
         "FROM lesson WHERE id = 4", [(10.0,)]),
        ("lessons held more than 12 hours behind the day when they were due",
         "SELECT id FROM lesson WHERE JULIANDAY(held) - JULIANDAY(due) > 12", [(2,)]),
        ("How many years from due to held?", "SELECT ROUND(JULIANDAY('2025-05-01') - JULIANDAY(due), 2) "
         "FROM lesson WHERE id = 1", [(1.0,)]),
        ("average delay in months", "SELECT ROUND(AVG(JULIANDAY('2025-05-01') - JULIANDAY(due)) / 365, 1) "
         "FROM lesson WHERE id = 1", [(12.0,)]),
        # Rows without a partner, by a column that always has a value.
        ("pupils without a long lesson", "SELECT p.name FROM pupil AS p JOIN lesson AS l "
         "ON l.pupil_id = p.id AND l.seconds > 4000 WHERE l.price IS NULL", [("Vic",)]),
    ],
)  # fmt: skip
def test_the_answer_is_of_the_time_that_is_asked_for(school: Database, case: Case) -> None:
    assert_rows(school, case)


@pytest.mark.parametrize(
    ("question", "written"),
    [
        ("lessons until the end of June 2024",
         "SELECT COUNT(*) FROM lesson WHERE due >= '2024-01-01' AND due < '2024-07-01'"),
        ("months from due to held", "SELECT (JULIANDAY(held) - JULIANDAY(due)) / 30 FROM lesson"),
        ("How many months from due to held?", "SELECT (JULIANDAY(held) - JULIANDAY(due)) / 30 FROM lesson"),
        # What a reviewer found broken by first versions of these rules.
        ("share of this year's lessons that were due in May",
         "SELECT 100.0 * SUM(STRFTIME('%m', due) = '05') / COUNT(*) FROM lesson "
         "WHERE due >= '2024-01-01' AND due < '2025-01-01'"),
        ("lessons Q1-Q2 2024",
         "SELECT COUNT(*) FROM lesson WHERE due >= '2024-01-01' AND due < '2024-07-01'"),
        ("lessons Apr-June 2024",
         "SELECT COUNT(*) FROM lesson WHERE due >= '2024-04-01' AND due < '2024-07-01'"),
        ("lessons outside of May", "SELECT COUNT(*) FROM lesson WHERE due >= '2024-01-01' "
         "AND due < '2025-01-01' AND STRFTIME('%m', due) <> '05'"),
        ("lessons in the three months ended June 2024",
         "SELECT COUNT(*) FROM lesson WHERE due >= '2024-04-01' AND due < '2024-07-01'"),
        ("lessons due in May 2024 that may be held for ever",
         "SELECT COUNT(*) FROM lesson WHERE held >= '2024-05-01' AND held <= '9999-12-31'"),
        ("average delay in hours", "WITH d AS (SELECT JULIANDAY(held) - JULIANDAY(due) AS days FROM lesson) "
         "SELECT AVG(days) * 24 FROM d"),
        ("number of days with lessons and the mean delay", "SELECT COUNT(DISTINCT due), "
         "AVG((JULIANDAY(held) - JULIANDAY(due)) * 24) FROM lesson"),
        ("days a week of lessons in days over the 7 weeks",
         "SELECT SUM(JULIANDAY(held) - JULIANDAY(due)) / 7 FROM lesson"),
        ("lessons without a price on record", "SELECT t.name FROM trainer AS t JOIN lesson AS l "
         "ON l.trainer_id = t.id WHERE l.price IS NULL"),
        ("trainers with a lesson that is not held yet", "SELECT t.name FROM trainer AS t JOIN lesson AS l "
         "ON l.trainer_id = t.id WHERE l.held IS NULL"),
        ("lessons of the month before June 2024",
         "SELECT COUNT(*) FROM lesson WHERE due >= '2024-05-01' AND due < '2024-06-01'"),
        ("lessons in May and June 2024",
         "SELECT COUNT(*) FROM lesson WHERE due >= '2024-05-01' AND due < '2024-07-01'"),
        ("lessons since May 2024",
         "SELECT COUNT(*) FROM lesson WHERE due >= '2024-05-01' AND due < '2025-01-01'"),
        ("lessons that may be due in 2023 or 2024",
         "SELECT COUNT(*) FROM lesson WHERE due >= '2023-01-01' AND due < '2025-01-01'"),
        ("growth of prices in June 2024", "SELECT SUM(price) FROM lesson WHERE due >= '2024-05-01' "
         "AND due < '2024-07-01'"),
        ("the school year in 2024",
         "SELECT COUNT(*) FROM lesson WHERE due >= '2024-01-01' AND due < '2025-07-01'"),
        ("lessons in the first half of May 2024",
         "SELECT COUNT(*) FROM lesson WHERE due >= '2024-05-01' AND due < '2024-05-16'"),
        ("lessons due after 1 May 2024 and before June",
         "SELECT COUNT(*) FROM lesson WHERE due > '2024-05-01' AND due < '2024-06-01'"),
        ("average delay in days", "SELECT AVG(JULIANDAY(held) - JULIANDAY(due)) FROM lesson"),
        ("lessons held within 30 days of the day when they were due",
         "SELECT id FROM lesson WHERE JULIANDAY(held) - JULIANDAY(due) < 30"),
        ("how many days with more than 3 hours",
         "SELECT COUNT(*) FROM lesson WHERE (JULIANDAY(held) - JULIANDAY(due)) * 24 > 3"),
        ("lessons that have no weight in prices yet",
         "SELECT t.name FROM trainer AS t JOIN lesson AS l ON l.trainer_id = t.id WHERE l.pupil_id IS NULL"),
    ],
)  # fmt: skip
def test_what_is_of_that_time_stays(school: Database, question: str, written: str) -> None:
    assert extract_query(written, school.schema(), question=question) == written


STAFF = Table(
    "staff", tuple(Column(name, "DATE", "date", samples=("1990-05-01",)) for name in ("hired", "born"))
)


@pytest.mark.parametrize(
    ("question", "order"),
    [
        ("Who is the oldest employee?", "born"),
        ("Which employee has the oldest file?", "hired"),
        ("the oldest employee by service", "hired"),
    ],
)
def test_the_oldest_are_those_who_were_born_first(question: str, order: str) -> None:
    written = "SELECT hired FROM staff ORDER BY hired LIMIT 1"
    mended = extract_query(written, Schema("sqlite", (STAFF,)), question=question)
    assert mended == f"SELECT hired FROM staff ORDER BY {order} LIMIT 1"


def test_a_whole_union_may_be_in_order() -> None:
    sql = "SELECT hired FROM staff UNION SELECT hired FROM staff ORDER BY hired"
    assert extract_query(sql, Schema("sqlite", (STAFF,)), question="Who is the oldest employee?") == sql
