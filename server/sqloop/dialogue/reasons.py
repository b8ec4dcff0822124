"""Questions for reasons: whether one asks why an answer is what it is, or why something in the world is.

The first are answered by the explanation of the query. The others are questions like any other: a database
may well hold the reason why an order was cancelled. Told apart by their words, and by those of the answer.
"""

from __future__ import annotations

import re

from sqloop import english
from sqloop.database.words import split_text

_REASONS = re.compile(
    r"^\W*(?:(?:and|but|so|ok(?:ay)?)\b\W*)?(?P<lead>why|how\s+come|explain)\b(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_CLAUSE = re.compile(r"[?!.:;](?=\s)")

_MUCH = "|".join(sorted(english.AMOUNTS))
_AMOUNT = re.compile(
    rf"\b(?:so|too|as)\s+(?:{_MUCH})\b|\bonly\b"
    rf"|\bthere\b\W+(?:\w+\W+)?(?:\d+|no|none|nothing|more|fewer|less|{_MUCH})\b",
    re.IGNORECASE,
)
"""So few, only three, there are no …: what is asked about was counted before."""

_SHOWN = re.compile(
    r"\b(?:missing|listed|unlisted|included|excluded|le(?:ft|ave)\s+out|shown|twice|duplicated?|repeated)\b"
    r"|\bnot\s+(?:there|here|in\s+(?:it|there|here|the\s+(?:list|answer|results?|rows)))\b",
    re.IGNORECASE,
)
"""What happens to a row in an answer, not in the world."""

_BARE = re.compile(r"^\W*(?:not|only|just)?\b", re.IGNORECASE)

_MOST_NAMED = 3
"""Words of a name alone: "why Ann Smith?"."""


def asks_reasons(text: str) -> bool:
    """Whether it asks why, whatever of.

    >>> asks_reasons("Why is the sky blue?"), asks_reasons("who and why")
    (True, False)
    """
    return _REASONS.match(text) is not None


def asks_why(text: str, said: str = "") -> bool:
    """Whether it asks why an answer is what it is; ``said`` is what was asked and answered, if anything was.

    >>> asks_why("why so few?"), asks_why("and why is Rome missing"), asks_why("why is the sky blue?")
    (True, True, False)
    >>> why = "why does Ann have more orders?"
    >>> asks_why(why), asks_why(why, "How many orders for each customer?")
    (False, True)
    """
    found = _REASONS.match(text)
    if found is None:
        return False
    clauses = [each for each in _CLAUSE.split(found["rest"]) if each.strip()] or [""]
    content = _content(clauses[0])
    if not content or len(clauses) > 1:  # What is to be shown for a reason stands behind it.
        return not content
    if _AMOUNT.search(clauses[0]) or _SHOWN.search(clauses[0]):
        return True
    named = _words(_BARE.sub("", clauses[0]))
    if named == content and len(content) <= _MOST_NAMED and found["lead"].lower() == "why":
        return True
    known = {word.stem for word in split_text(said)}
    return bool(known) and all(stem in known or word[0].isupper() for word, stem in content)


def _content(text: str) -> list[tuple[str, str]]:
    """The words that are not those of every question about an answer, with their stems."""
    return [
        each for each in _words(text) if each[0].lower() not in english.OF_ANSWERS and not each[0].isdecimal()
    ]


def _words(text: str) -> list[tuple[str, str]]:
    return [(word.text, word.stem) for word in split_text(text) if word.text[:1].isalnum()]
