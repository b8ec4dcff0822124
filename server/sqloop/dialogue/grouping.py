"""Follow-ups about what a question is asked for each of: another group in its place, or a number of each.

"By branch" after "orders per month" is taken as branches instead of months, as the user who wants both says
so ("and", "also", "split that by"); the full question is shown before it is asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqloop import english
from sqloop.database.schema import Schema
from sqloop.database.words import identifier_stems, stem
from sqloop.dialogue.editing import lower_first, put, without_mark

_OF_OUR = r"(?:\s+(?:one\s+)?of\s+(?:our|my|your|the|these|those))?"
_EACH = rf"(?:for|in|of|at|from|with|on|to)?\s*\b(?:each|every)\b{_OF_OUR}"
_BY = r"(?<!sorted )(?<!ordered )(?<!those )(?<!ones )(?<!them )(?:by|per)\b"
_GROUP = re.compile(
    rf"(?P<lead>,\s*)?(?<![\w-])(?:(?P<by>{_BY})|{_EACH})\s+(?:the\s+)?(?P<what>\w)", re.IGNORECASE
)
_INSTEAD = (
    r"\s+(?:instead|rather)|,?\s+(?:and\s+)?(?:not|no\s+longer|(?:instead|rather)\s+(?:of|than))"
    r"\s+(?:(?:by|per)\s+)?(?P<old>[\w'’ -]+)"
)
_SAYS = re.compile(
    r"^(?!.*\b(?:too|also|as\s+well|only|on\s+average)$)(?:(?:ok(?:ay)?|now|then|no|rather)[,\s]+)*"
    r"(?P<split>(?:split|broken?|break|group(?:ed)?)\s+(?:(?:it|them|that|this|those)\s+)?(?:up\s+|down\s+)?)?"
    r"(?P<by>by|per|(?:for|in|at)\s+(?:each|every))\s+(?:the\s+)?(?P<what>[\w'’ -]+?)"
    rf"(?P<instead>{_INSTEAD})?$",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"^(?:(?:and|now|ok(?:ay)?|just|only),?\s+)*(?:(?:the|a)\s+)?(?:how\s+many(?:\s+(?:are|were)\s+there)?|number|count)\s+"
    r"(?P<by>by|per|(?:for|in|at)\s+(?:each|every))\s+(?:the\s+)?(?P<what>[\w'’ -]+)$",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"^(?:please\s+)?(?:list|show|give|find|name)(?:\s+(?:me|us))?\s+(?:all\s+)?(?:of\s+)?(?:the\s+|our\s+)?(?P<what>\w.*)$",
    re.IGNORECASE,
)
_NO_ROWS = re.compile(
    rf"[,.;:]\s|\b(?:by|per|each|every|top|average|total|number|{'|'.join(english.SUPERLATIVES)})\b"
    r"|^(?:\w+\s+){1,2}of\s+(?:all|the|our)\b",
    re.IGNORECASE,
)
"""Where more is said than which rows are meant."""
_SHOWN = re.compile(
    r",?\s+(?:and|with)\s+(?:their|its|the|his|her)\b[^,]*(?=,|$)|,\s+with\s+[^,]*(?=,|$)", re.IGNORECASE
)
_ENDS = frozenset(
    "in on at to for from by with out off up is are was were do does did has have had and or that who".split()
)
"""Words with which a group is over, though a name of the schema may hold them (`checked_in`)."""
_LABEL = re.compile(r"\s+(?:name|label|title)\b", re.IGNORECASE)
"""What a group is shown by, where the schema calls it otherwise."""
_PERIODS = frozenset(map(stem, ("year", "quarter", "month", "week", "day", "hour", "weekday")))


@dataclass(frozen=True)
class Group:
    """Where a question says what it is asked for each of; ``by`` is "by", "per" or empty for "each"."""

    start: int
    end: int
    by: str


def find_group(question: str, schema: Schema) -> Group | None:
    """The only group of a question, in words of the schema or of time; None without, and of several."""
    names = _PERIODS | {part for name in _names(schema) for part in identifier_stems(name)}
    found = [group for match in _GROUP.finditer(question) if (group := _read(question, match, names, schema))]
    return found[0] if len(found) == 1 else None


def replace_group(question: str, text: str, schema: Schema) -> str | None:
    """The question for each of something else.

    Where "and" or "split" leaves open whether both are meant, no rule takes it.
    """
    found = _SAYS.match(text)
    group = find_group(question, schema) if found else None
    if found is None or group is None or (found["split"] and not found["instead"]):
        return None
    old = question[group.start : group.end]
    if found["old"] and not set(_stems(found["old"])) <= set(_stems(old)):
        return None
    return put(question, (group.start, group.end), _write(group.by and found["by"], found["what"], old))


def without_group(question: str, schema: Schema) -> str:
    """A question about all of them together."""
    group = find_group(question, schema)
    return " ".join(put(question, (group.start, group.end), "").split()) if group else question


def count_groups(question: str, text: str) -> str | None:
    """How many of what was listed there are for each of something.

    >>> count_groups("List the cancelled events of 2024 with their shop and date", "how many per shop")
    'How many cancelled events of 2024 are there per shop?'
    >>> count_groups("Show the names of all shops", "how many per city")
    """
    found, listed = _NUMBER.match(text), _LIST.match(without_mark(question))
    if found is None or listed is None:
        return None
    rows = _SHOWN.sub("", listed["what"])
    if _NO_ROWS.search(rows):
        return None
    return f"How many {lower_first(rows)} are there {found['by']} {found['what']}?"


def _read(question: str, match: re.Match[str], names: frozenset[str], schema: Schema) -> Group | None:
    """A group reaches as far as its words are names of the schema; behind a comma to the next one."""
    start = match.start("what")
    end = _reach(question, start, names)
    if end == start or not set(_stems(question[start:end])) & names:
        return None
    if re.search(r"['’]s$", question[start:end]):
        return None  # "per customer's last name" goes on.
    before = question[: match.start("by") if match["by"] else match.start()]
    if re.search(r"\w(?:ed|en)\s+$" if match["by"] else r"\b(?:do|does|did|has|have|had)\s*$", before):
        return None  # "delivered by truck", "how many orders did each shop have"
    agents = re.match(r"\w*[^\Ws]s\b", question[start:]) if match["by"] else None
    if agents and agents[0].lower() not in " ".join(_columns(schema)).lower():
        return None  # "taught by teachers hired after 2012": they did it.
    more = re.match(r"\s+and\s+(\w+)", question[end:])
    if more and set(_stems(more[1])) & names:
        return None  # "by depot and kind": whether both go is not told.
    if match["lead"]:
        end = start + len(re.split(r"[,?.!]", question[start:], maxsplit=1)[0])
    return Group(match.start(), end, (match["by"] or "").lower())


def _reach(question: str, start: int, names: frozenset[str]) -> int:
    """Where the words of a group that begins at ``start`` end; ``start`` where there are none."""
    end = start
    for word in re.finditer(r"[\w'’-]+", question[start:]):
        between = question[end : start + word.start()]
        known = [] if word[0].lower() in _ENDS else _stems(word[0])
        if between.strip() or not (word[0].lower() == "of" or (known and set(known) <= names)):
            break
        end = start + word.end()
    while end > start and question[start:end].lower().endswith(" of"):
        end -= len(" of")
    label = _LABEL.match(question, end) if end > start else None
    return label.end() if label else end


def _write(by: str, what: str, old: str) -> str:
    lead = ", " if old.startswith(",") else " " if old.startswith(" ") else ""
    return f"{lead}{by} {what}" if by else f"{lead}for each {what}"


def _names(schema: Schema) -> set[str]:
    return _columns(schema) | {table.name for table in schema.tables}


def _columns(schema: Schema) -> set[str]:
    return {column.name for table in schema.tables for column in table.columns}


def _stems(text: str) -> list[str]:
    words = re.findall(r"\w+", re.sub(r"['’]s\b", "", text))
    return [
        stem(word.lower()) for word in words if word.lower() not in english.PLAIN and word.lower() != "of"
    ]
