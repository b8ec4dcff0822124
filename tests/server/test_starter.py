"""The bundled model, through the same call that notebooks use, on a database that it was not trained on.

The questions are ones that this model was seen to answer: they say nothing of its accuracy.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import sqloop
from sqloop.session import Session


@pytest.fixture(scope="module")
def shop() -> Iterator[Session]:
    with sqloop.connect("sample") as session:
        yield session


@pytest.mark.parametrize(
    ("question", "gold"),
    [
        ("How many customers do we have?", "SELECT COUNT(*) FROM customers"),
        ("how many orders got cancelled", "SELECT COUNT(*) FROM orders WHERE status = 'cancelled'"),
        ("names of our suppliers from Norway", "SELECT name FROM suppliers WHERE country = 'Norway'"),
        (
            "Which categories have more than 17 products?",
            "SELECT categories.name FROM products JOIN categories USING (category_id)"
            " GROUP BY categories.category_id HAVING COUNT(*) > 17",
        ),
    ],
)
def test_it_answers_simple_questions(shop: Session, question: str, gold: str) -> None:
    answer = shop.ask(question, k=1)
    assert sorted(answer.rows) == sorted(shop.database.execute(gold).rows)
