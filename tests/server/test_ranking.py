"""Ranking: answers vote, failures do not, and every tie is broken in a stated way."""

from __future__ import annotations

import math
import random

import pytest

from sqloop.database.outcome import Outcome, Status, Value
from sqloop.ranking import Proposal, calibrate, confidence, rank


def ran(*rows: tuple[Value, ...]) -> Outcome:
    return Outcome("ok", tuple(f"c{i}" for i in range(len(rows[0]) if rows else 1)), rows)


def failed(status: Status = "error") -> Outcome:
    return Outcome(status, error="why")


ONE, TWO, NOTHING, ALL_NULL = ran((1,)), ran((2,)), ran(), ran((None, None))


@pytest.mark.parametrize(
    ("proposals", "expected"),
    [
        pytest.param([], [], id="nothing proposed"),
        pytest.param([("a", -1, ONE)], [("a", 1)], id="one"),
        pytest.param(
            [("a", -1, ONE), ("b", -1.5, TWO), ("c", -1.5, TWO)],
            [("b", 2), ("c", 2), ("a", 1)],
            id="two likely queries outvote a likelier one",
        ),
        pytest.param(
            [("a", -0.1, ONE), ("b", -3, TWO), ("c", -4, TWO)],
            [("a", 1), ("b", 2), ("c", 2)],
            id="two unlikely queries do not",
        ),
        pytest.param(
            [("a", 0.0, ONE), ("b", 0.0, TWO), ("b", 0.0, TWO)],
            [("b", 2), ("a", 1)],
            id="without probabilities the number of votes counts",
        ),
        pytest.param(
            [("a", -0.1, Outcome("ok", ("n", "n"), ((1, 1), (2, 2)))), ("b", -2, TWO)],
            [("b", 1), ("a", 1)],
            id="the same column twice costs",
        ),
        pytest.param(
            [("u JOIN o", -0.5, ran((1,), (1,), (2,))), ("DISTINCT u JOIN o", -1.2, ran((1,), (2,)))],
            [("DISTINCT u JOIN o", 1), ("u JOIN o", 1)],
            id="rows that a join repeats cost a little",
        ),
        pytest.param(
            [("u JOIN o", -0.2, ran((1,), (1,), (2,))), ("DISTINCT u JOIN o", -2, ran((1,), (2,)))],
            [("u JOIN o", 1), ("DISTINCT u JOIN o", 1)],
            id="but not much",
        ),
        pytest.param(
            [("u", -0.5, ran((1,), (1,), (2,))), ("DISTINCT u", -1.2, ran((1,), (2,)))],
            [("u", 1), ("DISTINCT u", 1)],
            id="and nothing without a join",
        ),
        pytest.param(
            [("a", -0.1, Outcome("ok", ("n", "n"), ((1, 1), (2, 3)))), ("b", -3, TWO)],
            [("a", 1), ("b", 1)],
            id="two columns of one name may differ",
        ),
        pytest.param(
            [("a", -1, ONE), ("b", -1.5, TWO), ("b", -1.5, TWO)],
            [("b", 2), ("a", 1)],
            id="a text proposed twice votes twice and is listed once",
        ),
        pytest.param(
            [("a", -2, ONE), ("b", -1, TWO)], [("b", 1), ("a", 1)], id="a tie goes to the better score"
        ),
        pytest.param(
            [("a", -5, ONE), ("b", -2, TWO), ("c", -2, TWO), ("d", -1, ONE)],
            [("d", 2), ("a", 2), ("b", 2), ("c", 2)],
            id="the likeliest of a group stands first in it",
        ),
        pytest.param(
            [("a", -0.1, NOTHING), ("b", -2, ONE)], [("b", 1), ("a", 1)], id="empty loses to a value"
        ),
        pytest.param(
            [("a", -0.1, ALL_NULL), ("b", -2, ONE)], [("b", 1), ("a", 1)], id="NULL loses to a value"
        ),
        pytest.param(
            [("a", -0.1, NOTHING), ("b", -5, ONE)],
            [("a", 1), ("b", 1)],
            id="empty beats what the model hardly believes",
        ),
        pytest.param(
            [("a", 0.0, ONE)] + [("b", 0.0, NOTHING)] * 31,
            [("a", 1), ("b", 31)],
            id="without probabilities empty loses with any number of votes",
        ),
        pytest.param(
            [("a", -0.1, ONE, 2.0), ("b", -2, TWO)], [("b", 1), ("a", 1)], id="what costs comes later"
        ),
        pytest.param([("a", -0.1, ONE, 2.0), ("b", -2.2, TWO)], [("a", 1), ("b", 1)], id="by so much"),
        pytest.param(
            [("a", -0.1, ONE, 9.0), ("b", -0.1, failed())], [("a", 1), ("b", 0)], id="an answer is one still"
        ),
        pytest.param(
            [("a", -0.1, NOTHING), ("b", -1, NOTHING), ("c", -1, ONE)],
            [("c", 1), ("a", 2), ("b", 2)],
            id="empty loses with more votes as well",
        ),
        pytest.param(
            [("a", -2, ran((0,))), ("b", -1, NOTHING)],
            [("a", 1), ("b", 1)],
            id="zero is a value",
        ),
        pytest.param(
            [("a", -0.1, failed()), ("b", -9, NOTHING)],
            [("b", 1), ("a", 0)],
            id="even an empty answer comes before a failure",
        ),
        pytest.param(
            [("a", -1, failed()), ("a", -1, failed()), ("b", -0.5, failed("timeout"))],
            [("b", 0), ("a", 0)],
            id="failures have no votes and are ordered by score",
        ),
        pytest.param(
            [("a", -1, ran((1, "x"), (2, "y"))), ("b", -2, ran(("y", 2.0), ("x", 1.0))), ("c", 0, ONE)],
            [("c", 1), ("a", 2), ("b", 2)],
            id="equal answers in other order and types vote together",
        ),
    ],
)
def test_the_order_and_the_votes(
    proposals: list[tuple[str, float, Outcome] | tuple[str, float, Outcome, float]],
    expected: list[tuple[str, int]],
) -> None:
    ranking = rank([Proposal(*each) for each in proposals])
    assert [(each.sql, each.votes) for each in ranking] == expected


