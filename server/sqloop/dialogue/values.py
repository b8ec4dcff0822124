"""One stored value in the place of another: "and in Oslo?", "and for status Done?", "and Helen Doyle?"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from sqloop import english
from sqloop.database.knowledge.value_index import ValueIndex
from sqloop.database.schema import Schema
from sqloop.database.words import identifier_stems, split_text, stem
from sqloop.dialogue.editing import PLACE, put, said_instead, without_filler
from sqloop.linking.link import ValueLink, is_sure, link_values

_GROUPS = re.compile(
    r"^(?:and\s+)?(?:by|per|(?:(?:for|in)\s+)?(?:each|every))\s+(?P<what>\w+(?:\s\w+)?)$",
    re.IGNORECASE,
)
_NAMING = frozenset(stem(word) for word in ("name", "title", "label"))
"""Words of columns that name a row of their table."""
_LED = re.compile(rf"^{PLACE}\s+(?:the\s+)?", re.IGNORECASE)
_TOGETHER = re.compile(r"\s+(?:together|combined)$", re.IGNORECASE)
_PARTS = re.compile(r",\s+(?:and\s+|or\s+)?|\s+(?:and|or|&)\s+", re.IGNORECASE)
_MORE = re.compile(
    r"^(?:(?:and|also|now|please)\s+)*(?:include|add|count|plus)\s+(?:also\s+)?(?:the\s+)?(?P<value>.+?)(?:\s+ones?)?"
    r"(?:\s+(?:as\s+well|too|also|in))?$",
    re.IGNORECASE,
)
FindOld = Callable[[set[tuple[str, str]]], tuple[int, int] | None]
"""Where the one value stands that a question has of some columns."""
_HOW_MANY = re.compile(r"^how\s+many\s+(?:(?:are|is|were|was)\s+)?(?:the\s+)?", re.IGNORECASE)
_PLACED = re.compile(r"\b(?:in|from|for|at|of|with)\s+$", re.IGNORECASE)
_COMPARED = re.compile(r"""(?P<column>\w+)["`]?\s*=\s*'(?P<value>[^']+)'""")


def replace_value(question: str, text: str, sql: str, schema: Schema, index: ValueIndex) -> str | None:
    """The full question, where ``text`` says a value of the column that one of ``question`` is of.

    ``sql`` is the query of the answer before.
    """
    return (
        _each(question, text, sql, schema, index)
        or _replace_sure(question, text, schema, index)
        or _replace_used(question, text, sql, schema, index)
    )


def add_value(question: str, text: str, sql: str, schema: Schema, index: ValueIndex) -> str | None:
    """The full question, where ``text`` includes another value of the column that one of it is of.

    ``sql`` is the query of the answer before.
    """
    found = _MORE.match(text)
    value = found["value"] if found else ""
    columns = {(each.table, each.column) for each in index.whole(word.stem for word in split_text(value))}
    old = {(link.start, link.end) for link in _used(question, sql, schema, index) if columns & _columns(link)}
    old |= _said(question, sql, {column for _, column in columns})
    if len(old) != 1:
        return None
    start, end = old.pop()
    return (
        None if question[start:end].lower() == value.lower() else put(question, (end, end), f" and {value}")
    )


def _replace_sure(question: str, text: str, schema: Schema, index: ValueIndex) -> str | None:
    value = said_instead(text) or _LED.sub("", text)
    new = [link for link in _sure(value, schema, index) if link.end - link.start == len(value)]
    if not new:  # More than a value is said, or something else.
        return None
    columns = _columns(new[0])
    sure = _sure(question, schema, index)
    place = _find_place(question, text, {(link.start, link.end) for link in sure if columns & _columns(link)})
    return _put_value(question, place, value, schema, index) if place else None


def _replace_used(question: str, text: str, sql: str, schema: Schema, index: ValueIndex) -> str | None:
    """Also where the words are less sure ("and repairs?"): the query before used the old value.

    The name of the column, or a word of the question, may stand beside the new one ("and for status Done?",
    "and by Dr Doyle?"); each part of a name may be a value of its own ("and Helen Doyle?").
    """
    other = said_instead(text) or (_LED.sub("", text) if _LED.match(text) else None)
    if other is None:
        return None
    value = _HOW_MANY.sub("", re.sub(r"\s+ones?$", "", other))
    bare = without_filler(text, "and")
    if index.whole(word.stem for word in split_text(bare)):
        value = bare  # "In transit" is a value.

    def find_old(columns: set[tuple[str, str]]) -> tuple[int, int] | None:
        used = _used(question, sql, schema, index)
        old = {(link.start, link.end) for link in used if columns & _columns(link)}
        old |= _said(question, sql, {column for _, column in columns})
        return _find_place(question, text, old)

    known = {word.stem for word in split_text(question) if word.text.lower() not in english.QUESTION}
    for (start, end), columns in _stored(value, schema, index):
        beside = split_text(value[:start] + value[end:])
        named = {stem for _, column in columns for stem in identifier_stems(column)}
        if any(word.stem not in named | known for word in beside):
            continue
        if (place := find_old(columns)) is not None:
            return _put_value(question, place, value[start:end], schema, index)
    if (place := _find_shared(_TOGETHER.sub("", value), find_old, index)) is not None:
        return _put_value(question, place, _TOGETHER.sub("", value), schema, index)
    parts = [(word, index.whole([word.stem])) for word in split_text(value)]
    places = [find_old({(each.table, each.column) for each in matches}) for _, matches in parts]
    if len(parts) < 2 or None in places or len(set(places)) < len(parts):
        return None
    for place, (word, _) in sorted(
        zip(places, parts, strict=True), key=lambda each: each[0] or (), reverse=True
    ):
        question = put(question, place or (0, 0), word.text)
    return question


