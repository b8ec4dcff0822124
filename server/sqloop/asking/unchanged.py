"""A follow-up that is answered with the query before: what was said was passed over.

Of some 300 written follow-ups that the 1.5B was asked eleven got the query before once more, and none of
these was right. Told more clearly that something changes, it changes something (docs/experiments.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqloop.asking.drafts import Draft
from sqloop.database.checking.spelling import normal
from sqloop.database.schema import Dialect
from sqloop.dialogue.turning import turn_condition
from sqloop.generation.prompts.forms import FollowUp
from sqloop.ranking import Proposal

UNCHANGED = 4.0
"""Nats that the query before loses as an answer to what was said after it: no more than a guess."""

TURNED = 1.0
"""Nats that the query before is ahead of itself with a condition turned: less sure, and before all others
(docs/experiments.md)."""


def is_unchanged(proposals: Sequence[Proposal], follow_up: FollowUp, dialect: Dialect) -> bool:
    """Whether the query before is the likeliest of those that ran."""
    ran = [each for each in proposals if each.outcome.status == "ok"]
    likeliest = max(ran, key=lambda each: each.score, default=None)
    return likeliest is not None and normal(likeliest.sql, dialect) == normal(follow_up.sql, dialect)


def turn_drafts(proposals: Sequence[Proposal], follow_up: FollowUp, dialect: Dialect) -> list[Draft]:
    """The query before with the other side of a condition, where that is what was said; none or one."""
    turned = turn_condition(follow_up.text, follow_up.sql, dialect)
    likeliest = max(each.score for each in proposals)
    return [Draft(turned, likeliest - TURNED)] if turned else []


def doubt_unchanged(proposals: Sequence[Proposal], follow_up: FollowUp, dialect: Dialect) -> list[Proposal]:
    """The same proposals, the query before with less probability, where the model tells any."""
    before = normal(follow_up.sql, dialect)
    return [
        replace(each, score=each.score - UNCHANGED)
        if each.score and normal(each.sql, dialect) == before
        else each
        for each in proposals
    ]
