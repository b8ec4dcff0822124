"""When an adapter is promoted: tables of wins, losses and ties."""

from __future__ import annotations

import pytest

from sqloop_trainer.decision import Comparison, compare, decide


def counts(wins: int, losses: int, ties: int) -> Comparison:
    """Half of the ties are right."""
    old = [False] * wins + [True] * losses + [place % 2 == 0 for place in range(ties)]
    new = [True] * wins + [False] * losses + [place % 2 == 0 for place in range(ties)]
    return compare(old, new)


SAME = counts(0, 0, 150)


@pytest.mark.parametrize(
    ("wins", "losses", "ties", "promoted", "said"),
    [
        (5, 0, 15, True, "Promoted"),
        (4, 0, 6, True, "4 won and 0 lost"),
        (9, 2, 9, True, "9 won"),
        (30, 10, 60, True, "Promoted"),
        (0, 0, 20, False, "not better"),
        (0, 6, 14, False, "not better"),
        (3, 3, 14, False, "not better"),
        (1, 0, 19, False, "may be luck"),
        (3, 0, 17, False, "may be luck"),
        (6, 4, 10, False, "may be luck"),
        (5, 0, 0, False, "too few"),
        (0, 0, 0, False, "0 held-out questions are too few"),
    ],
)
def test_held_out_questions_must_be_clearly_better(
    wins: int, losses: int, ties: int, promoted: bool, said: str
) -> None:
    decision = decide(counts(wins, losses, ties), SAME)
    assert decision.promote is promoted
    assert said in decision.reason


@pytest.mark.parametrize(
    ("wins", "losses", "ties", "promoted", "said"),
    [
        (0, 0, 150, True, "regression set"),
        (20, 0, 130, True, "regression set"),
        (3, 4, 143, True, "regression set"),
        (0, 15, 135, False, "worse"),
        (10, 16, 124, False, "worse"),
        (0, 1, 9, False, "worse"),
        (2, 0, 3, False, "too few"),
        (0, 0, 0, False, "too few"),
    ],
)
def test_the_regression_set_must_not_be_worse(
    wins: int, losses: int, ties: int, promoted: bool, said: str
) -> None:
    decision = decide(counts(8, 0, 12), counts(wins, losses, ties))
    assert decision.promote is promoted
    assert said in decision.reason


def test_without_a_regression_set_the_held_out_questions_decide() -> None:
    assert decide(counts(8, 0, 12), None).promote
    assert not decide(counts(0, 0, 20), None).promote


def test_the_interval_encloses_the_difference_and_narrows_with_more_questions() -> None:
    few, many = counts(4, 2, 14), counts(40, 20, 140)
    for each in (few, many):
        assert each.low < each.difference < each.high
        assert each.difference == pytest.approx(0.1)
    assert many.high - many.low < (few.high - few.low) / 2
    assert compare([True] * 20, [True] * 20).high == 0


def test_both_must_have_answered_the_same() -> None:
    with pytest.raises(ValueError, match="same questions"):
        compare([True], [True, False])
