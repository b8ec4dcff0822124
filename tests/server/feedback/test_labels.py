"""What an editor's statement says of the suggestion that it came from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import pytest

from sqloop.database.outcome import Outcome
from sqloop.feedback.events import Event
from sqloop.feedback.labels import Label, infer_label

COUNT = "SELECT COUNT(*) FROM customer"
THREE = Outcome("ok", ("n",), ((3,),))
FOUR = Outcome("ok", ("n",), ((4,),))
FAILED = Outcome("error", error="no such column: x")


@pytest.mark.parametrize(
    ("settled", "outcome", "said", "same"),
    [
        (COUNT, None, "accepted", True),
        (f"  {COUNT} ;\n", FAILED, "accepted", True),
        (f"{COUNT.lower()} -- of the shop", THREE, "accepted", True),
        ("SELECT COUNT(id) FROM customer", Outcome("ok", ("m",), ((3.0,),)), "edited", True),
        ("SELECT COUNT(*) + 1 FROM customer", FOUR, "edited", False),
        ("SELECT x FROM customer", FAILED, None, False),
        ("SELECT n FROM forever", Outcome("timeout"), None, False),
        ("DELETE FROM customer", Outcome("refused"), None, False),
        ("SELECT COUNT(", None, None, False),
        (None, None, "rejected", False),
        ("", None, "rejected", False),
        (" ;\n", None, "rejected", False),
        (f"-- {COUNT}", None, "rejected", False),
        (f"/* {COUNT}\n*/ # gone", None, "rejected", False),
        ("SELECT '-- 3'", FOUR, "edited", False),
    ],
)
def test_the_statement_as_it_settled_labels_the_suggestion(
    shown: Callable[..., Event],
    settled: str | None,
    outcome: Outcome | None,
    said: Literal["accepted", "edited", "rejected"] | None,
    same: bool,
) -> None:
    label = infer_label(shown((3,)), settled, outcome, "mysql")
    assert label == (None if said is None else Label(said, same))


def test_what_is_written_where_nothing_ran_is_a_new_answer(shown: Callable[..., Event]) -> None:
    nothing = replace(shown((3,)), sql=None, answer=None)
    assert infer_label(nothing, COUNT, THREE, "sqlite") == Label("edited", same_answer=False)


def test_answers_compare_by_digest_where_no_rows_are_kept(shown: Callable[..., Event]) -> None:
    event = shown((3,), keep="digest")
    assert infer_label(event, "SELECT 3", THREE, "sqlite") == Label("edited", same_answer=True)
    assert infer_label(event, "SELECT 4", FOUR, "sqlite") == Label("edited", same_answer=False)
