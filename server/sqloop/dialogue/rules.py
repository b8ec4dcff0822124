"""Follow-ups whose full question is certain, put together from words that the user wrote.

Sorting, the first so many, a condition taken back, and one month or word in the place of another; numbers and
stored values have modules of their own. Whatever else there is, is the model's.
"""

from __future__ import annotations

import re

from sqloop import english
from sqloop.database.knowledge.value_index import ValueIndex
from sqloop.database.schema import Schema
from sqloop.database.words import stem
from sqloop.dialogue.editing import (
    PLACE,
    mark_of,
    put,
    put_together,
    said_instead,
    without_filler,
    without_mark,
)
from sqloop.dialogue.grouping import count_groups, replace_group, without_group
from sqloop.dialogue.numbers import SHARE, turn_number
from sqloop.dialogue.periods import YEAR, replace_period
from sqloop.dialogue.topics import ask_of_rows
from sqloop.dialogue.values import add_value, replace_value
from sqloop.generation.prompts.forms import FollowUp

_SORT = re.compile(
    r"^(?:and\s+|now\s+|then\s+)?(?:sort(?:ed)?|order)(?:\s+(?:it|them|these|those|that))?\s+by\s+(?P<what>.+)$",
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
_LIMITED = re.compile(r"\b(?:top|first|last|limit)\b", re.IGNORECASE)
_INSTEAD = re.compile(
    r"^(?:(?:and|now|only|just|use|take|show(?:\s+me)?|I\s+want|do)\s+)*(?P<value>[^,]+?)(?:\s+(?:instead\s+of|rather\s+than)|,\s+(?:and\s+)?not(?!\s+the\b))\s+(?P<old>.+)$",
    re.IGNORECASE,
)
_PLEASE = re.compile(
    r"[,\s]+(?:please|pls|thanks|thank\s+you|sorry|then|(?:would|will)\s+(?:be\s+(?:better|nicer|nice|good|great)|do))\s*$"
    r"|['’]s$|\s+$",
    re.IGNORECASE,
)
_ONES_BEHIND = re.compile(r"\s+ones?$", re.IGNORECASE)
_MEANT = re.compile(
    r"^(?:(?:(?:sorry|oops|oh(?!,?\s+and\b)|wait|actually|pardon|my\s+mistake|no|nope|wrong)[,.!\s]+)+(?:I\s+mean(?:t)?\s+)?|I\s+mean(?:t)?\s+)"
    r"(?P<what>[^,;.]+?)(?:[,;.]\s*(?P<rest>\w.*))?$",
    re.IGNORECASE,
)
_LISTS = re.compile(
    r"^(?:(?:and|now|ok(?:ay)?|please)[,\s]+)*(?:which|who|list|show|give|name)\b", re.IGNORECASE
)
"""What asks for rows, of which a question before may have counted those of each group."""
_WITHOUT = re.compile(
    r"^(?:(?:and|now|but|(?:what|how)\s+about)\s+)*(?:the\s+ones\s+|those\s+|ones\s+)?(?P<word>with|without)(?:\s+(?:it|them|one|any|that))?$",
    re.IGNORECASE,
)
_PLACED = re.compile(r"^(?:in|for|from|of|at|on|to|with|about)\s+", re.IGNORECASE)
_THE = re.compile(r"^the\s+", re.IGNORECASE)
_MAKE = re.compile(
    r"^(?:(?:ok|now|and|no),?\s+)*(?P<make>make\s+(?:it|that)\s+)?(?:only\s+)?(?:the\s+)?"
    r"(?P<top>(?(make)(?:(?:top|first|last)\s+)?|(?:top|first|last)\s+))(?P<count>\d{1,3})(?:\s+instead)?$",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"^(?:(?:ok|now|and|but),?\s+)*(?:all|any|every)\b(?:\s+(?:of\s+them|the\s+\w+|[\w-]+)){0,3}\s+again"
    r"(?:\s*,?\s*(?:and|but)?\s*(?P<rest>\w.*))?$",
    re.IGNORECASE,
)
_ADDED = re.compile(
    r",\s+(?:only|just|without|except|excluding)\b[^,?.!]*(?=[?.!]?$)|,\s+[^,]+\bonly(?=[?.!]?$)",
    re.IGNORECASE,
)
_INCLUDE = re.compile(
    r"^(?:and\s+|also\s+|now\s+)*(?:include|add|with|count|plus)\s+(?:also\s+)?(?:the\s+)?(?P<word>[\w-]+)\s+ones?"
    r"(?:\s+(?:as\s+well|too|again))?$",
    re.IGNORECASE,
)
_ONES = re.compile(r"^(?P<word>[\w-]+)\s+ones?$", re.IGNORECASE)
_OF_ALL = r"(?:average|mean|median|total|maximum|minimum)"
_AMOUNT = rf"(?:{_OF_ALL}|highest|lowest)"
_EXTREME = re.compile(
    rf"(?<!\bat )\b(?:(?:most|least)\s+(?!(?:{PLACE}|first|last|\w+s)\b)\w+|{_OF_ALL}"
    rf"|{'|'.join(sorted(english.SUPERLATIVES - {'most'}))})\b",
    re.IGNORECASE,
)
_SO_MANY = r"(?:\d+|two|three|four|five|six|seven|eight|nine|ten)"
_DEGREE = re.compile(r"(?<!\bat )\b(?:most|least|fewest)\b", re.IGNORECASE)
_OTHER_EXTREME = re.compile(
    rf"^(?:(?:ok(?:ay)?|and|now|but|then)[,\s]+)*(?:(?:what|how)\s+about\s+|what(?:['’]s|\s+(?:is|are|was|were))\s+)?"
    rf"(?:the\s+)?(?:(?P<before>{_SO_MANY})\s+)?(?P<extreme>{_EXTREME.pattern})(?:\s+(?P<behind>{_SO_MANY}))?(?:\s+ones?)?"
    r"(?:\s+(?P<noun>(?!instead\b|there\b|then\b)[\w-]+))?(?:\s+(?:there|then))?(?:\s+instead)?$",
    re.IGNORECASE,
)


def apply_rules(follow_up: FollowUp, schema: Schema, index: ValueIndex) -> str | None:
    """The full question where a rule knows it, as it is said or without what leads to it; else None."""
    text = _PLEASE.sub("", follow_up.text.strip().rstrip("?.!"))
    said = (_apply(text, follow_up, schema, index) for text in dict.fromkeys((text, without_filler(text))))
    return next(filter(None, said), None) or _apply_parts(text, follow_up, schema, index)


def _apply_parts(text: str, follow_up: FollowUp, schema: Schema, index: ValueIndex) -> str | None:
    """ "Same for meat, just the names": another value, and then whatever else."""
    first, comma, rest = text.partition(", ")
    if not comma or said_instead(first) is None or rest.lower().startswith(("and ", "or ")):
        return None
    instead = replace_value(follow_up.question, first, follow_up.sql, schema, index)
    if instead is None:
        return None
    more = FollowUp(rest, instead, follow_up.sql)
    return apply_rules(more, schema, index) or put_together(more)


def _apply(text: str, follow_up: FollowUp, schema: Schema, index: ValueIndex) -> str | None:
    question = " ".join(follow_up.question.split())
    if (again := _again(question, text)) is not None:
        whole, rest = again
        if not rest:
            return whole
        then = FollowUp(f"and {rest}", whole, follow_up.sql)
        return apply_rules(then, schema, index) or f"{without_mark(whole)}, {rest}{mark_of(whole)}"
    if meant := _MEANT.match(text):
        corrected = (FollowUp(f"{lead}{meant['what']}", question, follow_up.sql) for lead in ("and ", ""))
        instead = next(filter(None, (apply_rules(each, schema, index) for each in corrected)), None)
        if instead is None or not meant["rest"]:
            return instead
        more = FollowUp(meant["rest"], instead, follow_up.sql)
        return apply_rules(more, schema, index) or put_together(more)
    said = (
        _sort(question, text)
        or _cut(question, text)
        or turn_number(question, text)
        or _make(question, text)
        or replace_group(question, text, schema)
        or count_groups(question, text)
        or _instead(question, text)
        or _include(question, text)
        or add_value(question, text, follow_up.sql, schema, index)
        or _turn_with(question, text)
        or replace_period(question, text)
        or _replace_opposite(question, text)
        or _replace_extreme(question, text)
        or replace_value(question, text, follow_up.sql, schema, index)
    )
    if said or SHARE.match(text):
        return said  # A share of those rows is another one than theirs of all.
    return ask_of_rows(without_group(question, schema) if _LISTS.match(text) else question, text)


def _sort(question: str, text: str) -> str | None:
    """
    >>> _sort("Total per city?", "sort by total"), _sort("The oldest customers", "sort by name")
    ('Total per city, sorted by total?', None)
    """
    found = _SORT.match(text)
    bare = _OURS.sub("", without_mark(question))
    if found is None or _SORTED.search(bare):
        return None
    return f"{bare}, sorted by {found['what']}{mark_of(question)}"


def _cut(question: str, text: str) -> str | None:
    """
    >>> _cut("Customers in Rome, sorted by name", "only the first 3")
    'Customers in Rome, sorted by name, only the first 3'
    """
    found = _FIRST.match(text)
    if found is None or _LIMITED.search(question):
        return None
    return f"{without_mark(question)}, only the first {found['count']}{mark_of(question)}"


def _make(question: str, text: str) -> str | None:
    """
    >>> _make("Books per genre, only the top 3?", "make that the top 5")
    'Books per genre, only the top 5?'
    """
    found = _MAKE.match(text)
    if found is None:
        return None
    top = found["top"] or r"(?:top|first|last)\s+"
    places = [*re.finditer(rf"\b{top}(?P<count>\d+)\b", question, re.IGNORECASE)]
    if not found["top"] and len(re.findall(r"\b\d+\b", YEAR.sub("", question))) > 1:
        return None
    return put(question, places[0].span("count"), found["count"]) if len(places) == 1 else None


def _again(question: str, text: str) -> tuple[str, str] | None:
    """The question without the condition that was put behind it last, and what else is said.

    >>> _again("How many sales in 2024, only the web ones?", "all channels again, but per month")
    ('How many sales in 2024?', 'per month')
    """
    found, added = _AGAIN.match(text), _ADDED.search(question)
    if found is None or added is None or re.search(r", (?:only|just|without)\b", question[: added.start()]):
        return None
    return question[: added.start()] + question[added.end() :], found["rest"] or ""


def _instead(question: str, text: str) -> str | None:
    """
    >>> _instead("How many customers in Rome?", "Oslo instead of Rome")
    'How many customers in Oslo?'
    >>> _instead("Sales by category?", "by month instead of category")
    'Sales by month?'
    >>> _instead("total amount of our invoices by state", "the number of invoices instead of the amount")
    'the number of invoices by state'
    >>> _instead("How many members in each city?", "countries instead of cities")
    'How many members in each country?'
    >>> _instead("How many visits were missed per doctor?", "cancelled ones, not missed")
    'How many visits were cancelled per doctor?'
    """
    found = _INSTEAD.match(text)
    if found is None:
        return None
    value = _PLACED.sub("", _ONES_BEHIND.sub("", found["value"]))
    said = _THE.sub("", _PLACED.sub("", _ONES_BEHIND.sub("", found["old"])))
    old = rf"(?<!\w)(?<!\bon ){re.escape(said)}(?!\w)"
    if said.lower().startswith("how many"):
        return None  # "The proceeds, not how many" asks for them in other words.
    first = value.partition(" ")[0]
    if first.lower() in ("by", "per"):
        old = rf"(?:(?<!\w)(?:by|per)\s+)?{old}"
    elif _THE.match(value):
        old = rf"(?:(?<!\w)(?:the|total|average)\s+)*{old}"
    elif value.lower() in ("count", "number") or not (
        value.istitle() or len(value.split()) <= len(said.split())
    ):
        return None
    nouns = "|".join(re.escape(word) for word in value.split())
    places = [*re.finditer(rf"{old}(?:\s+(?:of\s+(?:\w+\s+)?)?(?:{nouns})(?!\w))?", question, re.IGNORECASE)]
    if not places and value.isalpha():  # "in each city" is meant by "countries instead of cities"
        meant = stem(_THE.sub("", found["old"]))
        places = [each for each in re.finditer(r"\w+", question) if stem(each[0]) == meant]
        if places and value.endswith("s") and not places[0][0].endswith("s"):
            value = f"{value[:-3]}y" if value.endswith("ies") else value[:-1]
    if (
        len(places) != 1
        or re.match(r"['’]s\b", question[places[0].end() :])
        or (first.lower() in ("by", "per") and question[: places[0].start()].endswith("each "))
    ):
        return None
    if places[0].start() and not _THE.match(places[0][0]):
        value = _THE.sub("", value)
    changed = put(question, places[0].span(), value)
    words = [stem(word) for word in re.findall(r"\w+", changed)]
    twice = any(
        words.count(stem(word)) > 1 for word in re.findall(r"\w+", value) if word not in english.SMALL
    )
    return None if twice else changed


def _turn_with(question: str, text: str) -> str | None:
    """
    >>> _turn_with("How many flats with a balcony are there in each street?", "and without")
    'How many flats without a balcony are there in each street?'
    >>> _turn_with("How many flats are in houses that have a lift?", "what about the ones without")
    'How many flats are in houses that have no lift?'
    """
    found = _WITHOUT.match(text)
    have = [*re.finditer(r"\b(?:have|has|had)\s+(?P<some>an?|any)\b", question, re.IGNORECASE)]
    places = [*re.finditer(r"\b(?:with|without)\b", question, re.IGNORECASE)]
    if found and not places and len(have) == 1 and found["word"].lower() == "without":
        return put(question, have[0].span("some"), "no")
    if found is None or len(places) != 1 or places[0][0].lower() == found["word"].lower():
        return None
    return put(question, places[0].span(), found["word"].lower())


def _include(question: str, text: str) -> str | None:
    """
    >>> _include("How many active members per city?", "include the inactive ones as well")
    'How many members per city?'
    """
    found = _INCLUDE.match(text)
    place = _find_opposite(question, found["word"]) if found else None
    return " ".join(put(question, place, "").split()) if place else None


def _replace_extreme(question: str, text: str) -> str | None:
    """
    >>> _replace_extreme("Which shop has the most staff?", "and the least")
    'Which shop has the least staff?'
    >>> _replace_extreme("What is the average rent in Rome?", "and the highest")
    'What is the highest rent in Rome?'
    >>> _replace_extreme("Which pump is the most expensive?", "what about the cheapest one")
    'Which pump is the cheapest?'
    >>> _replace_extreme("What is the average yearly fee in Rome?", "and the highest fee there")
    'What is the highest yearly fee in Rome?'
    >>> _replace_extreme("The four strongest beers with their brewery", "now the weakest five")
    'The five weakest beers with their brewery'
    >>> _replace_extreme("How many orders has the oldest customer?", "and the total")
    """
    degree, said = _DEGREE.fullmatch(said_instead(text) or ""), [*_DEGREE.finditer(question)]
    if degree and len(said) == 1:
        return put(question, said[0].span(), degree[0].lower())
    found, places = _OTHER_EXTREME.match(text), [*_EXTREME.finditer(question)]
    if found is None or len(places) != 1:
        return None
    old, new = places[0], found["extreme"]
    behind = re.findall(r"\w+", question[old.end() :])[:2]
    if found["noun"] and stem(found["noun"]) not in {stem(word) for word in behind}:
        return None
    of_all = [re.fullmatch(_OF_ALL, each, re.IGNORECASE) is not None for each in (old[0], new)]
    if any(of_all) and not all(re.fullmatch(_AMOUNT, each, re.IGNORECASE) for each in (old[0], new)):
        return None  # "The total product", "the oldest age".
    if of_all == [False, True]:
        asked = re.fullmatch(
            r"what(?:['’]s|\s+(?:is|are|was|were))\s+the\s+", question[: old.start()], re.IGNORECASE
        )
        if asked is None:
            return None  # "The oldest customer" says which row is meant, not what is asked of it.
    changed = put(question, old.span(), new)
    if count := found["before"] or found["behind"]:
        beside = re.compile(
            rf"(?:\b(?P<before>{_SO_MANY})\s+)?\b{re.escape(new)}(?:\s+(?P<behind>{_SO_MANY}))?\b",
            re.IGNORECASE,
        )
        place = beside.search(changed)
        side = next((each for each in ("before", "behind") if place and place[each]), None)
        if place is None or side is None:
            return None
        changed = put(changed, place.span(side), count)
    return changed if changed != question else None


def _replace_opposite(question: str, text: str) -> str | None:
    """
    >>> _replace_opposite("How many damaged copies per shop?", "and undamaged ones")
    'How many undamaged copies per shop?'
    """
    ones = _ONES.match(said_instead(text) or "")
    place = _find_opposite(question, ones["word"]) if ones else None
    return put(question, place, ones["word"]) if ones and place else None


def _find_opposite(question: str, word: str) -> tuple[int, int] | None:
    """Where the question says the opposite of a word, once."""
    opposites = {f"{start}{joint}{word}".lower() for start in english.OPPOSITE for joint in ("", "-")}
    opposites |= {
        word.lower()[len(start) :].lstrip("-") for start in english.OPPOSITE if word.lower().startswith(start)
    }
    places = [each.span() for each in re.finditer(r"[\w-]+", question) if each[0].lower() in opposites]
    return places[0] if len(places) == 1 else None
