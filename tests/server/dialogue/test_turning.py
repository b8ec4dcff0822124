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
        ("the remaining counties", "county <> 'Kent' AND closed_on IS NULL"),
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
        "and in the other years?",  # A noun that names nothing that is asked about.
        "the other county, Essex?",
        "those with a county of Essex",
        "the ones without a closing day",
        "show the remaining columns",
        "and the rest of the year?",
        "in the rest of Kent?",
    ],
)
def test_what_is_not_certain_is_left_to_the_model(said: str) -> None:
    assert turn_condition(said, OPEN, "sqlite") is None


def test_what_cannot_be_read_is_left() -> None:
    assert turn_condition("and the rest?", "SELECT (", "sqlite") is None
    assert turn_condition("and the rest?", "SELECT id FROM lot", "sqlite") is None


@pytest.mark.parametrize(
    ("said", "before"),
    [
        ("show the rest", "SELECT name FROM shop WHERE open = 1 ORDER BY sales DESC LIMIT 10"),
        ("and the others?", "SELECT town FROM shop WHERE open = 1 GROUP BY town HAVING COUNT(*) > 3"),
        ("now in the reverse way", "SELECT name FROM shop WHERE open = 1 ORDER BY sales DESC"),
        ("those that are not sold", "SELECT id FROM lot WHERE sold = 0"),
        ("the ones without a reserve", "SELECT id FROM lot WHERE reserve IS NULL"),
        ("those that were sold in May", "SELECT id FROM lot WHERE sold = 1"),
        ("those with status pending", "SELECT id FROM lot WHERE status = 'open'"),
        ("gender other", "SELECT id FROM person WHERE gender = 'F'"),
        ("compare with the others", "SELECT name FROM site WHERE county = 'Kent'"),
        (
            "and the others?",
            "SELECT c.name FROM client AS c LEFT JOIN orders AS o ON o.c_id = c.id WHERE o.id IS NULL",
        ),
        ("and the others?", "SELECT name FROM client WHERE id IN (SELECT c_id FROM orders)"),
        (
            "and the others?",
            "SELECT COUNT(DISTINCT c.id) FROM client AS c JOIN orders AS o ON o.c_id = c.id "
            "WHERE o.status = 'late'",
        ),
    ],
)
def test_what_would_give_other_rows_than_the_others_is_not_turned(said: str, before: str) -> None:
    assert turn_condition(said, before, "sqlite") is None


@pytest.mark.parametrize(("value", "other"), [("sold = 0", "sold <> 0"), ("NOT sold", "sold")])
def test_those_with_it_are_the_others_of_those_without(value: str, other: str) -> None:
    turned = turn_condition("those that were sold", f"SELECT id FROM lot WHERE {value}", "sqlite")
    assert turned == f"SELECT id FROM lot WHERE {other}"
