"""The same question again: the accepted SQL at once, run anew; the rejected one not first."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from sqloop.answer import Recalled
from sqloop.memory.sameness import goes_stale

from .conftest import Shop, Told

COUNT = "SELECT COUNT(*) FROM customer"
ACTIVE = "SELECT COUNT(*) FROM customer WHERE active = 1"
NAMES = "SELECT name FROM customer"
QUESTION = "How many active customers are there?"


def test_a_correction_answers_the_same_question_at_once_and_without_the_model(shop: Shop) -> None:
    model = Told(COUNT)
    assistant = shop.assistant(model)
    assert assistant.ask(QUESTION, 4).sql == COUNT
    shop.edit(QUESTION, COUNT, ACTIVE)
    model.prompts.clear()
    answer = assistant.ask("how many Active customers do we have", 4)
    assert (answer.sql, answer.rows, model.prompts) == (ACTIVE, ((2,),), [])
    assert answer.recalled is not None
    assert answer.to_json()["from_memory"] is True
    assert answer.agreement == f"from memory, accepted {datetime.now():%Y-%m-%d}"
    assert answer.timings.generate == 0


def test_it_is_run_anew(shop: Shop) -> None:
    shop.accept(QUESTION, ACTIVE)
    shop.run("INSERT INTO customer VALUES (9, 'Eve', 'Oslo', 1)")
    assert shop.assistant(Told(COUNT)).ask(QUESTION, 4).rows == ((3,),)


def test_the_newest_of_two_wins_and_its_rejection_brings_the_other_back(shop: Shop) -> None:
    shop.accept(QUESTION, NAMES)
    shop.accept(QUESTION, ACTIVE)
    assistant = shop.assistant(Told(COUNT))
    assert assistant.ask(QUESTION, 4).sql == ACTIVE
    shop.reject(QUESTION, f"{ACTIVE.lower()};")
    assert assistant.ask(QUESTION, 4).sql == NAMES
    shop.reject(QUESTION, NAMES)
    answer = assistant.ask(QUESTION, 4)
    assert (answer.sql, answer.recalled, answer.to_json()["from_memory"]) == (COUNT, None, False)


def test_an_edit_takes_the_place_of_what_was_accepted_before(shop: Shop) -> None:
    shown = shop.show(QUESTION, NAMES)
    from sqloop.feedback.events import judge, judge_sql

    shop.keep(judge(shown, "accepted"))
    schema = shop.database.schema().fingerprint
    shop.keep(judge_sql(shown, "edited", ACTIVE, shop.execute(ACTIVE), schema, "rows"))
    shop.keep(judge_sql(shown, "rejected", ACTIVE, shop.execute(ACTIVE), schema, "rows"))
    answer = shop.assistant(Told(NAMES, COUNT)).ask(QUESTION, 4)
    assert (answer.sql, answer.recalled) == (COUNT, None)


def test_sql_that_fails_now_is_dropped_and_the_model_asked(shop: Shop) -> None:
    shop.accept(QUESTION, ACTIVE)
    shop.run("ALTER TABLE customer RENAME COLUMN active TO is_active")
    shop.database.schema(refresh=True)
    answer = shop.assistant(Told(COUNT)).ask(QUESTION, 4)
    assert (answer.sql, answer.recalled) == (COUNT, None)


def test_on_another_schema_it_serves_as_long_as_it_runs(shop: Shop) -> None:
    shop.accept(QUESTION, ACTIVE)
    shop.run("ALTER TABLE customer ADD COLUMN born TEXT")
    shop.database.schema(refresh=True)
    assert shop.assistant(Told(COUNT)).ask(QUESTION, 4).sql == ACTIVE


def test_what_was_said_of_another_database_is_not_remembered_here(shop: Shop) -> None:
    from dataclasses import replace

    from sqloop.feedback.events import judge

    shown = shop.show(QUESTION, ACTIVE, url="sqlite:////elsewhere.db")
    shop.keep(replace(judge(shown, "accepted"), schema="0" * 16))
    assert shop.assistant(Told(COUNT)).ask(QUESTION, 4).recalled is None


def test_a_rejected_query_goes_behind_others_and_is_marked(shop: Shop) -> None:
    shop.reject(QUESTION, COUNT)
    answer = shop.assistant(Told("select count(*)  from customer", "SELECT nothing", ACTIVE)).ask(QUESTION, 4)
    assert [each.sql for each in answer.candidates] == [ACTIVE, COUNT, "SELECT nothing"]
    assert [each.rejected for each in answer.candidates] == [False, True, False]
    assert [each.get("rejected") for each in answer.to_json()["candidates"]] == [None, True, None]


def test_so_does_another_query_with_the_rejected_answer(shop: Shop) -> None:
    shop.reject(QUESTION, COUNT)
    answer = shop.assistant(Told("SELECT COUNT(id) FROM customer", ACTIVE)).ask(QUESTION, 4)
    assert (answer.sql, answer.candidates[1].rejected) == (ACTIVE, True)


def test_a_rejected_query_stays_first_only_where_nothing_else_ran(shop: Shop) -> None:
    shop.reject(QUESTION, COUNT)
    answer = shop.assistant(Told("SELECT nothing", COUNT)).ask(QUESTION, 4)
    assert (answer.sql, answer.candidates[0].rejected) == (COUNT, True)


def test_a_rejection_is_about_its_question_only(shop: Shop) -> None:
    shop.reject(QUESTION, COUNT)
    answer = shop.assistant(Told(COUNT, ACTIVE)).ask("How many customers are there?", 4)
    assert (answer.sql, answer.candidates[0].rejected) == (COUNT, False)


@pytest.mark.parametrize(("prefix", "recalled"), [("SELECT COUNT(*) FROM ", True), ("SELECT id", False)])
def test_a_half_written_statement_is_continued_from_memory_where_that_fits(
    shop: Shop, prefix: str, recalled: bool
) -> None:
    shop.accept(QUESTION, ACTIVE)
    answer = shop.assistant(Told("SELECT id FROM customer")).ask(QUESTION, 4, prefix=prefix)
    assert (answer.recalled is not None) == recalled


def test_the_model_is_asked_where_the_user_wants_another_answer(shop: Shop) -> None:
    shop.accept(QUESTION, ACTIVE)
    model = Told(COUNT)
    assert shop.assistant(model).ask(QUESTION, 4, recall=False).sql == COUNT
    assert ACTIVE not in model.prompts[0]


def test_a_date_of_then_does_not_answer_a_question_about_now(shop: Shop) -> None:
    dated = "SELECT COUNT(*) FROM customer WHERE name < '2024-05'"
    question = "How many customers joined this month?"
    shop.accept(question, dated, at=datetime(2024, 5, 3, tzinfo=UTC))
    assert shop.assistant(Told(COUNT)).ask(question, 4).recalled is None
    shop.accept("How many customers joined before May 2024?", dated, at=datetime(2024, 5, 3, tzinfo=UTC))
    answer = shop.assistant(Told(COUNT)).ask("How many customers joined before May 2024?", 4)
    assert answer.sql == dated
    assert "accepted 2024-05-0" in answer.agreement


def test_nor_does_it_vote_for_a_like_question(shop: Shop) -> None:
    dated = "SELECT COUNT(*) FROM customer WHERE name < '2024-05'"
    shop.edit(
        "customers that joined this month, how many?", COUNT, dated, at=datetime(2024, 5, 3, tzinfo=UTC)
    )
    answer = shop.assistant(Told(COUNT)).ask("number of customers that joined this month", 4)
    assert (answer.sql, answer.like) == (COUNT, None)


@pytest.mark.parametrize(
    ("question", "dated", "stale"),
    [
        ("overdue orders", "due < '2026-11-29'", True),
        ("orders since Monday", "day >= '2026-11-23'", True),
        ("orders in May", "day LIKE '2026-05%'", True),
        ("customers older than 60", "born < '1966-11-29'", True),
        ("upcoming visits", "day > '2026-11-29'", True),
        ("how long is each of them here", "2026 - since > 1", True),
        ("orders before 2026", "day < '2026-01-01'", False),
        ("orders of 2025", "day >= '2025-01-01' AND day < '2026-01-01'", False),
        ("people born in the eighties", "year BETWEEN 1980 AND 1989", False),
        ("orders over 2026", "total > 2026", False),
        ("orders of today", "day = DATE('now')", False),
    ],
)
def test_a_date_that_the_question_does_not_say_is_of_then(question: str, dated: str, stale: bool) -> None:
    accepted = datetime(2026, 11, 29, 12)
    assert goes_stale(question, f"SELECT id FROM t WHERE {dated}", accepted, date(2027, 2, 3)) is stale
    assert not goes_stale(question, f"SELECT id FROM t WHERE {dated}", accepted, accepted.date())


def test_others_are_named_where_they_accepted_it() -> None:
    recalled = Recalled(datetime(2026, 11, 26, 12), others=3)
    assert str(recalled) == "from memory, accepted by 3 others 2026-11-26"
