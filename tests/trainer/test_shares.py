"""What part of its candidates is right: what counts as a gain, and what does not."""

from __future__ import annotations

import random
from statistics import fmean

import pytest

from sqloop_trainer.gate.shares import gains

Candidates = list[tuple[float, bool]]


def draw(count: int, right: float, random: random.Random) -> list[Candidates]:
    """Four candidates to each of so many questions, of which a share is right."""
    return [[(random.gauss(-3, 2), random.random() < right) for _ in range(4)] for _ in range(count)]


def test_what_moves_to_right_answers_is_gained_and_what_moves_away_is_lost() -> None:
    before: list[Candidates] = [[(-1, False), (-2, True)], [(-1, True), (-2, False)]]
    after: list[Candidates] = [[(-1, True), (-2, False)], [(-1, True), (-2, False)]]
    won, same = gains(before, after)
    assert won > 0.1
    assert same == pytest.approx(0)
    assert gains(after, before) == pytest.approx([-won, 0])


@pytest.mark.parametrize("right", [0.2, 0.5, 0.8])
def test_to_become_surer_of_everything_is_no_gain(right: float) -> None:
    before = draw(60, right, random.Random(3))
    surer = [[(3 * logprob, is_right) for logprob, is_right in each] for each in before]
    assert gains(before, surer) == pytest.approx([0] * 60, abs=1e-6)


def test_gains_say_more_than_which_candidate_is_first() -> None:
    """Candidates that are right become likelier, by less than what divides them from the first."""
    before = [[(-1.0, False), (-4.0, True), (-4.0, False)] for _ in range(20)]
    after = [[(-1.0, False), (-2.0 - number % 2, True), (-4.0, False)] for number in range(20)]
    assert all(max(each)[1] is False for each in after)
    assert fmean(gains(before, after)) > 0.05


def test_odd_candidates_are_no_error() -> None:
    alone: list[Candidates] = [[(-1.0, True)], [(-9.0, False)]]
    assert gains(alone, alone) == [0, 0]
    equal: list[Candidates] = [[(-5.0, True)] * 3, [(-2000.0, False), (-1.0, True)]]
    assert gains(equal, equal) == [0, 0]
    assert -1 <= min(gains(alone, equal)) <= max(gains(alone, equal)) <= 1
