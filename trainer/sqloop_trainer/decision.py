"""Whether a new adapter takes the place of the old one: pure functions of which answers were right.

Both answer the same questions, so each question is won, lost or a tie. An adapter is promoted if

- on what it was trained for (held-out feedback, or held-out made questions) it is clearly better: the lower
  end of the interval of the difference is above 0, and a coin would give its wins against its losses at most
  one time in ten;
- on the regression set it is not worse: the lower end is no more than five points below 0;
- each set has ten questions or more.

The interval is that of a paired bootstrap: 90 % of the differences of ten thousand draws of the questions
with replacement. It is too narrow where questions are few, for which the coin is there: three wins of ten
questions are luck once in eight times.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

FEWEST = 10
"""Questions below which nothing is decided."""

MARGIN = 0.05
LUCK = 0.1
_LEVEL = 0.9
_DRAWS = 10_000


@dataclass(frozen=True)
class Comparison:
    """Old against new on one set: counts of questions, shares of right answers from 0.0 to 1.0.

    ``low`` and ``high`` enclose the difference of the shares, new less old.
    """

    questions: int
    old: float
    new: float
    wins: int
    losses: int
    low: float
    high: float

    @property
    def difference(self) -> float:
        """The share of right answers that was gained."""
        return self.new - self.old


@dataclass(frozen=True)
class Decision:
    """``reason`` is a sentence for whoever trained."""

    promote: bool
    reason: str


def compare(old: Sequence[bool], new: Sequence[bool]) -> Comparison:
    """What changed from ``old`` to ``new``, question by question; the same for the same answers.

    >>> found = compare([True, False, False, False], [True, True, True, False])
    >>> found.wins, found.losses, found.difference, found.low
    (2, 0, 0.5, 0.0)
    """
    count = len(old)
    if count != len(new):
        raise ValueError("Both must have answered the same questions.")
    if not count:
        return Comparison(0, 0.0, 0.0, 0, 0, 0.0, 0.0)
    wins = sum(b and not a for a, b in zip(old, new, strict=True))
    losses = sum(a and not b for a, b in zip(old, new, strict=True))
    shares = [wins / count, losses / count, (count - wins - losses) / count]
    drawn = np.random.default_rng(0).multinomial(count, shares, size=_DRAWS)
    ends = np.quantile((drawn[:, 0] - drawn[:, 1]) / count, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return Comparison(count, sum(old) / count, sum(new) / count, wins, losses, float(ends[0]), float(ends[1]))


def luck(wins: int, losses: int) -> float:
    """How often a coin gives at least ``wins`` against ``losses``: the one-sided sign test.

    >>> luck(4, 0), luck(1, 1), luck(0, 0)
    (0.0625, 0.75, 1.0)
    """
    thrown = wins + losses
    return float(sum(math.comb(thrown, each) for each in range(wins, thrown + 1)) / 2**thrown)


def decide(target: Comparison, regression: Comparison | None) -> Decision:
    """Whether to promote; ``regression`` is None where the target is all there is to hold."""
    doubt = _doubt_target(target) or (_doubt_regression(regression) if regression else "")
    if doubt:
        return Decision(False, f"Kept what is in use: {doubt}.")
    also = f" and {_tell(regression)} on the regression set" if regression else ""
    return Decision(True, f"Promoted: {_tell(target)} on held-out questions{also}.")


def _doubt_target(found: Comparison) -> str:
    if found.questions < FEWEST:
        return f"{found.questions} held-out questions are too few to tell, {FEWEST} are needed"
    if found.wins <= found.losses:
        return f"the new adapter is not better on held-out questions ({_tell(found)})"
    if found.low <= 0 or luck(found.wins, found.losses) > LUCK:
        return f"what the new adapter gained on held-out questions may be luck ({_tell(found)})"
    return ""


def _doubt_regression(found: Comparison) -> str:
    if found.questions < FEWEST:
        return f"{found.questions} regression questions are too few to tell, {FEWEST} are needed"
    if found.low < -MARGIN:
        return f"the new adapter may have become worse on the regression set ({_tell(found)})"
    return ""


def _tell(found: Comparison) -> str:
    return (
        f"{found.old:.0%} → {found.new:.0%} right of {found.questions}, "
        f"{found.wins} won and {found.losses} lost, "
        f"interval {100 * found.low:+.0f} to {100 * found.high:+.0f} points"
    )
