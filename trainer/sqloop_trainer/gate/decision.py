"""Whether a new adapter takes the place of the old one: pure functions of which answers were right.

Both answer the same questions, so each question is won, lost or a tie; and of the candidates to each, the
share that is right grew or fell (`sqloop_trainer.gate.shares`). Only questions that people asked of the
database promote, and only where there are `FEWEST` of them: an adapter is promoted if it won more of them
than it lost, and if the shares would grow as much less than one time in twenty (`LUCK`), were a coin to say
for each question which of both is the new one. Without candidates wins and losses alone are held against a
coin. Made questions are easier and look like what was learned from: gains on them are no sample of what
people gain (measured: +16 points of made ones, and 35 to 34 right of 80 that people asked). They can only
keep an adapter out, by getting clearly worse. So can questions of people about another database, since what
is promoted answers there too. Where nobody asked anything yet, nothing is promoted, and the reason says what
was seen.

How often that is wrong, for true effects of -10 to +20 points, is simulated in the tests; docs/training.md
has the table. The interval that is told is that of a paired bootstrap: 90 % of the differences of ten
thousand draws of the questions with replacement.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

FEWEST = 10
"""Questions below which nothing is decided."""

LUCK = 0.047
"""How often a coin may do as well, for what is called better or worse: with a twentieth itself, chance is
promoted a little more often than that where answers are many."""

MARGIN = 0.05
"""Of questions that only keep out, how many may be lost in all: less is no loss worth speaking of."""

_LEVEL = 0.9
_DRAWS = 10_000
_SAME = 1e-9


@dataclass(frozen=True)
class Comparison:
    """Old against new on one set: counts of questions, shares of right answers from 0.0 to 1.0.

    ``low`` and ``high`` enclose the difference of the shares, new less old. ``luck`` is how often a coin
    does as well for the new one.
    """

    questions: int
    old: float
    new: float
    wins: int
    losses: int
    low: float
    high: float
    luck: float

    @property
    def difference(self) -> float:
        """The share of right answers that was gained."""
        return self.new - self.old


@dataclass(frozen=True)
class Decision:
    """``reason`` is a sentence for whoever trained."""

    promote: bool
    reason: str


def compare(old: Sequence[bool], new: Sequence[bool], gained: Sequence[float] = ()) -> Comparison:
    """What changed from ``old`` to ``new``, question by question; the same for the same answers.

    ``gained`` is by how much the share of right candidates grew, for each question where it is known at all.

    >>> found = compare([True, False, False, False], [True, True, True, False])
    >>> found.wins, found.losses, found.difference, found.low
    (2, 0, 0.5, 0.0)
    """
    count = len(old)
    if count != len(new):
        raise ValueError("Both must have answered the same questions.")
    if not count:
        return Comparison(0, 0.0, 0.0, 0, 0, 0.0, 0.0, 0.5)
    wins = sum(b and not a for a, b in zip(old, new, strict=True))
    losses = sum(a and not b for a, b in zip(old, new, strict=True))
    shares = [wins / count, losses / count, (count - wins - losses) / count]
    drawn = np.random.default_rng(0).multinomial(count, shares, size=_DRAWS)
    ends = np.quantile((drawn[:, 0] - drawn[:, 1]) / count, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    low, high = map(float, ends)
    lucky = luck_of_gains(gained) if gained else luck(wins, losses)
    return Comparison(count, sum(old) / count, sum(new) / count, wins, losses, low, high, lucky)


def luck(wins: int, losses: int) -> float:
    """How often a coin gives more than ``wins`` against ``losses``, and half of how often just as many.

    The one-sided sign test with the mid-p value: without the half it is much too strict where questions that
    differ are few.

    >>> luck(4, 0), luck(1, 1), luck(0, 0)
    (0.03125, 0.5, 0.5)
    """
    thrown = wins + losses
    more = sum(math.comb(thrown, each) for each in range(wins + 1, thrown + 1))
    return float((more + math.comb(thrown, wins) / 2) / 2**thrown)


def luck_of_gains(gained: Sequence[float]) -> float:
    """How often the sum is larger, and half of how often it is the same, where a coin gives each its sign.

    The one-sided permutation test of paired differences, by ten thousand draws that are always the same.

    >>> 0.02 < luck_of_gains([0.4, 0.2, 0.1, 0.1, -0.1, 0.3]) < 0.06, luck_of_gains([0.0] * 9)
    (True, 0.5)
    """
    excess = _signs(len(gained)) @ np.abs(gained) - sum(gained)
    return float(np.mean(excess > _SAME) + np.mean(np.abs(excess) <= _SAME) / 2)


@lru_cache(1)
def _signs(count: int) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """``[_DRAWS, count]``, each 1 or -1."""
    return np.random.default_rng(0).choice((-1.0, 1.0), (_DRAWS, count))


_FOUND = 65
"""Points times the root of the questions: a gain that is found four times in five, as measured."""


def tell_power(questions: int) -> str:
    """What so many questions show.

    >>> tell_power(18)
    '18 questions show a gain of 16 points four times in five'
    """
    points = math.ceil(_FOUND / math.sqrt(questions))
    return f"{questions} questions show a gain of {points} points four times in five"


_ASKED, _MADE, _ELSEWHERE = "that people asked", "that were made", "about another database"


def decide(asked: Comparison, made: Comparison, elsewhere: Comparison) -> Decision:
    """Whether to promote, by what people ``asked`` of the database, what was ``made`` from it, and
    what people asked ``elsewhere``."""
    if asked.questions >= FEWEST:
        doubt = _doubt(asked) or _doubt_worse(made, _MADE) or _doubt_worse(elsewhere, _ELSEWHERE)
        kinds = ((asked, _ASKED), (made, _MADE), (elsewhere, _ELSEWHERE))
        shown = [_tell(found, kind) for found, kind in kinds if found.questions]
    else:
        doubt, shown = _doubt_few(asked, made), []
    if doubt:
        return Decision(False, f"Kept what is in use: {doubt}.")
    return Decision(True, f"Promoted: {', and '.join(shown)}.")


def _doubt(asked: Comparison) -> str:
    if asked.wins <= asked.losses:
        return f"the new adapter is not better on questions {_ASKED} ({_tell(asked, _ASKED)})"
    if asked.luck > LUCK:
        return (
            f"what the new adapter gained on questions {_ASKED} may be luck ({_tell(asked, _ASKED)}; "
            f"{tell_power(asked.questions)})"
        )
    return ""


def _doubt_worse(found: Comparison, kind: str) -> str:
    if found.difference > -MARGIN or 1 - found.luck > LUCK:
        return ""
    return f"the new adapter became worse on questions {kind} ({_tell(found, kind)})"


def _doubt_few(asked: Comparison, made: Comparison) -> str:
    few = f"{asked.questions or 'no'} questions that people asked"
    seen = f" ({_tell(made, _MADE)}; what is gained there is no promise)" if made.questions else ""
    return f"{FEWEST} are needed to judge by, and {few} were there{seen}"


def _tell(found: Comparison, kind: str) -> str:
    return (
        f"{found.old:.0%} → {found.new:.0%} right of {found.questions} questions {kind}, "
        f"{found.wins} won and {found.losses} lost, "
        f"interval {100 * found.low:+.0f} to {100 * found.high:+.0f} points"
    )