@pytest.mark.parametrize("status", ["error", "timeout", "refused", "cancelled"])
def test_every_kind_of_failure_is_kept_with_its_reason(status: Status) -> None:
    ranking = rank([Proposal("bad", -0.1, failed(status)), Proposal("good", -1, ONE)])
    assert [each.ran for each in ranking] == [True, False]
    assert (ranking[1].outcome.status, ranking[1].outcome.error) == (status, "why")


def test_the_order_of_the_proposals_does_not_matter() -> None:
    outcomes = [ONE, TWO, NOTHING, ALL_NULL, failed()]
    proposals = [Proposal(f"q{i}", -i / 10, outcomes[i % 5]) for i in range(20)]
    expected = rank(proposals)
    for seed in range(20):
        random.Random(seed).shuffle(proposals)
        assert rank(proposals) == expected


@pytest.mark.parametrize(
    ("weighted", "expected"),
    [
        pytest.param([(0.4, ONE), (0.3, ONE), (0.1, TWO), (0.1, failed())], 0.7, id="all that give it"),
        pytest.param([(0.1, ONE)], 0.1, id="alone is not sure"),
        pytest.param([(1, ONE), (1, ONE), (1, TWO), (1, failed())], 0.5, id="votes without probabilities"),
        pytest.param([(0.9, ONE), (0.9, ONE), (0.2, TWO)], 0.9, id="never above 1 where draws repeat"),
        pytest.param([(0.9, failed()), (0.1, failed())], 0.0, id="nothing ran"),
        pytest.param([], 0.0, id="nothing proposed"),
    ],
)
def test_confidence_is_the_probability_of_the_answer(
    weighted: list[tuple[float, Outcome]], expected: float
) -> None:
    proposals = [Proposal(f"q{i}", math.log(weight), outcome) for i, (weight, outcome) in enumerate(weighted)]
    assert confidence(rank(proposals)) == pytest.approx(expected)


@pytest.mark.parametrize("power", [0.3, 1.0, 2.0])
def test_calibration_changes_shares_and_leaves_the_order(power: float) -> None:
    """Also where a likely answer that is empty stands behind an unlikely one."""
    ranking = rank([Proposal("a", -0.4, NOTHING), Proposal("b", -2, ONE), Proposal("c", -3, failed())])
    calibrated = calibrate(ranking, power)
    assert [each.sql for each in calibrated] == [each.sql for each in ranking] == ["b", "a", "c"]
    assert [each.share for each in calibrated] == pytest.approx([each.share**power for each in ranking])
    assert [each.outcome for each in calibrated] == [each.outcome for each in ranking]
    assert calibrate([], power) == ()
