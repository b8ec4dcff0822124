"""How sure, as one word, and how many agree: what people are told instead of a probability."""

from __future__ import annotations

from typing import Literal

Certainty = Literal["sure", "likely", "guessing"]

SURE = 0.8
"""Confidence from which an answer is called sure."""

GUESS = 0.5
"""Confidence below which an answer is more likely wrong than right, and is called a guess."""


def name_certainty(confidence: float) -> Certainty:
    """The word for a confidence of 0.0 to 1.0.

    >>> name_certainty(0.93), name_certainty(0.5), name_certainty(0.2)
    ('sure', 'likely', 'guessing')
    """
    if confidence >= SURE:
        return "sure"
    return "likely" if confidence >= GUESS else "guessing"


def tell_votes(votes: int, proposed: int, sure: str = "") -> str:
    """How many of the queries that were proposed gave an answer; empty where only one was.

    Empty as well of an answer that is said to be a guess: "3 of 4 agree" would say the opposite.

    >>> tell_votes(3, 4), tell_votes(1, 4), tell_votes(1, 1), tell_votes(3, 4, "guessing")
    ('3 of 4 agree', '1 of 4 gave it', '', '')
    """
    if proposed <= 1 or sure == "guessing":
        return ""
    return f"{votes} of {proposed} {'agree' if votes > 1 else 'gave it'}"
