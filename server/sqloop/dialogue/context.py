"""What a full question goes on from, so that the model is shown that query and keeps what it says."""

from __future__ import annotations

from collections import OrderedDict
from difflib import get_close_matches
from threading import Lock

from sqloop.generation.prompts.forms import Example, FollowUp

KEPT = 64
"""Follow-ups that are remembered; the oldest go first."""

LIKE = 0.8
"""How alike a question must be that its user has edited (`difflib`, 0 to 1)."""


class Followed:
    """The answers that full questions go on from; may be used from several threads at once."""

    def __init__(self) -> None:
        self._before: OrderedDict[str, FollowUp] = OrderedDict()
        self._lock = Lock()

    def remember(self, question: str, follow_up: FollowUp) -> str:
        """``question`` is what ``follow_up`` means; returned as it is."""
        with self._lock:
            self._before[question] = follow_up
            self._before.move_to_end(question)
            while len(self._before) > KEPT:
                self._before.popitem(last=False)
        return question

    def before(self, question: str) -> tuple[Example, ...]:
        """The question and query that ``question`` goes on from, also where it was edited; empty without.

        >>> followed = Followed()
        >>> followed.remember("Orders, only 2023?", FollowUp("only 2023", "Orders?", "SELECT 1"))
        'Orders, only 2023?'
        >>> followed.before("Orders, only in 2023?"), followed.before("Customers?")
        ((Example(question='Orders?', sql='SELECT 1'),), ())
        """
        with self._lock:
            near = get_close_matches(question, self._before, n=1, cutoff=LIKE)
            followed = [self._before[each] for each in near]
        return tuple(Example(each.question, each.sql) for each in followed if each.question != question)

    def follow_up(self, question: str) -> FollowUp | None:
        """What was said, where ``question`` was made of it and not edited."""
        with self._lock:
            return self._before.get(question)
