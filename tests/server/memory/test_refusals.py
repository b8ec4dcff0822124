"""What was rejected is not offered again for its question, however it is spelled or the question worded."""

from __future__ import annotations

import pytest

from sqloop.database.checking.spelling import normal

from .conftest import Shop, Told

COUNT = "SELECT COUNT(*) FROM customer"
ACTIVE = "SELECT COUNT(*) FROM customer WHERE active = 1"
QUESTION = "How many active customers are there?"

SPELLED = (
    "select count(*) from CUSTOMER where ACTIVE=1;",
    "SELECT COUNT(*) AS n FROM customer WHERE active = 1",
    "SELECT COUNT(*) FROM customer AS c WHERE c.active = 1",
    'SELECT COUNT(*) FROM "customer" WHERE "active" = 1',
    "SELECT COUNT(*) -- how many\nFROM customer\nWHERE customer.active = 1",
)


@pytest.mark.parametrize("spelled", SPELLED)
def test_spelling_makes_no_other_query(spelled: str) -> None:
    assert normal(spelled, "sqlite") == normal(ACTIVE, "sqlite")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (
            "SELECT c.name AS who FROM customer c JOIN orders o ON o.customer_id = c.id ORDER BY who",
            "SELECT k.name FROM customer k JOIN orders r ON r.customer_id = k.id ORDER BY k.name",
            True,
        ),
        (
            "SELECT a.name FROM customer a JOIN customer b ON a.boss = b.id",
            "SELECT x.name FROM customer x JOIN customer y ON x.boss = y.id",
            True,
        ),
        (
            "SELECT a.name FROM customer a JOIN customer b ON a.boss = b.id",
            "SELECT b.name FROM customer a JOIN customer b ON a.boss = b.id",
            False,
        ),
        (
            "SELECT name FROM customer WHERE city = 'Rome'",
            "SELECT name FROM customer WHERE city = 'rome'",
            False,
        ),
        ("SELECT name FROM customer", "SELECT city FROM customer", False),
        (
            "SELECT name FROM customer c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)",
            "SELECT name FROM customer c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = o.id)",
            False,
        ),
    ],
)
def test_names_of_tables_decide_nothing(one: str, other: str, same: bool) -> None:
    assert (normal(one, "sqlite") == normal(other, "sqlite")) is same


@pytest.mark.parametrize("spelled", SPELLED)
def test_a_rejected_query_is_known_by_any_spelling_when_the_data_has_changed(
    shop: Shop, spelled: str
) -> None:
    shop.reject(QUESTION, ACTIVE)
    shop.run("INSERT INTO customer VALUES (9, 'Eve', 'Oslo', 1), (10, 'Flo', 'Oslo', 1)")
    answer = shop.assistant(Told(spelled, COUNT)).ask(QUESTION, 4)
    assert (answer.sql, [each.rejected for each in answer.candidates]) == (COUNT, [False, True])


@pytest.mark.parametrize("spelled", SPELLED)
def test_the_last_word_counts_however_its_query_is_spelled(shop: Shop, spelled: str) -> None:
    shop.accept(QUESTION, ACTIVE)
    shop.reject(QUESTION, spelled)
    answer = shop.assistant(Told(ACTIVE, COUNT)).ask(QUESTION, 4)
    assert (answer.sql, answer.recalled) == (COUNT, None)
    shop.accept(QUESTION, ACTIVE)
    answer = shop.assistant(Told(COUNT)).ask(QUESTION, 4)
    assert (answer.sql, answer.recalled is None) == (ACTIVE, False)
    answer = shop.assistant(Told(spelled, COUNT)).ask(QUESTION, 4, recall=False)
    assert [each.rejected for each in answer.candidates] == [False, False]


def test_what_a_wrong_query_gave_then_is_not_held_against_a_right_one_that_gives_it_now(shop: Shop) -> None:
    shop.reject(QUESTION, COUNT)  # It gave 3.
    shop.run("INSERT INTO customer VALUES (9, 'Eve', 'Oslo', 1)")  # So many are active by now.
    answer = shop.assistant(Told(COUNT, ACTIVE)).ask(QUESTION, 4)
    assert (answer.sql, answer.rows) == (ACTIVE, ((3,),))
    assert [each.rejected for each in answer.candidates] == [False, True]


@pytest.mark.parametrize(
    "question",
    [
        "how many customers are active?",
        "Number of active customers",
        "How many customers that are active are there?",
        "Please count the active customers.",
    ],
)
def test_it_is_not_offered_for_the_same_question_in_other_words(shop: Shop, question: str) -> None:
    shop.reject(QUESTION, COUNT)
    answer = shop.assistant(Told(COUNT, ACTIVE)).ask(question, 4)
    assert (answer.sql, [each.rejected for each in answer.candidates]) == (ACTIVE, [False, True])


@pytest.mark.parametrize(
    "question",
    [
        "How many customers are there?",
        "How many inactive customers are there?",
        "How many customers are not active?",
        "How many active customers are in Rome?",
        "How many active customers have orders?",
        "Which active customers are there?",
        "How many cities have active customers?",
        "How many orders are there?",
        "Average total of orders of active customers",
    ],
)
def test_it_is_offered_for_a_changed_question(shop: Shop, question: str) -> None:
    shop.reject(QUESTION, COUNT)
    answer = shop.assistant(Told(COUNT, ACTIVE)).ask(question, 4)
    assert [each.rejected for each in answer.candidates] == [False, False]


def test_what_was_accepted_for_the_very_question_is_not_wrong_for_it(shop: Shop) -> None:
    shop.reject("Number of active customers", ACTIVE)
    shop.accept(QUESTION, ACTIVE)
    assert shop.assistant(Told(COUNT)).ask(QUESTION, 4).sql == ACTIVE
    answer = shop.assistant(Told(ACTIVE, COUNT)).ask(QUESTION, 4, recall=False)
    assert [each.rejected for each in answer.candidates] == [False, False]


def test_taking_back_restores_what_was_before(shop: Shop) -> None:
    model = Told(COUNT, ACTIVE)
    memory = shop.memory()
    assistant = shop.assistant(model, memory)
    other = shop.assistant(model)  # Another process, with a memory of its own.

    def asked() -> list[tuple[str | None, bool]]:
        answers = [
            each.ask(q, 4)
            for each in (assistant, other)
            for q in (QUESTION, "how many customers are active?")
        ]
        return [(each.sql, each.recalled is not None) for each in answers]

    before = asked()
    by_mistake = shop.accept(QUESTION, COUNT)
    accepted = asked()
    assert accepted != before
    rejected = shop.reject(QUESTION, COUNT)
    assert asked() not in (before, accepted)
    shop.store.forget([rejected.id])
    assert asked() == accepted
    shop.store.forget([by_mistake.id])
    assert asked() == before
    edited = shop.edit(QUESTION, COUNT, ACTIVE)
    assert asked() != before
    shop.store.forget([edited.id])
    assert asked() == before
