"""Whether a text refers to the answer before, or stands alone.

In doubt it stands alone, as most questions do. A wrong guess the other way costs a look: the full question is
shown before it is asked, and may be edited.
"""

from __future__ import annotations

import re

from sqloop import english
from sqloop.dialogue.editing import without_filler
from sqloop.dialogue.reasons import asks_reasons, asks_why

_GOES_ON = re.compile(
    r"""
      (?:and|or|but|also|then|now|only|just|instead|same|the\s+same|rather|not|no|yes|ok(?:ay)?)\b(?!-)
    | (?:what|how)\s+about\b
    | (?:without|except|excluding|including|minus|plus|ignoring)\b
    | (?:re)?(?:sort|order|group|break|split|filter|limit|restrict|narrow)(?:ed)?\s+
      (?:by|it|them|these|those|that|this|to|for|down|up|on|out)\b
    | (?:counting|considering|ignoring|based\s+on)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_EDITS = re.compile(
    r"""
      (?:add(?!\s+up|-)|remove|exclude|include|forget|skip|keep|turn|round|swap|reverse)\b
    | drop\b(?!\s+(?:of|rates?|in|by|per)\b)
    | (?:leave|take)\s+(?:out|off|away|only|just|all|the(?!\s+average)|that|it|this|those|these|them|any)\b
    | put(?=.*\b(?:next\s+to|beside|behind|before|after|first|last|in\s+front|at\s+the\s+end)\b)
    | make\s+(?:it|them|that)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""What no question of its own begins with."""
_PART = re.compile(
    r"(?:with|by|per(?!\s+cent)|in|for|from|since|before|after|until|during|between|of|as|at|on|over|under|above|below)\b",
    re.IGNORECASE,
)
_MOST = re.compile(
    r"(?:the\s+)?(?:top|bottom|first|last|next|largest|smallest|highest|lowest|oldest|newest|latest|best|worst)\b",
    re.IGNORECASE,
)
_LONGEST_PART, _LONGEST_LIST, _LONGEST_MOST = 8, 6, 3
"""Words of what begins so and is no question: "in Rome or Oslo", "by city, only 2024", "the top 5"."""

_REFERS = re.compile(
    r"""
      \b(?:it|its|they|them|their|theirs|the\s+(?:others?|rest))\b
    | \b(?:these|those|that)\b(?=\s*(?:$|[?.!,]|in\b|are\b))
    | \bones?\b(?!-) | \bof\s+(?:these|those)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_REFERS_ANYWHERE = re.compile(
    r"""
      ^(?:(?!\band\b)[^,:;.])*\b(?:is|are|was|were)\s+(?:that|those|these|they)\b
      (?=\s*(?:$|[?.!,]|(?:in|for|by|per|of)\b))
    | ^(?:and\s+)?how\s+many\s+(?:are|were)\s+there\W*$
    | ^(?:the\s+)?(?:\w+\s+){1,2}ones?\W*$ | ^(?!who|which|what)\w+\s+(?:\w+\s+)?first\W*$
    | ^(?:\w+\s+){1,3}only(?:\s+please)?\W*$ | ,\s*(?:the\s+)?same\s+\w+\W*$
    | ^(?!who|which|what|list|show|give)\w+(?:\s+\w+){0,2}\s+(?:first|on\s+top)\s*(?:$|[,.])
    | ^(?:(?:who|what|which|how\s+many)\s+)?(?:is\s+|are\s+|was\s+|were\s+)?the\s+\w+\s+ones\b
    | ^(?:(?!\band\b)[^,:;.?])*\b(?:each|any|none|some|which)\s+of\s+(?:them|these|those)\b
    | \bthese\b(?=\s*(?:$|[?.!]|in\b))
    | ^(?:(?:show|give|list)\s+(?:me\s+)?)?(?:only|just)\s+(?:the\s+ones|those\s+(?:who|that|where|with))\b
    | ^what\s+(?:is|was|do|does|did|would|will)\s+(?:that|they|these|those)\s+(?:all\s+)?
      (?:be|make|come|add|amount|sum|cost)\b
    | \b(?:is|was|are|were)\s+(?:that|it|they)\s+
      (?:about|altogether|in\s+(?:total|all)|on\s+average|over\s+all|the\s+year)\b
    | ^all\b(?:\s+(?!who|which|that)[\w-]+){1,3}\s+again\b | ^as\s+a\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_REFERS_BRIEFLY = re.compile(
    r"""
      (?:,\s+(?:and\s+)?not|\brather\s+than)\s+(?:(?:the|by|per)\s+)?[\w-]+(?:\s+[\w-]+)?\W*$
    | ^(?:sorry|oops|no)\s*[,.!] | \bI\s+meant\b
    | ^(?:broken|(?:break|split)\s+(?:it|that|them|(?:the|those|these)\s+\w+))\s+(?:down|up)\s+by\b
    | ^(?:on\s+which\s+\w+,\s+)?how\s+many\s+(?:each\W*$|(?:per|(?:in|for|at)\s+each)\b)
    | ^(?:show|list|give)\s+(?:me\s+)?(?:these|those)\s+\w+\W*$
    | ^(?:show|list|give)\s+(?:me\s+)?the\s+\w+\s+ones\b
    | ^(?:show|include|list)\b.*\b(?:as\s+well|too)\W*$
    | ^(?:(?!and\b)[^,:;.?])*\b(?:sent|with|at|by|of|for|to)\s+(?:those|these|it|them)\W*$
    | ^the\s+(?:\d+|two|three|four|five|ten)\s+(?:most\s+\w+|\w+est)
      (?:\s+(?:only|with\s+us|of\s+(?:them|those)))?\W*$
    | ^\w+\s+at\s+the\s+(?:top|bottom)\W*$
    | ^(?!how|who|which|what).*\b(?:should|do|does)(?:\s*n[o'’]t|\s+not)\s+count\W*$
    | ^what['’]?s?\s.*(?<!\bare\s)(?<!\bis\s)(?<!\bfrom\s)\bthere\W*$
    | ^all\s+\w+,\s+(?:just|only|but)\b | ^that\s+\w+(?:\s+\w+)?\s+(?:for|per|by|in)\b
    | ^(?:(?!who|which|what|how)\w+\s+){1,3}ones\W*$
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""What refers to an answer where little more is said; in a long question such words mean something else."""
_BRIEF = 7
_FIRST = re.compile(r",\s+(?:(?:\w+\s+){1,2}first|as\s+an?\s+(?:percentage|share)\b[^,]*)\W*$", re.IGNORECASE)
_SPOKEN = re.compile(
    r"(?:(?:ok(?:ay)?|hm+)\b|(?:right|good|great|thanks|thank\s+you)[,.!]|(?:now|then)\b(?!.*\b(?:list|show|give|find|count)\b))",
    re.IGNORECASE,
)
"""What answers an answer."""
_INSTEAD = re.compile(r"\binstead\b", re.IGNORECASE)
_ASKS = re.compile(
    r"\b(?:what|which|who|whose|where|when|how\s+(?:many|much|long|old|often)|list|show|give|count|find)\b",
    re.IGNORECASE,
)


def is_follow_up(text: str) -> bool:
    """Whether ``text`` says something of the question before.

    >>> is_follow_up("and by country?"), is_follow_up("only 2023"), is_follow_up("how old are they?")
    (True, True, True)
    >>> is_follow_up("Customers and their orders"), is_follow_up("In 2023, how many orders were placed?")
    (False, False)
    """
    text, whole = without_filler(text.strip()), text.strip()
    if _EDITS.match(text) or (text != whole and _SPOKEN.match(whole)):
        return True
    count = len(text.split())
    if count <= _BRIEF and _REFERS_BRIEFLY.search(text):
        return True
    if asks_reasons(text):
        return asks_why(text)
    if _refers_back(text) or _INSTEAD.search(text) or _REFERS_ANYWHERE.search(text):
        return True
    asks = _ASKS.search(text)
    if _GOES_ON.match(text):
        return (
            asks is None
            or _refers_back(text)
            or re.match(r"(?:what|how|and|but|also|only|just|(?:the\s+)?same)\b", text, re.I) is not None
        )
    if _PART.match(text):
        bare = _FIRST.sub("", text)
        most = _LONGEST_LIST if "," in bare or ":" in bare else _LONGEST_PART
        return asks is None and len(bare.split()) <= most
    if _MOST.match(text):
        return asks is None and count <= _LONGEST_MOST
    return asks is None and count == 1


def _refers_back(text: str) -> bool:
    """Whether a pronoun has nothing before it in the text that it could stand for."""
    found = _REFERS.search(text)
    if found is None:
        return False
    return all(word.lower() in english.NOT_SAYING for word in re.findall(r"\w+", text[: found.start()]))
