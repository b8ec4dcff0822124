"""What was taken with Tab and kept is weak evidence, a word is strong, and a rejection strongest."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sqloop.feedback.events import Said, judge
from sqloop.feedback.store import FeedbackStore
from sqloop.feedback.tables import events
from sqloop.feedback.verdicts import read_verdicts
from sqloop.memory import find_in_use

from .conftest import ANN, BOB, ME, Shop, Told

QUESTION = "How many active customers are there?"
COUNT = "SELECT COUNT(*) FROM customer"
ACTIVE = "SELECT COUNT(*) FROM customer WHERE active = 1"


def infer(shop: Shop, said: Said, sql: str, user: str = ME, question: str = QUESTION) -> None:
    """What an editor concludes of a suggestion."""
    shop.keep(replace(judge(shop.show(question, sql, user=user), said), inferred=True), user)


def recalled(shop: Shop, user: str = ME) -> str | None:
    """The SQL that answers the question from memory."""
    answer = shop.assistant(Told("SELECT 1"), shop.memory(user)).ask(QUESTION, 4)
    return answer.sql if answer.recalled else None


def test_what_was_only_kept_is_an_example_but_no_answer_until_it_is_kept_again_or_accepted(
    shop: Shop,
) -> None:
    infer(shop, "accepted", ACTIVE)
    assert recalled(shop) is None
    assert find_in_use(read_verdicts(shop.store), ME) == set()
    model = Told(COUNT)
    shop.assistant(model).ask("How many customers are active customers?", 4)
    assert ACTIVE in model.prompts[0]
    infer(shop, "accepted", ACTIVE)
    assert recalled(shop) == ACTIVE
    assert len(find_in_use(read_verdicts(shop.store), ME)) == 1


def test_the_same_suggestion_kept_twice_is_kept_once(shop: Shop) -> None:
    shown = shop.show(QUESTION, ACTIVE)
    for _ in range(2):
        shop.keep(replace(judge(shown, "accepted"), inferred=True))
    assert recalled(shop) is None
    shop.keep(judge(shown, "accepted"))
    assert recalled(shop) == ACTIVE


@pytest.mark.parametrize("said", ["accepted", "rejected"])
def test_what_was_inferred_never_changes_what_was_said(shop: Shop, said: Said) -> None:
    shop.keep(judge(shop.show(QUESTION, ACTIVE), said))
    infer(shop, "rejected" if said == "accepted" else "accepted", ACTIVE)
    infer(shop, "accepted", COUNT)
    answer = shop.assistant(Told(ACTIVE, "SELECT 1")).ask(QUESTION, 4)
    assert (answer.sql, answer.recalled is not None) == (
        (ACTIVE, True) if said == "accepted" else ("SELECT 1", False)
    )


def test_a_word_goes_before_what_was_kept_later(shop: Shop) -> None:
    shop.accept(QUESTION, ACTIVE)
    infer(shop, "accepted", COUNT)
    assert recalled(shop) == ACTIVE
    shop.reject(QUESTION, ACTIVE)
    assert recalled(shop) is None


def test_of_like_questions_what_was_said_stands_nearer_than_what_was_kept(shop: Shop) -> None:
    infer(
        shop,
        "accepted",
        "SELECT 7 FROM customer WHERE city = 'Rome'",
        question="names of active customers in Rome",
    )
    shop.accept("names of active customers living in Rome", "SELECT 8 FROM customer WHERE city = 'Rome'")
    model = Told(COUNT)
    shop.assistant(model).ask("names of active customers in Oslo", 4)
    assert model.prompts[0].index("SELECT 7") < model.prompts[0].index("SELECT 8")


def test_in_a_team_two_who_kept_it_are_not_two_who_said_so(shop: Shop) -> None:
    for user in (ANN, BOB):
        infer(shop, "accepted", ACTIVE, user)
    assert recalled(shop) is None
    shop.accept(QUESTION, ACTIVE, ANN)
    assert recalled(shop) is None
    shop.accept(QUESTION, ACTIVE, BOB)
    assert recalled(shop) == ACTIVE


def test_one_who_rejects_changes_nothing_for_others_and_two_outweigh_two(shop: Shop) -> None:
    for user in (ANN, BOB):
        shop.accept(QUESTION, ACTIVE, user)
    shop.reject(QUESTION, ACTIVE, "cy@there")
    assert recalled(shop) == ACTIVE
    shop.reject(QUESTION, ACTIVE, "dan@there")
    answer = shop.assistant(Told(ACTIVE, COUNT)).ask(QUESTION, 4)
    assert (answer.sql, answer.candidates[1].rejected) == (COUNT, True)


def test_it_is_kept_in_the_tables_as_they_are(shop: Shop) -> None:
    """No column was added: a store of an older version serves, and that version leaves the word out."""
    infer(shop, "accepted", ACTIVE)
    shop.accept(QUESTION, ACTIVE)
    rows = [row["event"] for row in shop.store.rows(events.select().order_by(events.c.number))]
    assert rows == ["shown", "seems accepted", "shown", "accepted"]
    read = FeedbackStore(shop.place, create=False).events()
    assert [(each.kind, each.inferred) for each in read] == [
        ("shown", False),
        ("accepted", True),
        ("shown", False),
        ("accepted", False),
    ]
    infer(shop, "rejected", ACTIVE)  # Nobody said that: what is taken back first is the acceptance.
    last = shop.store.last_said(ME)
    assert last is not None
    assert (last.kind, last.inferred) == ("accepted", False)
