"""A store that a team shares: one of them fills nobody else's memory."""

from __future__ import annotations

from .conftest import ANN, BOB, ME, Shop, Told

QUESTION = "How many active customers are there?"
COUNT = "SELECT COUNT(*) FROM customer"
ACTIVE = "SELECT COUNT(*) FROM customer WHERE active = 1"


def test_what_one_other_user_accepts_a_thousand_times_changes_nothing(shop: Shop) -> None:
    shown = shop.show(QUESTION, "SELECT 42", user=ANN)
    from sqloop.feedback.events import judge

    like = shop.show("How many customers are there?", "SELECT 43", user=ANN)
    for _ in range(500):
        shop.keep(judge(shown, "accepted"), ANN)
        shop.keep(judge(like, "accepted"), ANN)
    model = Told(COUNT)
    answer = shop.assistant(model).ask(QUESTION, 4)
    assert (answer.sql, answer.recalled) == (COUNT, None)
    assert "Answered before" not in model.prompts[0]
    assert shop.assistant(model, shop.memory(ANN)).ask(QUESTION, 4).sql == "SELECT 42"


def test_nor_what_one_other_user_rejects(shop: Shop) -> None:
    shop.reject(QUESTION, COUNT, ANN)
    assert not shop.assistant(Told(COUNT, ACTIVE)).ask(QUESTION, 4).candidates[0].rejected


def test_what_two_others_agree_on_counts_and_is_said(shop: Shop) -> None:
    shop.accept(QUESTION, ACTIVE, ANN)
    shop.edit(QUESTION, COUNT, ACTIVE, BOB)
    answer = shop.assistant(Told(COUNT)).ask(QUESTION, 4)
    assert answer.sql == ACTIVE
    assert "by 2 others" in answer.agreement


def test_the_users_own_word_goes_before_that_of_others(shop: Shop) -> None:
    shop.accept(QUESTION, COUNT, ME)
    shop.accept(QUESTION, ACTIVE, ANN)
    shop.accept(QUESTION, ACTIVE, BOB)
    assert shop.assistant(Told("SELECT 1")).ask(QUESTION, 4).sql == COUNT
    shop.reject(QUESTION, ACTIVE, ME)
    shop.reject(QUESTION, COUNT, ME)
    answer = shop.assistant(Told(ACTIVE, "SELECT 1")).ask(QUESTION, 4)
    assert (answer.sql, answer.candidates[1].rejected) == ("SELECT 1", True)


def test_where_others_disagree_the_model_is_asked(shop: Shop) -> None:
    shop.accept(QUESTION, ACTIVE, ANN)
    shop.reject(QUESTION, ACTIVE, BOB)
    assert shop.assistant(Told(COUNT)).ask(QUESTION, 4).recalled is None
