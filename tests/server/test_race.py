"""Candidates run together; what cannot win any more is stopped, what can is waited for."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path

import pytest

from effort import in_time
from sqloop.database.cancellation import Cancellation
from sqloop.database.connect import Database, connect
from sqloop.database.outcome import Limits, Outcome
from sqloop.race import HOPELESS, run_race
from sqloop.ranking import Proposal, decided

ENDLESS = "SELECT COUNT(*) FROM n a, n b, n c, n d"
LIMIT = 1.5


@pytest.fixture
def numbers(tmp_path: Path) -> Database:
    path = tmp_path / "numbers.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE n AS WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < 900) "
            "SELECT i FROM r"
        )
    connection.close()
    return connect(f"sqlite:///{path}", Limits(seconds=LIMIT))


def race(
    database: Database, scores: Mapping[str, float], cancel: Cancellation | None = None
) -> dict[str, Outcome]:
    def decide(outcomes: Mapping[str, Outcome]) -> float | None:
        ran = [Proposal(sql, scores[sql], outcome) for sql, outcome in outcomes.items()]
        return decided(ran, [score for sql, score in scores.items() if sql not in outcomes])

    return run_race(list(scores), database.execute, decide, cancel)


def test_a_hopeless_candidate_does_not_hold_up_a_decided_answer(numbers: Database) -> None:
    with numbers:
        numbers.limits = Limits(seconds=60)
        candidates = {"SELECT COUNT(*) FROM n": -0.2, "SELECT MAX(i) FROM n": -1.5, ENDLESS: -3.0}
        outcomes = in_time(lambda: race(numbers, candidates), 0, 2)
        assert outcomes["SELECT COUNT(*) FROM n"].rows == ((900,),)
        assert outcomes["SELECT MAX(i) FROM n"].rows == ((900,),)
        assert outcomes[ENDLESS] == HOPELESS
        assert numbers.execute("SELECT MIN(i) FROM n").rows == ((1,),)


def test_one_that_may_still_win_is_waited_for(numbers: Database) -> None:
    with numbers:
        outcomes = race(numbers, {"SELECT COUNT(*) FROM n": -2.0, ENDLESS: -0.3})
        assert outcomes[ENDLESS].status == "timeout"


def test_the_user_may_cancel_all(numbers: Database) -> None:
    with numbers:
        cancel = Cancellation()
        cancel.cancel()
        outcomes = race(numbers, {"SELECT 1": -1.0, ENDLESS: -1.0}, cancel)
        assert {each.status for each in outcomes.values()} == {"cancelled"}
        assert HOPELESS not in outcomes.values()


@pytest.mark.parametrize(
    ("ran", "waiting", "took"),
    [
        ([], [-1.0], None),
        ([("a", -0.1, 1)], [], 2.0),
        ([("a", -0.1, 1)], [-0.1], None),
        (
            [("a", 0.0, 1), ("b", 0.0, 1), ("c", 0.0, 2)],
            [0.0],
            None,
        ),  # one vote each: two against one and one
        ([("a", 0.0, 1), ("b", 0.0, 1), ("c", 0.0, 1)], [0.0, 0.0], 2.0),
        ([("a", -0.1, None)], [-4.0], None),  # an empty answer weighs little
    ],
)
def test_decided_means_that_nothing_can_change_the_first(ran, waiting, took) -> None:  # type: ignore[no-untyped-def]
    proposals = [
        Proposal(sql, score, Outcome("ok", ("n",), ((value,),), elapsed_ms=2.0)) for sql, score, value in ran
    ]
    assert decided(proposals, waiting) == took
