"""What share of its candidates' probability an adapter gives to right answers: finer than right or wrong.

A candidate has exp(t x log-probability), divided by the sum of that over all candidates of the question.
The exponent t is chosen for each side so that the likeliest candidate has `FIRST` on average: an adapter that
became surer of all that it writes, right or wrong, gains nothing by that.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

FIRST = 0.6
"""The mean share of the likeliest candidate."""

Candidates = Sequence[tuple[float, bool]]
"""Log-probability in nats, and whether its answer is right."""

_HALVINGS = 50


def gains(old: Sequence[Candidates], new: Sequence[Candidates]) -> list[float]:
    """For each question by how much the share of right candidates grew, -1.0 to 1.0.

    >>> unsure = [(-1.0, False), (-1.0, True)]
    >>> better = [(-1.0, False), (-0.5, True)]
    >>> [round(each, 2) for each in gains([unsure, unsure], [better, unsure])]
    [0.2, 0.0]
    """
    return [after - before for before, after in zip(_shares(old), _shares(new), strict=True)]


def _shares(asked: Sequence[Candidates]) -> list[float]:
    surplus = [np.array([logprob for logprob, _ in each]) for each in asked]
    surplus = [each - each.max() for each in surplus]
    exponent = _temper(surplus)
    shares = []
    for logprobs, candidates in zip(surplus, asked, strict=True):
        weights = np.exp(exponent * logprobs)
        shares.append(float(weights @ np.array([right for _, right in candidates]) / weights.sum()))
    return shares


def _temper(surplus: Sequence[np.ndarray[tuple[int], np.dtype[np.float64]]]) -> float:
    """The exponent, 0 to 16; the nearest end where none gives the likeliest its mean."""
    low, high = 0.0, 16.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        first = np.mean([1 / np.exp(middle * each).sum() for each in surplus])
        low, high = (middle, high) if first < FIRST else (low, middle)
    return low
