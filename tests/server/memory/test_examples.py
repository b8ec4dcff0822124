"""Like questions stand in the prompt of the model, as it was tuned to see them."""

from __future__ import annotations

from .conftest import Shop, Told

ROME = "SELECT name FROM customer WHERE city = 'Rome'"
COUNT = "SELECT COUNT(*) FROM customer"


def prompt(shop: Shop, question: str) -> str:
    model = Told(COUNT)
    shop.assistant(model).ask(question, 4, recall=False)
    return model.prompts[0]


def test_the_prompt_that_reaches_the_model_holds_what_was_accepted_for_a_like_question(shop: Shop) -> None:
    shop.accept("Which customers live in Rome?", ROME)
    assert (
        f"Answered before:\n-- Which customers live in Rome?\n{ROME}\n\n"
        "Stored values: customer.city = 'Oslo'\nQuestion: Which customers live in Oslo?\n"
    ) in prompt(shop, "Which customers live in Oslo?")


def test_up_to_three_stand_there_the_likest_last(shop: Shop) -> None:
    for number, words in enumerate(
        (
            "names of customers in Rome",
            "cities of active customers",
            "names of active customers in Rome",
            "totals",
        )
    ):
        shop.accept(words, f"SELECT {number} FROM customer WHERE city = 'Rome'")
    shop.accept("names of inactive customers in Rome", "SELECT 9 FROM customer WHERE city = 'Rome'")
    shown = prompt(shop, "names of all active customers in Oslo").split("Answered before:\n")[1]
    lines = [line for line in shown.split("\n\n")[0].splitlines() if line.startswith("--")]
    assert len(lines) == 3
    assert lines[-1] == "-- names of active customers in Rome"


def test_what_is_unlike_or_was_rejected_stays_out(shop: Shop) -> None:
    shop.accept("What is the average total of an order?", "SELECT AVG(total) FROM orders")
    shop.reject("Which customers live in Rome?", ROME)
    assert "Answered before" not in prompt(shop, "Which customers live in Oslo?")


def test_sql_that_no_longer_fits_the_schema_stays_out(shop: Shop) -> None:
    shop.accept("Which customers live in Rome?", ROME)
    shop.accept("How many customers live in Rome?", "SELECT COUNT(*) FROM customer WHERE active = 1")
    shop.run("ALTER TABLE customer DROP COLUMN active")
    shop.database.schema(refresh=True)
    shown = prompt(shop, "Which customers live in Oslo?")
    assert ROME in shown
    assert "active" not in shown


def test_the_last_word_counts(shop: Shop) -> None:
    shop.accept("Which customers live in Rome?", "SELECT id FROM customer WHERE city = 'Rome'")
    shop.edit("Which customers live in Rome?", "SELECT id FROM customer WHERE city = 'Rome'", ROME)
    shown = prompt(shop, "Which customers live in Oslo?")
    assert ROME in shown
    assert "SELECT id" not in shown


def test_the_starter_is_shown_none(shop: Shop) -> None:
    """Its form has no place for them."""
    from sqloop.generation.prompts.forms import Asked, Example
    from sqloop.generation.prompts.starter_form import StarterForm
    from sqloop.linking.question import LinkedQuestion

    schema = shop.database.schema()
    bare = Asked(LinkedQuestion("Which customers live in Rome?", schema))
    told = Asked(LinkedQuestion("Which customers live in Rome?", schema), examples=(Example("q", ROME),))
    assert StarterForm().suffix(bare) == StarterForm().suffix(told)
