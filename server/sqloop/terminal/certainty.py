"""How sure, as one word, and how many agree: what people are told instead of a probability."""

from __future__ import annotations

from typing import Literal

Certainty = Literal["sure", "likely", "guessing"]

SURE = 0.8
"""Confidence from which an answer is called sure."""

GUESS = 0.5
"""Confidence below which an answer is more likely wrong than right, and is called a guess."""

TIED = "rows equal to the last one are left out"
"""What is said where the last row is equal in the order of a query to one that it left out."""

NOTHING = "no row has what it looks for"
"""What is said where a filter by a text left nothing."""

REJECTED = "you rejected it before"
"""What is said of an answer that was rejected for the same question, where there is no other."""

FROM_SCHEMA = "from the schema"
"""What is said of an answer that the catalogue gave."""


def name_certainty(confidence: float) -> Certainty:
    """The word for a confidence of 0.0 to 1.0.

    >>> name_certainty(0.93), name_certainty(0.5), name_certainty(0.2)
    ('sure', 'likely', 'guessing')
    """
    if confidence >= SURE:
        return "sure"
    return "likely" if confidence >= GUESS else "guessing"


def round_down(confidence: float, digits: int = 2) -> float:
    """A confidence with so many digits, never more than it is: 0.7999 is less than 0.8.

    >>> round_down(0.7999), round_down(0.57), round_down(0.99996, 4), f"{round_down(0.996):.0%}"
    (0.79, 0.57, 0.9999, '99%')
    """
    rounded = round(confidence, digits)
    return rounded if rounded <= confidence else round(rounded - 10**-digits, digits)


def tell_votes(votes: int, proposed: int, sure: str = "") -> str:
    """How many of the queries that were proposed gave an answer; empty where only one was.

    Empty as well where they would say the opposite of ``sure``, which rests on the probabilities that the
    model gives to its queries, not on their number: of a guess that most agree on, and of an answer that is
    called sure or likely though one query alone, or a minority, gave it.

    >>> tell_votes(3, 4), tell_votes(1, 4), tell_votes(1, 1), tell_votes(3, 4, "guessing")
    ('3 of 4 agree', '1 of 4 gave it', '', '')
    >>> [tell_votes(votes, 4, "sure") for votes in (1, 2, 3)], tell_votes(2, 5, "likely")
    (['', '2 of 4 agree', '3 of 4 agree'], '')
    """
    if proposed <= 1 or sure == "guessing" or (sure and (votes == 1 or 2 * votes < proposed)):
        return ""
    return f"{votes} of {proposed} {'agree' if votes > 1 else 'gave it'}"
