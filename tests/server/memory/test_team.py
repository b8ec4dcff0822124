"""A store that a team shares: one of them fills nobody else's memory."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import insert

from sqloop.feedback.events import judge, new_id
from sqloop.feedback.store import FeedbackStore
from sqloop.feedback.tables import events, to_row
from sqloop.memory import Memory
from sqloop.settings import FeedbackSettings, Settings

from .conftest import ANN, BOB, ME, Shop, Told

if TYPE_CHECKING:
    from servers import MariaDBServer

QUESTION = "How many active customers are there?"
COUNT = "SELECT COUNT(*) FROM customer"
ACTIVE = "SELECT COUNT(*) FROM customer WHERE active = 1"


def test_what_one_other_user_accepts_a_thousand_times_changes_nothing(shop: Shop) -> None:
    shown = shop.show(QUESTION, "SELECT 42", user=ANN)
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


def test_a_poisoned_store_of_a_team_changes_nothing_until_the_others_agree(
    shop: Shop, mariadb: MariaDBServer
) -> None:
    place = mariadb.create("poisoned")
    shop.store = store = FeedbackStore(place)
    settings = Settings(feedback=FeedbackSettings(store=place))
    shown = shop.show(QUESTION, "SELECT 42", user=ANN)
    said = [replace(judge(shown, "accepted"), user=ANN, id=new_id()) for _ in range(500)]
    texts = (f"How many active customers in {number}?" for number in range(500))
    like = [replace(each, question=text, id=new_id()) for each, text in zip(said, texts, strict=True)]
    with store._connect() as connection:
        connection.execute(insert(events), [to_row(each) for each in (*said, *like)])

    model = Told(COUNT)
    answer = shop.assistant(model, Memory(settings, shop.database, ME)).ask(QUESTION, 4)
    assert (answer.sql, answer.recalled) == (COUNT, None)
    assert "SELECT 42" not in model.prompts[0]
    assert shop.assistant(model, Memory(settings, shop.database, ANN)).ask(QUESTION, 4).sql == "SELECT 42"

    shop.keep(judge(shown, "accepted"), BOB)
    agreed = shop.assistant(model, Memory(settings, shop.database, ME)).ask(QUESTION, 4)
    assert (agreed.sql, agreed.recalled is not None) == ("SELECT 42", True)
    shop.keep(judge(shown, "rejected"), ME)
    assert shop.assistant(model, Memory(settings, shop.database, ME)).ask(QUESTION, 4).sql == COUNT
