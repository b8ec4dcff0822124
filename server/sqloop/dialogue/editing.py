"""Questions as texts: a part of one exchanged, what takes its place, the mark at its end."""

from __future__ import annotations

import re

PLACE = r"(?:in|for|from|of|at|by|on)"
_OTHER = re.compile(
    r"^(?:(?:ok(?:ay)?|and|now|then|but)[,\s]+)*"
    r"(?:(?:(?:what|how)\s+about|(?:the\s+)?same(?:\s+thing)?(?:\s+again)?(?:\s+for|(?=\s+(?:in|with|of)\b))"
    r"|do\s+(?:it|that|the\s+same)\s+for"
    r"|how\s+(?:many|much)(?:\s+(?:is|are|was|were)\s+(?:it|there|they|that))?(?=\s+(?:in|for|from|of|at|on)\b))\s+)?"
    rf"(?:the\s+)?(?:ones\s+)?(?:{PLACE}\s+)?(?:the\s+)?(?P<value>.+?)(?:\s+(?:instead|please|now|too))*$",
    re.IGNORECASE,
)
_SAYS_OTHER = re.compile(
    r"^(?:ok(?:ay)?[,\s]+)?(?:and|but|now|then|what|how|do|(?:the\s+)?same)\b|\binstead$", re.IGNORECASE
)


def said_instead(text: str) -> str | None:
    """What a follow-up puts in the place of something; None where it does not say that it does.

    >>> said_instead("and in Oslo"), said_instead("what about the unpaid ones"), said_instead("only Oslo")
    ('Oslo', 'unpaid ones', None)
    """
    found = _OTHER.match(text)
    return found["value"] if found and _SAYS_OTHER.search(text) else None


def put(question: str, place: tuple[int, int], text: str) -> str:
    """The question with another text from place to place."""
    return f"{question[: place[0]]}{text}{question[place[1] :]}"


def mark_of(question: str) -> str:
    """The mark at its end; empty where it has none."""
    return question[-1] if question[-1:] in ("?", "!", ".") else ""


def without_mark(question: str) -> str:
    """The question without the mark at its end."""
    return question.rstrip("?!. ")
