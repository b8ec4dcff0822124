"""Follow-ups whose full question is certain, put together from words that the user wrote.

Sorting, the first so many, and one value in the place of another that is stored in the same column. Whatever
else there is, is the model's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqloop.database.knowledge.value_index import ValueIndex
from sqloop.database.schema import Schema
from sqloop.database.words import identifier_stems, split_text
from sqloop.generation.prompts.forms import FollowUp
from sqloop.linking.link import ValueLink, is_sure, link_values

_SORT = re.compile(
    r"^(?:and\s+|now\s+|then\s+)?(?:sort|order)(?:ed)?(?:\s+(?:it|them|these|those|that))?\s+by\s+(?P<what>.+)$",
    re.IGNORECASE,
)
_SORTED = re.compile(
    r"\b(?:sort|order)(?:ed)?\s+by\b|\b(?:top|most|least|first|last|\w+est)\b", re.IGNORECASE
)
_OURS = re.compile(r", sorted by [^,]+$")
_FIRST = re.compile(
    r"^(?:only|just|show|give)?\s*(?:me\s+)?(?:the\s+)?first\s+(?P<count>\d+|two|three|five|ten)"
    r"(?:\s+(?:ones?|rows?|of\s+them))?$",
    re.IGNORECASE,
)
_COUNT = re.compile(
    r"^(?:and\s+)?(?:how\s+many\s+(?:is\s+that|are\s+(?:that|there|they|these|those)|of\s+(?:them|those))"
    r"|count\s+(?:them|those|these))(?:\s+(?:in\s+all|altogether))?$",
    re.IGNORECASE,
)
_LISTED = re.compile(r"^(?:which|list\s+(?:all\s+)?(?:the\s+)?)\s*(?P<what>\w.*)$", re.IGNORECASE)
_CUT = re.compile(r"\b(?:sort|order)(?:ed)?\s+by\b|\b(?:top|most|least|each|per)\b|\d", re.IGNORECASE)
_OUTPUT = re.compile(
    r"[?.]\s+(?:(?:show|give|list)\b[^,?.]*|(?:their|the|first|last|full)?[\w\s]*\bnames?)(?=[,?.]|$)"
    r"(?:,?\s*please)?",
    re.IGNORECASE,
)
_LIMITED = re.compile(r"\b(?:top|first|last|limit)\b", re.IGNORECASE)
_PLACE = r"(?:in|for|from|of|at|by|on)"
_OTHER = re.compile(
    r"^(?:and|(?:what|how)\s+about|(?:and\s+)?(?:the\s+)?same\s+for)\s+"
    rf"(?P<placed>(?:{_PLACE}\s+)?(?:the\s+)?)(?P<value>.+?)(?:\s+instead)?$",
    re.IGNORECASE,
)
_INSTEAD = re.compile(r"^(?:and\s+)?(?P<value>.+?)\s+instead\s+of\s+(?P<old>.+)$", re.IGNORECASE)
_GROUPS = re.compile(r"^(?:and\s+)?(?:by|per|(?:for|in)\s+each)\s+(?P<what>\w+(?:\s\w+)?)$", re.IGNORECASE)
_PLACED = re.compile(r"\b(?:in|from|for|at|of|with)\s+$", re.IGNORECASE)
_BEFORE = re.compile(rf"\b{_PLACE}\s+(?:the\s+)?$", re.IGNORECASE)
_COMPARED = re.compile(r"""(?P<column>\w+)["`]?\s*=\s*'(?P<value>[^']+)'""")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def apply_rules(follow_up: FollowUp, schema: Schema, index: ValueIndex) -> str | None:
    """The full question where a rule knows it, else None."""
    text = follow_up.text.strip().rstrip("?.!").strip()
    question = " ".join(follow_up.question.split())
    return (
        _sort(question, text)
        or _cut(question, text)
        or _count(question, text)
        or _instead(question, text)
        or _replace_year(question, text)
        or _each(question, text, follow_up.sql, schema, index)
        or _replace_value(question, text, schema, index)
        or _replace_used_value(question, text, follow_up.sql, schema, index)
    )


def _sort(question: str, text: str) -> str | None:
    """
    >>> _sort("Total per city?", "sort by total"), _sort("The oldest customers", "sort by name")
    ('Total per city, sorted by total?', None)
    """
    found = _SORT.match(text)
    bare = _OURS.sub("", _without_mark(question))
    if found is None or _SORTED.search(bare):
        return None
    return f"{bare}, sorted by {found['what']}{_mark(question)}"


def _cut(question: str, text: str) -> str | None:
    """
    >>> _cut("Customers in Rome, sorted by name", "only the first 3")
    'Customers in Rome, sorted by name, only the first 3'
    """
    found = _FIRST.match(text)
    if found is None or _LIMITED.search(question):
        return None
    return f"{_without_mark(question)}, only the first {found['count']}{_mark(question)}"


