"""Which condition of the query before is turned, and when none is."""

from __future__ import annotations

import pytest

from sqloop.dialogue.turning import turn_condition

OPEN = "SELECT name FROM site WHERE county = 'Kent' AND closed_on IS NULL"


@pytest.mark.parametrize(
    ("said", "condition"),
    [
        ("and the other counties?", "county <> 'Kent' AND closed_on IS NULL"),
        ("those that are closed", "county = 'Kent' AND NOT closed_on IS NULL"),
        ("the opposite: closed ones", "county = 'Kent' AND NOT closed_on IS NULL"),
    ],
)
def test_the_condition_that_is_named_is_turned(said: str, condition: str) -> None:
    assert turn_condition(said, OPEN, "sqlite") == f"SELECT name FROM site WHERE {condition}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("NOT reserve IS NULL", "reserve IS NULL"),
        ("kind NOT IN ('a', 'b')", "kind IN ('a', 'b')"),
        ("kind <> 'a'", "kind = 'a'"),
        ("sold AND kind IN ('a')", None),
        ("kind = 'a' OR kind = 'b'", None),
        ("price > 3", None),
        (
            "NOT EXISTS(SELECT 1 FROM bid WHERE bid.lot = lot.id)",
            "EXISTS(SELECT 1 FROM bid WHERE bid.lot = lot.id)",
        ),
    ],
)
def test_the_only_condition_has_another_side(before: str, after: str | None) -> None:
    turned = turn_condition("and the rest?", f"SELECT id FROM lot WHERE {before}", "sqlite")
    assert turned == (f"SELECT id FROM lot WHERE {after}" if after else None)


@pytest.mark.parametrize(
    "said",
    [
        "and the others?",  # Which of two conditions?
        "those with a bow thruster",  # Nothing that is asked about so far.
        "the other counties as well",
        "just the other counties",
        "leave out the other counties",
        "by county",
    ],
)
def test_what_is_not_certain_is_left_to_the_model(said: str) -> None:
    assert turn_condition(said, OPEN, "sqlite") is None


def test_what_cannot_be_read_is_left() -> None:
    assert turn_condition("and the rest?", "SELECT (", "sqlite") is None
    assert turn_condition("and the rest?", "SELECT id FROM lot", "sqlite") is None
