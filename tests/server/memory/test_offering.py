"""What was accepted for a like question votes beside the model, and says where it is from."""

from __future__ import annotations

import pytest

from sqloop.database.outcome import Outcome
from sqloop.feedback.evidence import SURE
from sqloop.linking.question import link_question
from sqloop.memory.nearness import Asking, contradicts
from sqloop.ranking import Candidate

from .conftest import Shop, Told

ACTIVE = "SELECT COUNT(*) FROM customer WHERE active = 1"
WRONG = "SELECT COUNT(*) FROM customer"
BY_CITY = "SELECT city, COUNT(*) FROM customer GROUP BY city"
NEWEST = "SELECT customer_id, MAX(id) FROM orders GROUP BY customer_id"
FIRST = "How many active customers are there?"
OTHERWISE = "number of customers that are active"


def test_a_mistake_that_was_corrected_is_not_made_again_in_other_words(shop: Shop) -> None:
    shop.edit(FIRST, WRONG, ACTIVE)
    answer = shop.assistant(Told(WRONG)).ask(OTHERWISE, 4)
    assert answer.sql == ACTIVE
    assert answer.recalled is None
    assert f"for “{FIRST}”" in answer.agreement
    assert answer.to_json()["like"]["question"] == FIRST
    assert answer.to_json()["from_memory"] is False


def test_the_same_answer_by_another_query_is_the_same_mistake(shop: Shop) -> None:
    shop.edit(FIRST, WRONG, ACTIVE)
    assert shop.assistant(Told("SELECT COUNT(id) FROM customer")).ask(OTHERWISE, 4).sql == ACTIVE


def test_what_the_model_writes_by_itself_is_its_own(shop: Shop) -> None:
    shop.edit(FIRST, WRONG, ACTIVE)
    answer = shop.assistant(Told(ACTIVE)).ask(OTHERWISE, 4)
    assert (answer.sql, answer.like, len(answer.candidates)) == (ACTIVE, None, 1)


@pytest.mark.parametrize(
    "question", ["How many inactive customers are there?", "How many active customers are not in Rome?"]
)
def test_a_question_that_means_something_else_is_left_to_the_model(shop: Shop, question: str) -> None:
    shop.accept(FIRST, ACTIVE)
    other = "SELECT COUNT(*) FROM customer WHERE active = 0"
    assert shop.assistant(Told(other)).ask(question, 4).sql == other


@pytest.mark.parametrize(
    ("known", "sql", "asked"),
    [
        ("customers that are not active", "SELECT name FROM customer WHERE active = 0", "inactive customers"),
        ("newest order of each customer", NEWEST, "the most recent order per customer"),
        ("number of customers per city", BY_CITY, "how many customers are there in each city?"),
    ],
)
def test_a_question_in_words_for_the_same_is_answered_whatever_the_model_writes(
    shop: Shop, known: str, sql: str, asked: str
) -> None:
    shop.accept("average order per customer", "SELECT AVG(total) FROM orders GROUP BY customer_id")
    shop.accept(known, sql)
    answer = shop.assistant(Told("SELECT COUNT(*) + 1 FROM customer")).ask(asked, 4)
    assert answer.sql == sql
    assert f"for “{known}”" in answer.agreement


def test_where_two_such_questions_have_other_sql_the_model_is_asked(shop: Shop) -> None:
    shop.accept("customers that are not active", "SELECT name FROM customer WHERE active = 0")
    shop.accept("customers who are not active", "SELECT * FROM customer WHERE active = 0")
    assert shop.assistant(Told(WRONG)).ask("inactive customers", 4).sql == WRONG


def test_what_shares_no_word_with_the_question_is_no_answer_however_well_its_sql_fits(shop: Shop) -> None:
    shop.edit("and why", WRONG, "SELECT * FROM customer LIMIT 2")
    names = "SELECT name FROM customer"
    answer = shop.assistant(Told(names)).ask("Show all customers", 4)
    assert [each.sql for each in answer.candidates] == [names]
    assert answer.like is None


def test_a_like_question_has_its_value_put_in(shop: Shop) -> None:
    rome = "SELECT name FROM customer WHERE city = 'Rome'"
    shop.edit("Which customers live in Rome?", "SELECT id FROM customer WHERE city = 'Rome'", rome)
    schema, index = shop.database.schema(), shop.database.values()
    asking = Asking(link_question("names of the customers who live in Oslo", schema, index), index)
    assert asking.adapt("Which customers live in Rome?", rome) == rome.replace("Rome", "Oslo")
    both = Asking(link_question("customers in Oslo or Rome", schema, index), index)
    assert both.adapt("Which customers live in Rome?", rome) == rome


def test_what_was_refused_for_this_very_question_is_not_offered(shop: Shop) -> None:
    shop.edit(FIRST, WRONG, ACTIVE)
    shop.reject(OTHERWISE, ACTIVE)
    answer = shop.assistant(Told(WRONG)).ask(OTHERWISE, 4)
    assert ACTIVE not in [each.sql for each in answer.candidates]


def test_a_model_that_is_asked_instead_of_memory_is_not_outvoted_by_it(shop: Shop) -> None:
    shop.edit(FIRST, WRONG, ACTIVE)
    assert shop.assistant(Told(WRONG)).ask(OTHERWISE, 4, recall=False).sql == WRONG


def test_what_was_only_kept_does_not_outvote_a_sure_model(shop: Shop) -> None:
    from dataclasses import replace

    from sqloop.feedback.events import judge

    shop.keep(replace(judge(shop.show(FIRST, ACTIVE), "accepted"), inferred=True))
    answer = shop.assistant(Told(WRONG)).ask(OTHERWISE, 4)
    assert answer.sql == WRONG
    assert SURE == 1.0


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("orders over 50", "orders over 500", True),
        ("the 3 largest orders", "the 3 smallest orders", True),
        ("customers with orders", "customers without orders", True),
        ("the newest order", "the latest order", False),
    ],
)
def test_like_words_with_another_meaning(one: str, other: str, differ: bool) -> None:
    assert contradicts(one, other) is differ
    assert contradicts(other, one) is differ


def test_an_empty_answer_is_no_sign_of_the_same_mistake() -> None:
    from sqloop.memory.offering import Near

    empty = Candidate("SELECT 1 WHERE 0", -0.1, Outcome("ok", ("n",), ()), 1)
    from datetime import UTC, datetime

    from sqloop.feedback.kept import digest
    from sqloop.feedback.verdicts import Verdict
    from sqloop.memory.opinions import Accepted

    verdict = Verdict(1, "a", "edited", "q", "SELECT 2", None, "", "", "me", datetime.now(UTC), "b")
    near = Near(Accepted(verdict, 1, True), "SELECT 2", 0.5, frozenset(), frozenset({digest(empty.outcome)}))
    assert not near.has_refused(empty, "sqlite")
