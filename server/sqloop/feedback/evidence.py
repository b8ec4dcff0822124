"""How much a verdict weighs, whoever uses it: memory, and what `trainer retrain` learns from.

A person who accepts has looked at an answer. One who took a suggestion with Tab and kept it has said nothing:
an editor concluded it (`Event.inferred`), and half of that is habit: twice kept is as good as accepted. A
rejection weighs most: nobody rejects by habit. An edit is typed by hand, concluded or not. The numbers are
chosen, not measured.
"""

from __future__ import annotations

from sqloop.feedback.events import Kind

SURE = 1.0
"""What one explicit acceptance weighs: from here on SQL is taken for the answer to its question."""

_SAID: dict[Kind, float] = {"accepted": SURE, "edited": SURE, "rejected": 1.5}
_INFERRED: dict[Kind, float] = {"accepted": 0.5, "edited": SURE, "rejected": 0.5}


def weight_of(kind: Kind, inferred: bool) -> float:
    """What a verdict weighs; what judges nothing weighs nothing.

    >>> weight_of("accepted", inferred=False), weight_of("accepted", inferred=True), weight_of("ran", False)
    (1.0, 0.5, 0.0)
    """
    return (_INFERRED if inferred else _SAID).get(kind, 0.0)
