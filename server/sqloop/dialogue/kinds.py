"""Whether a text refers to the answer before, stands alone, or asks why the answer is what it is.

A wrong guess costs little: the full question is shown before it is asked, and may be edited.
"""

from __future__ import annotations

import re

_BEGINS = re.compile(
    r"""
      (?:and|or|but|also|then|now|only|just|instead|same|rather|not|no|yes|ok(?:ay)?)\b
    | (?:what|how)\s+about\b | how\s+come\b | why\b
    | (?:with|without|except|excluding|including|minus|plus|ignoring)\b
    | (?:re)?(?:sort|order|group|break|split|filter|limit|restrict|narrow)(?:ed)?\b
    | (?:add|remove|drop|exclude|include|leave|skip|make\s+(?:it|them|that)|turn|round|swap|reverse)\b
    | (?:by|per|in|for|from|since|before|after|until|during|between|of|as|at|on|over|under|above|below)\b
    | (?:the\s+)?(?:top|bottom|first|last|largest|smallest|highest|lowest|oldest|newest|latest|best|worst)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_REFERS = re.compile(
    r"""
      \b(?:it|its|they|them|their|theirs|the\s+(?:same|others?|rest)|of\s+(?:these|those)|ones?)\b
    | \b(?:these|those|this|that)\b (?=\s*(?:$|[?.!,]|as\b|by\b|instead\b|again\b|too\b))
    """,
    re.IGNORECASE | re.VERBOSE,
)
_ASKS = re.compile(
    r"\b(?:what|which|who|whose|where|when|how\s+(?:many|much|long|old|often)|list|show|give|count|find)\b",
    re.IGNORECASE,
)
_WHY = re.compile(r"^\W*(?:and\s+|but\s+)?(?:why\b|how\s+come\b|explain\b)", re.IGNORECASE)
_SHORT = 3
"""Words that do not make a question of their own, unless they ask."""


def is_follow_up(text: str) -> bool:
    """Whether ``text`` says something of the question before.

    >>> is_follow_up("and by country?"), is_follow_up("only 2023"), is_follow_up("how old are they?")
    (True, True, True)
    >>> is_follow_up("How many customers are there?"), is_follow_up("In 2023, how many orders were placed?")
    (False, False)
    """
    text = text.strip()
    words = re.findall(r"\w+", text)
    if _REFERS.search(text) or asks_why(text):
        return True
    asks = _ASKS.search(text)
    if _BEGINS.match(text):
        return (
            asks is None or asks.start() == 0 or re.match(r"(?:what|how)\s+about\b", text, re.I) is not None
        )
    return asks is None and len(words) <= _SHORT


def asks_why(text: str) -> bool:
    """Whether it asks for the reasons of an answer rather than for another.

    >>> asks_why("why so few?"), asks_why("and why is Rome missing"), asks_why("who and why")
    (True, True, False)
    """
    return _WHY.match(text) is not None
