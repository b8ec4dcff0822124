"""Follow-ups to a number: what is behind it, its share, a part of it; and the number of what was listed."""

from __future__ import annotations

import re

from sqloop.dialogue.editing import PLACE, without_mark
from sqloop.dialogue.topics import GOES_ON

_COUNT = re.compile(
    r"^(?:and\s+)?(?:how\s+many\s+(?:is\s+that|are\s+(?:that|there|they|these|those)|of\s+(?:them|those))"
    r"|count\s+(?:them|those|these))(?:\s+(?:in\s+all|altogether))?$",
    re.IGNORECASE,
)
_LISTED = re.compile(
    r"^(?:which|list\s+(?:all\s+)?(?:the\s+)?)\s*(?!(?:[\w-]+\s+){1,2}of\b)(?P<what>\w.*)$", re.IGNORECASE
)
"""Without "the names of all students": names are not what is counted."""
_THEIRS = re.compile(r",?\s+(?:and|with)\s+(?:their|its|his|her)\b[^,]*(?=,|$)", re.IGNORECASE)
_CUT = re.compile(r"\b(?:sort|order)(?:ed)?\s+by\b|\b(?:top|most|least|each|per)\b|\d", re.IGNORECASE)
_OUTPUT = re.compile(
    r"[?.]\s+(?:(?:show|give|list)\b[^,?.]*|(?:their|the|first|last|full)?[\w\s]*\bnames?)(?=[,?.]|$)"
    r"(?:,?\s*please)?",
    re.IGNORECASE,
)
SHARE = re.compile(
    r"^(?:and\s+)?(?:as\s+|(?:what|which|how\s+(?:big|large|high))(?:\s+is|['’]s)?\s+)?(?:a\s+|the\s+)?"
    r"(?P<share>per\s?cent(?:age)?|%|share|proportion|fraction)"
    r"(?P<base>\s+of\s+(?:all|the\s+(?:total|whole))\b[\w\s]*?)?(?:\s+(?:is|are|was|were|would)\s+"
    r"(?:that|this|those|these|they|it)(?:\s+be)?)?$",
    re.IGNORECASE,
)
_OF_THEM = re.compile(r"^(?:and\s+)?how\s+many\s+of\s+(?:them|these|those)\s+(?P<what>\w.*)$", re.IGNORECASE)
_SAYS = re.compile(rf"(?!{PLACE}\b)\w+\s+\w", re.IGNORECASE)
_ROWS = re.compile(
    r"^(?:and\s+)?(?:(?:which|what)(?:\s+(?:ones?|are|were|is)(?:\s+(?:they|those|these|that|it))?)?"
    r"|(?:show|list|give|name)\s+(?:me\s+)?(?:them|those|these))(?:\s*[?:,]\s*(?P<output>\S.*))?$",
    re.IGNORECASE,
)
_CLAIM = re.compile(
    r"^(?P<rows>(?:(?!(?:do|does|did|who|that|which)\b)[\w'’-]+\s+){1,9}?)(?:is|are|was|were|has|have|had)"
    rf"\s+(?!there\b)\w|^(?P<noun>[\w-]+s)\s+(?!{GOES_ON.pattern}|(?:are|were|have|do|did)\b)[^\W\d]+\s",
    re.IGNORECASE,
)
"""What is said of the rows that are counted, so that both are told apart."""
_MERE = re.compile(r"(?:[\w-]+\s+)?[\w-]+s$", re.IGNORECASE)
_THERE = re.compile(r"\s+(?:are|were)\s+there$", re.IGNORECASE)
_DID = re.compile(r"\b(?:do|does|did)\s+(?!(?:not|we|I|you)\b)", re.IGNORECASE)
_HOW_MANY = re.compile(r"^how\s+many\s+(?:of\s+)?(?P<what>\w.*)$", re.IGNORECASE)


def turn_number(question: str, text: str) -> str | None:
    """The full question where ``text`` asks on about what ``question`` counts, or how many it lists."""
    return (
        _count(question, text) or _rows(question, text) or _share(question, text) or _of_them(question, text)
    )


def _count(question: str, text: str) -> str | None:
    """
    >>> _count("Which albums are by AC/DC?", "how many is that")
    'How many albums are by AC/DC?'
    >>> _count("Which teachers are first aiders? First and last names, only in Rome", "how many are there")
    'How many teachers are first aiders, only in Rome?'
    >>> _count("Total per city?", "how many is that")
    """
    listed = _LISTED.match(_THEIRS.sub("", without_mark(_OUTPUT.sub("", question))))
    if not _COUNT.match(text) or listed is None or _CUT.search(question):
        return None
    return f"How many {listed['what']}?"


def _rows(question: str, text: str) -> str | None:
    """
    >>> _rows("How many apartments are vacant?", "which ones? code and rent")
    'Which apartments are vacant? code and rent'
    >>> _rows("How many members came, only in Rome?", "list them"), _rows("Total per city?", "which ones")
    ('Which members came, only in Rome?', None)
    >>> _rows("How many nights did guests stay?", "which ones")
    """
    found, counted = _ROWS.match(text), _HOW_MANY.match(question)
    if found is None or counted is None or _DID.search(question):
        return None
    if _CUT.search(question.partition(",")[0].partition(" in ")[0]):
        return None
    output = f" {found['output']}" if found["output"] else ""
    return f"Which {without_mark(counted['what'])}?{output}"


def _share(question: str, text: str) -> str | None:
    """
    >>> _share("How many jobs were cancelled?", "what percentage of all jobs is that")
    'What percentage of jobs were cancelled?'
    >>> _share("How many jobs were cancelled?", "as a % of all jobs")
    'What percentage of jobs were cancelled?'
    >>> _share("Total per city?", "what share is that")
    """
    found, counted = SHARE.match(text), _HOW_MANY.match(question)
    if found is None or counted is None or _asks_on(counted["what"]):
        return None
    claim = _CLAIM.match(counted["what"])
    rows = (claim["rows"] or claim["noun"]).split() if claim else []
    told = set((found["base"] or "").lower().split()) - {"of", "all", "the", "total", "whole"}
    if not rows or (found["base"] and len(rows) > 1 and told != {word.lower() for word in rows}):
        return None
    said = found["share"].lower()
    share = "percentage" if said.startswith(("per", "%")) else said
    return f"What {share} of {without_mark(counted['what'])}?"


def _of_them(question: str, text: str) -> str | None:
    """
    >>> _of_them("How many customers live in Bath?", "how many of them are active")
    'How many customers live in Bath and are active?'
    """
    found, counted = _OF_THEM.match(text), _HOW_MANY.match(question)
    if found is None or counted is None or not _SAYS.match(found["what"]) or re.search(r",| or ", question):
        return None
    rows, says = _THERE.sub("", without_mark(counted["what"])), _CLAIM.match(counted["what"])
    if not says and not _MERE.fullmatch(rows):
        return None
    return f"How many {rows} {'and ' if says else ''}{found['what']}?"


def _asks_on(text: str) -> bool:
    """Whether more is asked than is counted."""
    return (
        re.search(r",\s*(?:and\s+)?(?:how|what|which|who|list|show|by|per)\b", text, re.IGNORECASE)
        is not None
    )
