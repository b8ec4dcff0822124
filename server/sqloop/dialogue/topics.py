"""Follow-ups that ask for something else about the same rows: "Of the kegs filled in 2024, how many litres?".

Put behind the question as it is, they would be answered beside what it asked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqloop import english
from sqloop.dialogue.editing import without_mark

_LEADING = re.compile(r"^(?:(?:ok(?:ay)?|and|so|now|then|but|please)[,\s]+)+", re.IGNORECASE)
_ASKS = re.compile(
    r"(?:(?:what|how)(?!\s+about\b)|which|who(?:se)?|where|when|"
    r"(?:can\s+you\s+|could\s+you\s+)?(?:list|show|give|tell|name))\b",
    re.IGNORECASE,
)
_ADDS = re.compile(
    r"\b(?:also|too|as\s+well|add|next\s+to|along\s+with|only|just|(?:sort|order)(?:ed)?\s+by|again)\b"
    r"|\b(?:first|last|top)\s+(?:\d+|two|three|five|ten)\b",
    re.IGNORECASE,
)
_ONES = re.compile(r"(?:which|what)\s+ones", re.IGNORECASE)
_EACH = re.compile(r"\b(?:each|every|per)\b", re.IGNORECASE)
_AMOUNT = re.compile(
    r"(?:how\s+(?:many|much)|what(?:['’]s|\s+(?:is|are|was|were|would))?(?:\s+(?:the|their|its|a))*\s+(?:\w+\s+)?"
    r"(?:total|sum|average|mean|median|number|count|per\s?cent(?:age)?|%|share|proportion)"
    r"|what\s+do(?:es)?\s+(?:they|it|that|these|those)\s+(?:\w+\s+){0,2}(?:up\s+to|to|cost)|count)\b",
    re.IGNORECASE,
)

_COUNTED = re.compile(r"^how\s+(?:many|(?P<much>much))\s+(?:of\s+)?(?P<what>\w.*)$", re.IGNORECASE)
_LISTED = re.compile(
    r"^(?:which\s+(?:of\s+)?|(?:please\s+)?(?:list|show|give|find|name)(?:\s+me)?\s+(?:(?:all|every)\s+)?(?:of\s+)?"
    r"|(?=who\s))(?P<what>\w.*)$",
    re.IGNORECASE,
)
_OURS = re.compile(
    rf"^of (?P<topic>.+?), (?P<asked>{_ASKS.pattern}[^,]*)(?P<more>,.*)?$", re.IGNORECASE | re.DOTALL
)
_OF_THEM = re.compile(r"how\s+many\s+of\s+(?:them|these|those)\s+(?P<what>.+)", re.IGNORECASE)
_SHOWING = re.compile(
    r"(?:and\s+)?(?:add|show|with|sort|order|list|give|their|by|per|for\s+each)(?:ed)?\b|.*\bfirst$",
    re.IGNORECASE,
)
_VERB = re.compile(
    r"^(?P<noun>(?:[\w'’-]+\s+){1,8}?)(?P<verb>is|are|was|were|do|does|did|has|have|had|can|will)\b\s*"
    r"(?P<there>there\b\s*)?(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_RELATIVE = re.compile(r"\b(?:who|that|which|whose|where)\b", re.IGNORECASE)
_DETERMINED = re.compile(r"(?:the|our|my|your|their|his|her|its|these|those|all|this|that)\b", re.IGNORECASE)
_GOES_ON = re.compile(
    r"(?:in|for|from|of|at|by|on|with|without|to|per|under|over|above|below|between|since|before|after|until"
    r"|not|and|or|who|that|which|whose|where)\b|,",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Topic:
    """The rows that a question is about, as a noun phrase; ``counted`` where it asks for a number of them."""

    rows: str
    counted: bool


def ask_of_rows(question: str, text: str) -> str | None:
    """The full question where ``text`` asks for something else about what ``question`` counts or lists.

    After a list only another number is something else: "when were they sold?" is shown beside it.

    >>> ask_of_rows("How many kegs were filled in 2024?", "how many litres is that")
    'Of the kegs that were filled in 2024, how many litres is that?'
    >>> ask_of_rows("Which invoices are unpaid?", "and what's their total")
    "Of the invoices that are unpaid, what's their total?"
    >>> ask_of_rows("Which invoices are unpaid?", "who has to pay them")
    >>> ask_of_rows("Of the kegs filled in 2024, how many of them are empty?", "where are they")
    'Of the kegs filled in 2024, those that are empty, where are they?'
    """
    asked = _LEADING.sub("", text)
    topic = _find_topic(question)
    if topic is None or not _ASKS.match(asked) or _ADDS.search(asked) or _ONES.fullmatch(asked):
        return None
    if not topic.counted and (not _AMOUNT.match(asked) or _EACH.search(asked)):
        return None
    return f"Of {topic.rows}, {asked}?"


def _find_topic(question: str) -> _Topic | None:
    """
    >>> _find_topic("How many invoices did we issue in 2025?")
    _Topic(rows='the invoices we issue in 2025', counted=True)
    >>> _find_topic("How many customers live in Bath and get the newsletter?").rows
    'the customers that live in Bath and get the newsletter'
    >>> _find_topic("List our ships in port"), _find_topic("Sales per city")
    (_Topic(rows='our ships in port', counted=False), None)
    >>> _find_topic("Of the kegs filled in 2024, how many litres is that, only the small ones?")
    _Topic(rows='the kegs filled in 2024, only the small ones', counted=True)
    """
    bare = without_mark(question)
    if re.search(r"[?!]|\.\s", bare):  # Two sentences: what of them is asked for is not told apart.
        return None
    if ours := _OURS.match(bare):
        asked = ours["asked"]
        part = _OF_THEM.match(asked)
        fewer = f", those {_that(part['what'])}{part['what']}" if part else ""
        return _Topic(ours["topic"] + fewer + _narrowing(ours["more"]), _AMOUNT.match(asked) is not None)
    counted = _COUNTED.match(bare)
    found = counted or _LISTED.match(bare)
    if found is None:
        return None
    first, comma, more = found["what"].partition(",")
    if _ASKS.match(_LEADING.sub("", more.strip())):
        return None
    if re.search(r"\b(?:do|does|did)\s+(?:each|every)\b", first, re.IGNORECASE):
        return None  # What is counted for each site is no more than a number of the site.
    much = counted is not None and counted["much"] is not None
    return _Topic(_name_rows(first.strip(), much=much) + _narrowing(comma + more), counted is not None)


def _narrowing(more: str | None) -> str:
    """What was put behind a question that says which rows are meant, not what is shown of them, or how.

    >>> _narrowing(", only in 2024, with their prices, newest first")
    ', only in 2024'
    """
    return "".join(part for part in re.findall(r",[^,]*", more or "") if not _SHOWING.match(part[1:].strip()))


def _name_rows(what: str, *, much: bool) -> str:
    """What stands behind "how many", as a noun phrase.

    >>> _name_rows("customers are there in Rome", much=False), _name_rows("overdue bills", much=False)
    ('the customers in Rome', 'the overdue bills')
    >>> _name_rows("money came in by card", much=True), _name_rows("who has left", much=False)
    ('the money that came in by card', 'those who has left')
    """
    if re.match(r"who\b", what, re.IGNORECASE):
        return f"those {what}"
    the = "" if _DETERMINED.match(what) else "the "
    verb = _VERB.match(what)
    if verb is not None and not _RELATIVE.search(verb["noun"]):
        noun = verb["noun"].strip()
        if verb["verb"].lower() in ("do", "does", "did") or verb["there"]:
            return f"{the}{noun} {verb['rest']}".strip()
        return f"{the}{noun} that {verb['verb']} {verb['rest']}".strip()
    words = what.split()
    plural = next((i for i, word in enumerate(words[:4]) if _is_plural(word)), 0) if not much else 0
    rest = " ".join(words[plural + 1 :])
    return f"{the}{' '.join(words[: plural + 1])} {_that(rest)}{rest}".strip()


def _that(text: str) -> str:
    """What joins a verb to the noun before it; empty where no verb begins."""
    return "that " if text and not _GOES_ON.match(text) else ""


def _is_plural(word: str) -> bool:
    return (word.endswith("s") and not word.endswith("ss")) or word.lower() in english.PLURALS