def _find_place(question: str, text: str, places: set[tuple[int, int]]) -> tuple[int, int] | None:
    """The only place; "from" and "to" tell two apart.

    >>> _find_place("From Oslo to Rome", "and to Bergen", {(5, 9), (13, 17)})
    (13, 17)
    """
    led = re.match(r"(?:and\s+)?(from|to)\b", text, re.IGNORECASE)
    other = {"from": "to", "to": "from"}[led[1].lower()] if led else None
    kept = [each for each in places if question[: each[0]].lower().split()[-1:] != [other]]
    return kept[0] if len(kept) == 1 else None


def _put_value(question: str, place: tuple[int, int], value: str, schema: Schema, index: ValueIndex) -> str:
    """The question with that value, in the singular before a noun ("a suite room", as it is stored).

    Both parts of a name go, where they are columns of their own: another first name is another person.
    """
    start, end = place
    tables = {
        (link.start, link.end): {
            table for table, column in _columns(link) if not _NAMING.isdisjoint(identifier_stems(column))
        }
        for link in link_values(question, schema, index)
    }
    for (one, other), theirs in tables.items():
        if theirs & tables.get(place, set()) and question[min(end, other) : max(start, one)] == " ":
            start, end = min(start, one), max(end, other)
    before_noun = re.match(rf"[^\Ws]\s+(?!{PLACE}\b)\w", question[end - 1 :], re.IGNORECASE)
    if value.endswith("s") and before_noun:
        stored = [each.value.lower() for each in index.whole(word.stem for word in split_text(value))]
        value = value[:-1] if value[:-1].lower() in stored else value
    return put(question, (start, end), value)


def _find_shared(value: str, find_old: FindOld, index: ValueIndex) -> tuple[int, int] | None:
    """The place of the one value that several take: "and Salem and Eugene", all of one column."""
    texts = _PARTS.split(value)
    found = [index.whole(word.stem for word in split_text(each)) for each in texts]
    columns = [{(each.table, each.column) for each in matches} for matches in found]
    shared = set.intersection(*columns)
    return find_old(shared) if len(texts) > 1 and shared else None


def _stored(
    text: str, schema: Schema, index: ValueIndex
) -> Iterator[tuple[tuple[int, int], set[tuple[str, str]]]]:
    """Parts of a text that are stored values, with the columns that hold them: the whole of it first.

    A value may be called as a table is, which is why no link is made for it.
    """
    words = split_text(text)
    for some in (words, words[:-1], words[1:]):
        if some and (found := index.whole(word.stem for word in some)):
            yield (some[0].start, some[-1].end), {(each.table, each.column) for each in found}
    for link in link_values(text, schema, index):
        yield (link.start, link.end), _columns(link)


def _said(question: str, sql: str, columns: set[str]) -> set[tuple[int, int]]:
    """Where the question says a value as its query does, whatever else that word may be.

    >>> _said("How many games were won?", "SELECT 1 FROM g WHERE outcome = 'won'", {"outcome"})
    {(20, 23)}
    """
    values = {each["value"] for each in _COMPARED.finditer(sql) if each["column"] in columns}
    words = [rf"(?<!\w){re.escape(value)}(?!\w)" for value in values]
    return {found.span() for word in words for found in re.finditer(word, question, re.IGNORECASE)}


def _each(question: str, text: str, sql: str, schema: Schema, index: ValueIndex) -> str | None:
    """ "in France", then "and per country": "in each country"; both would be one row."""
    found = _GROUPS.match(without_filler(text, "and"))
    if found is None:
        return None
    stems = tuple(word.stem for word in split_text(found["what"]))
    used = _used(question, sql, schema, index)
    old = [link for link in used if any(_calls(stems, *column) for column in _columns(link))]
    if len(old) != 1:
        return None
    noun = re.match(rf"\s+{re.escape(found['what'])}\b", question[old[0].end :], re.IGNORECASE)
    start, end = old[0].start, old[0].end + (noun.end() if noun else 0)
    the = re.search(r"\bthe\s+$", question[:start], re.IGNORECASE)
    start = the.start() if the else start
    return put(question, (start, end), f"each {found['what']}") if _PLACED.search(question[:start]) else None


def _calls(stems: tuple[str, ...], table: str, column: str) -> bool:
    """Whether people may call a value of that column so: by the column, or by the table that it names."""
    return identifier_stems(column) == stems or (
        identifier_stems(table) == stems and not set(identifier_stems(column)).isdisjoint(_NAMING)
    )


def _used(question: str, sql: str, schema: Schema, index: ValueIndex) -> Sequence[ValueLink]:
    """The values of the question that its query compares with, as they are stored."""
    links = link_values(question, schema, index)
    return [link for link in links if any(f"'{match.value}'" in sql for match in link.matches)]


def _sure(text: str, schema: Schema, index: ValueIndex) -> Sequence[ValueLink]:
    return [link for link in link_values(text, schema, index) if is_sure(link, text)]


def _columns(link: ValueLink) -> set[tuple[str, str]]:
    return {(match.table, match.column) for match in link.matches}
