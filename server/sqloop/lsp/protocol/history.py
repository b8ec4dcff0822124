"""`sqloop/history`: what was asked before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class HistoryParams:
    """How much of it."""

    count: int = 200
    """Questions, the newest first, 1 to 1,000."""


@dataclass(frozen=True)
class AskedQuestion:
    """A question when it was last asked."""

    time: str
    """As ISO 8601."""

    question: str
    """In words."""

    sql: str
    """What was shown for it, or what its user made of that; empty where no candidate ran."""

    said: Literal["", "accepted", "edited", "rejected"]
    """What was said of it last."""

    inferred: bool = False
    """Whether nobody said so: the query was run or saved as it was, or deleted. Of `accepted` and `rejected`
    this counts as half."""

    suggestion: str = ""
    """Its name in `sqloop/feedback` and `sqloop/follow`."""

    laid: str = ""
    """The same query as people read it: in lines, where it is long."""


@dataclass(frozen=True)
class HistoryResult:
    """What was asked by this user, in any face of SQLoop, as far as feedback is kept."""

    questions: tuple[AskedQuestion, ...]
    """The newest first, each once."""
