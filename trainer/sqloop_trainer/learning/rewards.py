"""What a candidate is worth: pure functions of what its execution gave.

All take the same: the outcome, the gold answer (None where it is not known), the answers that a user
rejected for this question, and what the candidate gave on perturbed copies of the database, each with the
gold answer there (see `sqloop_trainer.perturbation`), and the text that was run.

`sqloop` is the default. It fixes what `paper` leaves open: partial credit by recall alone is collected by
dumping every row, and a constant that happens to be right is paid like a query.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sqloop.database.answers import same_answer
from sqloop.database.outcome import Outcome
from sqloop_trainer.gold import Gold

Copies = Sequence[tuple[Outcome, Gold]]
"""For each perturbed copy what the candidate gave there, and the gold answer there."""

RIGHT = 1.0
PARTIAL = 0.3
"""The most that a wrong answer is worth."""

KNOWN_WRONG = -0.05
FAILED = -0.1

_OVERLAP = 0.8
"""The share of partial credit for the right rows; the rest is for looking right, the first step to it."""


class Reward(Protocol):
    """The reward of one candidate; higher is better."""

    def __call__(
        self,
        outcome: Outcome,
        gold: Gold | None,
        rejected: Sequence[Outcome] = (),
        copies: Copies = (),
        text: str = "",
    ) -> float:
        """See the module's first lines for what is given."""


def paper(
    outcome: Outcome, gold: Gold | None, rejected: Sequence[Outcome] = (), copies: Copies = (), text: str = ""
) -> float:
    """As published (arXiv 2506.06093): error -100, executes 1, partial match REMS x 100, exact match 1000.

    Read as steps of which the highest counts. The match is by recall, and neither rejections nor copies
    are known to it.

    >>> from sqloop_trainer.gold import GoldText
    >>> found = Outcome("ok", rows=(("Rome",), ("Oslo",)))
    >>> [paper(found, GoldText(text)) for text in ("Rome", "Rome, Paris", "Paris")]
    [1000.0, 50.0, 1.0]
    >>> paper(Outcome("error"), GoldText("Rome"))
    -100.0
    """
    if outcome.status != "ok":
        return -100.0
    recall = gold.recall(outcome) if gold else 0.0
    return 1000.0 if recall == 1 else max(1.0, 100 * recall)


def sqloop(
    outcome: Outcome, gold: Gold | None, rejected: Sequence[Outcome] = (), copies: Copies = (), text: str = ""
) -> float:
    """Right 1; wrong at most 0.3, from F1 over rows and likeness; rejected before -0.05; failed -0.1.

    The worst of the original and its copies counts: what is right must be right everywhere.

    >>> from sqloop_trainer.gold import GoldText
    >>> found = Outcome("ok", rows=(("Rome",), ("Oslo",)))
    >>> [round(sqloop(found, GoldText(text)), 2) for text in ("Oslo, Rome", "Rome", "Rome, Paris", "Paris")]
    [1.0, 0.19, 0.18, 0.03]
    """
    worst = min(_sqloop_once(each, its) for each, its in ((outcome, gold), *copies))
    if worst < RIGHT and _is_known_wrong(outcome, rejected):
        return min(worst, KNOWN_WRONG)
    return worst


def binary(
    outcome: Outcome, gold: Gold | None, rejected: Sequence[Outcome] = (), copies: Copies = (), text: str = ""
) -> float:
    """1 for a right answer, on every copy too, else 0."""
    pairs = ((outcome, gold), *copies)
    return float(all(its is not None and _is_right(each, its) for each, its in pairs))


def structure(
    outcome: Outcome, gold: Gold | None, rejected: Sequence[Outcome] = (), copies: Copies = (), text: str = ""
) -> float:
    """As `sqloop`, but half of what a wrong answer is worth is for its query: tables, joins, aggregates.

    Right 1; wrong at most 0.3; rejected before -0.05; failed -0.1, and up to -0.05 for its query. What is
    alike is told in `sqloop_trainer.structure`; without a gold query there is nothing to be like.

    >>> from sqloop_trainer.gold import GoldRows
    >>> gold = GoldRows(Outcome("ok", rows=((7,),)), sql="SELECT COUNT(*) FROM town")
    >>> text = "SELECT COUNT(*) FROM town WHERE 0"
    >>> wrong, failed = Outcome("ok", rows=(("x",),)), Outcome("error")
    >>> [round(structure(each, gold, text=text), 3) for each in (wrong, failed)]
    [0.165, -0.05]
    """
    answered = sqloop(outcome, gold, rejected, copies)
    if gold is None or answered in (RIGHT, KNOWN_WRONG):
        return answered
    alike = gold.structure(text)
    return FAILED + (KNOWN_WRONG - FAILED) * alike if answered < 0 else (answered + PARTIAL * alike) / 2


def mock(
    outcome: Outcome, gold: Gold | None, rejected: Sequence[Outcome] = (), copies: Copies = (), text: str = ""
) -> float:
    """What `paper` pays for executing, as if everything did: the first sanity experiment of the paper.

    All candidates are worth the same, so a policy that is trained with it must stay as it is.
    """
    return 1.0


REWARDS: dict[str, Reward] = {
    "sqloop": sqloop,
    "paper": paper,
    "binary": binary,
    "structure": structure,
    "mock": mock,
}
"""By the name that the command line takes; the first is the default."""


def _sqloop_once(outcome: Outcome, gold: Gold | None) -> float:
    if outcome.status != "ok":
        return FAILED
    if gold is None:
        return 0.0
    if _is_right(outcome, gold):
        return RIGHT
    return PARTIAL * (_OVERLAP * gold.overlap(outcome) + (1 - _OVERLAP) * gold.likeness(outcome))


def _is_right(outcome: Outcome, gold: Gold) -> bool:
    return outcome.status == "ok" and gold.is_right(outcome)


def _is_known_wrong(outcome: Outcome, rejected: Sequence[Outcome]) -> bool:
    return any(same_answer(outcome, each) for each in rejected)