def _count(question: str, text: str) -> str | None:
    """
    >>> _count("Which albums are by AC/DC?", "how many is that")
    'How many albums are by AC/DC?'
    >>> _count("Which teachers are first aiders? First and last names, only in Rome", "how many are there")
    'How many teachers are first aiders, only in Rome?'
    >>> _count("Total per city?", "how many is that")
    """
    listed = _LISTED.match(_OUTPUT.sub("", question))
    if not _COUNT.match(text) or listed is None or _CUT.search(question):
        return None
    return f"How many {_without_mark(listed['what'])}?"


def _instead(question: str, text: str) -> str | None:
    """
    >>> _instead("How many customers in Rome?", "Oslo instead of Rome")
    'How many customers in Oslo?'
    """
    found = _INSTEAD.match(text)
    if found is None:
        return None
    places = [*re.finditer(rf"(?<!\w){re.escape(found['old'])}(?!\w)", question, re.IGNORECASE)]
    return _put(question, places[0].span(), found["value"]) if len(places) == 1 else None


def _replace_year(question: str, text: str) -> str | None:
    """
    >>> _replace_year("Orders in 2023?", "and in 2024"), _replace_year("From 2022 to 2023", "and 2024")
    ('Orders in 2024?', None)
    """
    found, years = _OTHER.match(text), [*_YEAR.finditer(question)]
    if found is None or len(years) != 1 or not _YEAR.fullmatch(found["value"]):
        return None
    return _put(question, years[0].span(), found["value"])


def _replace_value(question: str, text: str, schema: Schema, index: ValueIndex) -> str | None:
    found = _OTHER.match(text)
    if found is None:
        return None
    value = found["value"]
    new = [link for link in _sure(value, schema, index) if link.end - link.start == len(value)]
    if not new:  # More than a value is said, or something else.
        return None
    columns = _columns(new[0])
    old = [link for link in _sure(question, schema, index) if columns & _columns(link)]
    return _put_value(question, (old[0].start, old[0].end), found) if len(old) == 1 else None


def _replace_used_value(question: str, text: str, sql: str, schema: Schema, index: ValueIndex) -> str | None:
    """Also where the words are less sure ("and repairs?"): the query before used the old value."""
    found = _OTHER.match(text)
    if found is None:
        return None
    value = found["value"]
    new = [link for link in link_values(value, schema, index) if (link.start, link.end) == (0, len(value))]
    if not new:
        return None
    columns = _columns(new[0])
    old = {(link.start, link.end) for link in _used(question, sql, schema, index) if columns & _columns(link)}
    old |= _said(question, sql, {column for _, column in columns})
    return _put_value(question, old.pop(), found) if len(old) == 1 else None


def _said(question: str, sql: str, columns: set[str]) -> set[tuple[int, int]]:
    """Where the question says a value as its query does, whatever else that word may be.

    >>> _said("How many games were won?", "SELECT 1 FROM g WHERE outcome = 'won'", {"outcome"})
    {(20, 23)}
    """
    values = {each["value"] for each in _COMPARED.finditer(sql) if each["column"] in columns}
    words = [rf"(?<!\w){re.escape(value)}(?!\w)" for value in values]
    return {found.span() for word in words for found in re.finditer(word, question, re.IGNORECASE)}


def _put_value(question: str, place: tuple[int, int], found: re.Match[str]) -> str:
    """The new value with its own preposition, where it brings one and the old one has one, too."""
    before = _BEFORE.search(question[: place[0]])
    if found["placed"].strip() and before:
        return _put(question, (before.start(), place[1]), found["placed"] + found["value"])
    return _put(question, place, found["value"])


def _each(question: str, text: str, sql: str, schema: Schema, index: ValueIndex) -> str | None:
    """ "in France", then "and per country": "in each country"; both would be one row."""
    found = _GROUPS.match(text)
    if found is None:
        return None
    stems = tuple(word.stem for word in split_text(found["what"]))
    used = _used(question, sql, schema, index)
    old = [link for link in used if any(identifier_stems(column) == stems for _, column in _columns(link))]
    before = _PLACED.search(question[: old[0].start]) if len(old) == 1 else None
    return _put(question, (old[0].start, old[0].end), f"each {found['what']}") if before else None


def _used(question: str, sql: str, schema: Schema, index: ValueIndex) -> Sequence[ValueLink]:
    """The values of the question that its query compares with, as they are stored."""
    links = link_values(question, schema, index)
    return [link for link in links if any(f"'{match.value}'" in sql for match in link.matches)]


def _sure(text: str, schema: Schema, index: ValueIndex) -> Sequence[ValueLink]:
    return [link for link in link_values(text, schema, index) if is_sure(link, text)]


def _columns(link: ValueLink) -> set[tuple[str, str]]:
    return {(match.table, match.column) for match in link.matches}


def _put(question: str, place: tuple[int, int], text: str) -> str:
    return f"{question[: place[0]]}{text}{question[place[1] :]}"


def _mark(question: str) -> str:
    return question[-1] if question[-1:] in ("?", "!", ".") else ""


def _without_mark(question: str) -> str:
    return question.rstrip("?!. ")
