"""The SQL of like questions beside what the model wrote: a vote in its own scale, said to be from memory.

A model gives an answer the probability ``share``; to the power of its calibration that is how often such an
answer is right. So SQL that answers a like question with probability p votes with p to the inverse of that
power, and wins where it is right more often than what the model says.

Where both differ, that speaks against the like question being the same one (a model answers most questions
alike in other words). Where the model gives the very answer that was corrected for the like question, it
speaks for it: two different questions of one database hardly ever share a wrong answer (of the drawn answers
of 0.5B to 722 written and Spider questions, 3 of 7,400 pairs whose wrong answer is not empty). Pure.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqloop.database.checking.spelling import normal
from sqloop.database.schema import Dialect
from sqloop.feedback.kept import digest
from sqloop.memory.opinions import Accepted
from sqloop.ranking import Candidate, is_nothing

DIFFERS = 0.25
"""How often a model gives another answer to the same question in other words."""

REPEATS = 300.0
"""How much more often it repeats a wrong answer for the same question than for another one."""

LEAST = 0.05
"""Share from which SQL of a like question is run at all."""

LEAST_ALONE = 0.5
"""Probability from which it answers where no query of the model ran: none is better than a likely mistake."""

REFUSED = 12.0
"""Nats off a vote for an answer that was corrected for the same question: as good as none."""


@dataclass(frozen=True)
class Near:
    """SQL that was accepted for a like question, perhaps with a value of this one.

    ``probability`` is that it answers this one; ``refused`` and ``refused_digests`` are queries and answers
    that were wrong for the like one.
    """

    accepted: Accepted
    sql: str
    probability: float
    refused: frozenset[str] = frozenset()
    refused_digests: frozenset[str] = frozenset()

    def at_least(self, probability: float) -> Near:
        """The same where its question is known to be that likely; less for what was only kept."""
        least = probability * min(1.0, self.accepted.weight)
        return replace(self, probability=max(self.probability, least))

    def has_refused(self, candidate: Candidate, dialect: Dialect) -> bool:
        """Whether a candidate that ran was wrong for the like question. An empty answer tells nothing."""
        if normal(candidate.sql, dialect) in self.refused:
            return True
        return not is_nothing(candidate.outcome) and digest(candidate.outcome) in self.refused_digests


@dataclass(frozen=True)
class Offer:
    """``near`` with a vote: its ``share`` in the scale of the model after calibration, 0 to 1.

    ``refused`` are the queries of the model that repeat what was wrong for the like question.
    """

    near: Near
    share: float
    refused: frozenset[str] = frozenset()

    def score(self, calibration: float) -> float:
        """As the log-probability of a proposal, in nats."""
        return math.log(self.share) / calibration


def choose_offer(ranking: Sequence[Candidate], near: Sequence[Near], dialect: Dialect) -> Offer | None:
    """What memory offers beside the ``ranking`` of what the model wrote; None where that is too unlikely."""
    alone = not any(each.ran for each in ranking)
    offers = [_offer(ranking, each, dialect) for each in near if not alone or each.probability >= LEAST_ALONE]
    best = max(offers, key=lambda each: each.share, default=None)
    return best if best is not None and best.share >= LEAST else None


def _offer(ranking: Sequence[Candidate], near: Near, dialect: Dialect) -> Offer:
    wrong = [each.sql for each in ranking if each.ran and near.has_refused(each, dialect)]
    repeats = bool(ranking) and ranking[0].sql in wrong
    odds = near.probability / max(1e-9, 1.0 - near.probability) * (REPEATS if repeats else DIFFERS)
    return Offer(near, min(1.0, odds), frozenset(wrong) if repeats and odds >= 1.0 else frozenset())
