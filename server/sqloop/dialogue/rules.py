"""Follow-ups whose full question is certain, put together from words that the user wrote.

Sorting, the first so many, what is behind a number, its share, and one value, month or word in the place of
another. Whatever else there is, is the model's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sqloop import english
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
    r"^(?:(?:ok(?:ay)?|and|now|then|but)[,\s]+)*"
    r"(?:(?:(?:what|how)\s+about|(?:the\s+)?same(?:\s+thing)?(?:\s+again)?(?:\s+for|(?=\s+(?:in|with|of)\b))"
    r"|do\s+(?:it|that|the\s+same)\s+for)\s+)?"
    rf"(?:the\s+)?(?:ones\s+)?(?:{_PLACE}\s+)?(?:the\s+)?(?P<value>.+?)(?:\s+(?:instead|please|now|too))*$",
    re.IGNORECASE,
)
_SAYS_OTHER = re.compile(
    r"^(?:ok(?:ay)?[,\s]+)?(?:and|but|now|then|what|how|do|(?:the\s+)?same)\b|\binstead$", re.IGNORECASE
)
_INSTEAD = re.compile(r"^(?:and\s+|now\s+)?(?P<value>.+?)\s+instead\s+of\s+(?P<old>.+)$", re.IGNORECASE)
_SHARE = re.compile(
    r"^(?:and\s+)?(?:as\s+|(?:what|which|how\s+(?:big|large|high))(?:\s+is|['’]s)?\s+)?(?:a\s+|the\s+)?"
    r"(?P<share>per\s?cent(?:age)?|%|share|proportion|fraction)"
    r"(?:\s+of\s+(?:all|the\s+(?:total|whole))\b[\w\s]*?)?(?:\s+(?:is|are|was|were|would)\s+"
    r"(?:that|this|those|these|they|it)(?:\s+be)?)?$",
    re.IGNORECASE,
)
_OF_THEM = re.compile(r"^(?:and\s+)?how\s+many\s+of\s+(?:them|these|those)\s+(?P<what>\w.*)$", re.IGNORECASE)
_MAKE = re.compile(
    r"^(?:(?:ok|now|and|no),?\s+)*(?:make\s+(?:it|that)\s+)?(?:only\s+)?(?:the\s+)?(?P<top>top|first|last)\s+"
    r"(?P<count>\d+)(?:\s+instead)?$",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"^(?:(?:ok|now|and|but),?\s+)*(?:all|every)\b(?:\s+(?:of\s+them|the\s+\w+|[\w-]+)){0,3}\s+again"
    r"(?:\s*,?\s*(?:and|but)?\s*(?P<rest>\w.*))?$",
    re.IGNORECASE,
)
_ADDED = re.compile(
    r",\s+(?:only|just|without|except|excluding)\b[^,?.!]*(?=[?.!]?$)|,\s+[^,]+\bonly(?=[?.!]?$)",
    re.IGNORECASE,
)
_ROWS = re.compile(
    r"^(?:and\s+)?(?:(?:which|what|who)(?:\s+(?:ones?|are|were|is)(?:\s+(?:they|those|these|that|it))?)?"
    r"|(?:show|list|give|name)\s+(?:me\s+)?(?:them|those|these))(?:\s*[?:,]\s*(?P<output>\S.*))?$",
    re.IGNORECASE,
)
_HOW_MANY = re.compile(r"^how\s+many\s+(?P<what>\w.*)$", re.IGNORECASE)
_INCLUDE = re.compile(
    r"^(?:and\s+|also\s+|now\s+)*(?:include|add|with|count|plus)\s+(?:also\s+)?(?:the\s+)?(?P<word>[\w-]+)\s+ones?"
    r"(?:\s+(?:as\s+well|too|again))?$",
    re.IGNORECASE,
)
_ONES = re.compile(r"^(?P<word>[\w-]+)\s+ones?$", re.IGNORECASE)
_QUARTER = re.compile(r"\bQ[1-4]\b", re.IGNORECASE)
_MONTH = re.compile(rf"\b(?:{'|'.join(f'{name}|{name[:3]}' for name in english.MONTHS)})\b", re.IGNORECASE)
_GROUPS = re.compile(r"^(?:and\s+)?(?:by|per|(?:for|in)\s+each)\s+(?P<what>\w+(?:\s\w+)?)$", re.IGNORECASE)
_PLACED = re.compile(r"\b(?:in|from|for|at|of|with)\s+$", re.IGNORECASE)
_COMPARED = re.compile(r"""(?P<column>\w+)["`]?\s*=\s*'(?P<value>[^']+)'""")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def apply_rules(follow_up: FollowUp, schema: Schema, index: ValueIndex) -> str | None:
    """The full question where a rule knows it, else None."""
    text = follow_up.text.strip().rstrip("?.!").strip()
    question = " ".join(follow_up.question.split())
    if (again := _again(question, text)) is not None:
        whole, rest = again
        if not rest:
            return whole
        then = FollowUp(f"and {rest}", whole, follow_up.sql)
        return apply_rules(then, schema, index) or f"{_without_mark(whole)}, {rest}{_mark(whole)}"
    return (
        _sort(question, text)
        or _cut(question, text)
        or _count(question, text)
        or _rows(question, text)
        or _share(question, text)
        or _of_them(question, text)
        or _make(question, text)
        or _instead(question, text)
        or _include(question, text)
        or _replace_period(question, text)
        or _replace_opposite(question, text)
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


def _rows(question: str, text: str) -> str | None:
    """
    >>> _rows("How many apartments are vacant?", "which ones? code and rent")
    'Which apartments are vacant? code and rent'
    >>> _rows("How many members came, only in Rome?", "who are they"), _rows("Total per city?", "which ones")
    ('Which members came, only in Rome?', None)
    """
    found, counted = _ROWS.match(text), _HOW_MANY.match(question)
    if found is None or counted is None or _CUT.search(question.partition(",")[0].partition(" in ")[0]):
        return None
    output = f" {found['output']}" if found["output"] else ""
    return f"Which {_without_mark(counted['what'])}?{output}"


def _share(question: str, text: str) -> str | None:
    """
    >>> _share("How many jobs were cancelled?", "what percentage of all jobs is that")
    'What percentage of jobs were cancelled?'
    >>> _share("How many jobs were cancelled?", "as a % of all jobs")
    'What percentage of jobs were cancelled?'
    >>> _share("Total per city?", "what share is that")
    """
    found, counted = _SHARE.match(text), _HOW_MANY.match(question)
    if found is None or counted is None or _asks_on(counted["what"]):
        return None
    said = found["share"].lower()
    share = "percentage" if said.startswith(("per", "%")) else said
    return f"What {share} of {_without_mark(counted['what'])}?"


def _of_them(question: str, text: str) -> str | None:
    """
    >>> _of_them("How many customers live in Bath?", "how many of them are active")
    'How many customers live in Bath and are active?'
    """
    found, counted = _OF_THEM.match(text), _HOW_MANY.match(question)
    if found is None or counted is None or "," in question or _asks_on(counted["what"]):
        return None
    says = re.search(r"\b(?:is|are|was|were|do|does|did|have|has|had|live|\w+ed)\b", counted["what"])
    return f"{_without_mark(question)} {'and ' if says else ''}{found['what']}?"


def _asks_on(text: str) -> bool:
    """Whether more is asked than is counted."""
    return (
        re.search(r",\s*(?:and\s+)?(?:how|what|which|who|list|show|by|per)\b", text, re.IGNORECASE)
        is not None
    )


def _make(question: str, text: str) -> str | None:
    """
    >>> _make("Books per genre, only the top 3?", "make that the top 5")
    'Books per genre, only the top 5?'
    """
    found = _MAKE.match(text)
    if found is None:
        return None
    places = [*re.finditer(rf"\b{found['top']}\s+(?P<count>\d+)\b", question, re.IGNORECASE)]
    return _put(question, places[0].span("count"), found["count"]) if len(places) == 1 else None


def _again(question: str, text: str) -> tuple[str, str] | None:
    """The question without the condition that was put behind it last, and what else is said.

    >>> _again("How many sales in 2024, only the web ones?", "all channels again, but per month")
    ('How many sales in 2024?', 'per month')
    """
    found, added = _AGAIN.match(text), _ADDED.search(question)
    if found is None or added is None:
        return None
    return question[: added.start()] + question[added.end() :], found["rest"] or ""


def _instead(question: str, text: str) -> str | None:
    """
    >>> _instead("How many customers in Rome?", "Oslo instead of Rome")
    'How many customers in Oslo?'
    >>> _instead("Sales by category?", "by month instead of category")
    'Sales by month?'
    """
    found = _INSTEAD.match(text)
    if found is None:
        return None
    old = rf"(?<!\w){re.escape(found['old'])}(?!\w)"
    first = found["value"].partition(" ")[0]
    if re.fullmatch(rf"by|per|{_PLACE}", first, re.IGNORECASE):
        old = rf"(?:(?<!\w){first}\s+)?{old}"
    places = [*re.finditer(old, question, re.IGNORECASE)]
    return _put(question, places[0].span(), found["value"]) if len(places) == 1 else None


def _include(question: str, text: str) -> str | None:
    """
    >>> _include("How many active members per city?", "include the inactive ones as well")
    'How many members per city?'
    """
    found = _INCLUDE.match(text)
    place = _find_opposite(question, found["word"]) if found else None
    return " ".join(_put(question, place, "").split()) if place else None


def _replace_period(question: str, text: str) -> str | None:
    """A year, month or quarter in the place of the only one there is.

    >>> _replace_period("Orders in 2023?", "and in 2024"), _replace_period("From 2022 to 2023", "and 2024")
    ('Orders in 2024?', None)
    >>> _replace_period("Unpaid invoices of June 2026?", "and for September")
    'Unpaid invoices of September 2026?'
    """
    found = _OTHER.match(text)
    if found is None or not _SAYS_OTHER.search(text):
        return None
    put = question
    rest = found["value"]
    for kind in (_YEAR, _MONTH, _QUARTER):
        new, old = [*kind.finditer(found["value"])], [*kind.finditer(put)]
        if not new:
            continue
        if len(new) > 1 or len(old) != 1:
            return None
        put = _put(put, old[0].span(), new[0][0])
        rest = rest.replace(new[0][0], "")
    return put if put != question and not rest.strip(" ,of") else None


def _replace_opposite(question: str, text: str) -> str | None:
    """
    >>> _replace_opposite("How many damaged copies per shop?", "and undamaged ones")
    'How many undamaged copies per shop?'
    """
    found = _OTHER.match(text)
    ones = _ONES.match(found["value"]) if found and _SAYS_OTHER.search(text) else None
    place = _find_opposite(question, ones["word"]) if ones else None
    return _put(question, place, ones["word"]) if ones and place else None


def _find_opposite(question: str, word: str) -> tuple[int, int] | None:
    """Where the question says the opposite of a word, once."""
    opposites = {f"{start}{joint}{word}".lower() for start in english.OPPOSITE for joint in ("", "-")}
    opposites |= {
        word.lower()[len(start) :].lstrip("-") for start in english.OPPOSITE if word.lower().startswith(start)
    }
    places = [each.span() for each in re.finditer(r"[\w-]+", question) if each[0].lower() in opposites]
    return places[0] if len(places) == 1 else None


def _replace_value(question: str, text: str, schema: Schema, index: ValueIndex) -> str | None:
    found = _OTHER.match(text)
    if found is None or not _SAYS_OTHER.search(text):
        return None
    value = found["value"]
    new = [link for link in _sure(value, schema, index) if link.end - link.start == len(value)]
    if not new:  # More than a value is said, or something else.
        return None
    columns = _columns(new[0])
    old = [link for link in _sure(question, schema, index) if columns & _columns(link)]
    return _put(question, (old[0].start, old[0].end), value) if len(old) == 1 else None


def _replace_used_value(question: str, text: str, sql: str, schema: Schema, index: ValueIndex) -> str | None:
    """Also where the words are less sure ("and repairs?"): the query before used the old value.

    The name of the column, or one noun behind, may stand beside the new one ("and for status Done?"); each
    part of a name may be a value of its own ("and Helen Doyle?").
    """
    found = _OTHER.match(text)
    if found is None or not _SAYS_OTHER.search(text):
        return None
    value = re.sub(r"\s+ones?$", "", found["value"])

    def find_old(columns: set[tuple[str, str]]) -> tuple[int, int] | None:
        used = _used(question, sql, schema, index)
        old = {(link.start, link.end) for link in used if columns & _columns(link)}
        old |= _said(question, sql, {column for _, column in columns})
        return old.pop() if len(old) == 1 else None

    for (start, end), columns in _stored(value, schema, index):
        beside = split_text(value[:start] + value[end:])
        named = {stem for _, column in columns for stem in identifier_stems(column)}
        if all(word.stem in named for word in beside):
            new = value[start:end]
        elif len(beside) == 1 and start == 0 and not index.whole([beside[0].stem]):
            new = value
        else:
            continue
        if (place := find_old(columns)) is not None:
            return _put(question, place, new)
    parts = [(word, index.whole([word.stem])) for word in split_text(value)]
    places = [find_old({(each.table, each.column) for each in matches}) for _, matches in parts]
    if len(parts) < 2 or None in places or len(set(places)) < len(parts):
        return None
    for place, (word, _) in sorted(
        zip(places, parts, strict=True), key=lambda each: each[0] or (), reverse=True
    ):
        question = _put(question, place or (0, 0), word.text)
    return question


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
