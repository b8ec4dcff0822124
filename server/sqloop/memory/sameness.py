"""When two questions are the same, so that the SQL of one answers the other; and when that no longer holds.

Strict, as nobody looks at the SQL again: the same words in the same order. Case, plurals, marks at the end of
a sentence and words of courtesy do not count; numbers, signs before them and quoted values do.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from functools import lru_cache

from sqloop import english
from sqloop.database.words import split_text

Key = tuple[str, ...]
"""The words of a question that count, in their order."""

_TOKEN = re.compile(
    r"""
      (?<!\w)'[^']+'(?!\w) | (?<!\w)"[^"]+"(?!\w)      # a quoted value, as it is
    | \w+(?:[.,:/'-]\w+)*                              # a word, a number, a date
    | [^\w\s]
    """,
    re.VERBOSE,
)
_MARKS = frozenset(".,;:?!()…¿¡")
_COURTESY = re.compile(
    r"^\s*(?:please,?\s+)?(?:(?:can|could)\s+you\s+)?"
    r"(?:(?:show|give|tell|list|find)\s+(?:me|us)\s+|(?:show|give|list|find|get)\s+(?=the\b|all\b))?",
    re.IGNORECASE,
)
"""How a question may begin; "show" and "list" alone may be nouns (list prices)."""


_ENDINGS = ("ches", "shes", "sses", "xes", "zzes")
_NO_PLURAL = ("ss", "us", "is")

_MOVING = re.compile(
    r"""
      \b(?:today|tonight|yesterday|tomorrow|now|currently?|ago|recent(?:ly)?|to\s+date|so\s+far)\b
    | \b(?:this|last|next|past|previous|coming)\s+(?:\w+\s+)?
      (?:second|minute|hour|day|night|week(?:end)?|month|quarter|year|season|decade|century|
         monday|tuesday|wednesday|thursday|friday|saturday|sunday)s?\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_DATED = re.compile(
    r"(?<![\w.])(?P<year>(?:19|20)\d\d)(?:-?(?P<month>[01]\d)(?:-?(?P<day>[0-3]\d))?)?(?![\w.])"
)


def question_key(question: str) -> Key:
    """What two questions share exactly when they are the same; empty for a text without words.

    >>> question_key("How many customers do we have?") == question_key("how many  Customers are there")
    True
    >>> question_key("orders over 50") == question_key("orders over 500")
    False
    >>> question_key("below -5") == question_key("below 5")
    False
    """
    text = unicodedata.normalize("NFKC", question).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    tokens = [token for token in _TOKEN.findall(_COURTESY.sub("", text)) if token not in _MARKS]
    # An article is written small and stands before something; "A" may be a grade.
    kept = [word for word in tokens[:-1] if word not in ("a", "an")] + tokens[-1:]
    words = [word if word[0] in "'\"" else _singular(word.casefold()) for word in kept]
    return tuple(word for word in words if word not in english.LEFT_OUT) or tuple(words)


def share_words(question: str, other: str) -> bool:
    """Whether two questions have a word in common that says what is asked for, or a number.

    >>> share_words("Show all clients", "client names by city"), share_words("Show all clients", "and why")
    (True, False)
    """
    return not _telling(question).isdisjoint(_telling(other))


@lru_cache(maxsize=4_096)
def _telling(question: str) -> frozenset[str]:
    words = (word for word in split_text(question) if word.text[0].isalnum())
    return frozenset(word.stem for word in words if word.text.lower() not in english.QUESTION)


def goes_stale(question: str, sql: str, accepted: datetime, today: date) -> bool:
    """Whether ``question`` means another time by now than the dates that stand in ``sql``.

    >>> question, then, now = "orders of last month", datetime(2026, 11, 26), date(2026, 12, 1)
    >>> goes_stale(question, "SELECT id FROM orders WHERE day LIKE '2026-10%'", then, now)
    True
    >>> goes_stale(question, "SELECT id FROM orders WHERE day > DATE('now', '-1 month')", then, now)
    False
    >>> goes_stale("overdue orders", "SELECT id FROM orders WHERE due < '2026-11-26'", then, now)
    True
    """
    unsaid = [each for each in _DATED.finditer(sql) if each[0] not in question]
    if accepted.date() == today or not unsaid:
        return False
    if _MOVING.search(question):
        return True
    # "Overdue", "older than 60" and "in May" say no date either, but it moves slowly.
    return (accepted.year, accepted.month) != (today.year, today.month) and any(
        _is_of_then(each, question, accepted) for each in unsaid
    )


def _is_of_then(date: re.Match[str], question: str, accepted: datetime) -> bool:
    """Whether a date in SQL may come from the day when that was accepted, or lies so many years before it."""
    year = int(date["year"])
    if any(str(each) in question for each in (year - 1, year, year + 1)):
        return False
    same_day = (date["month"], date["day"]) == (f"{accepted:%m}", f"{accepted:%d}")
    return same_day or abs(year - accepted.year) <= 1


def _singular(word: str) -> str:
    """A word of letters without the ending of a plural or a possessive; no word for people.

    What "ies" comes from is not to be told ("city", "movie"), so both end alike.

    >>> [_singular(word) for word in "cities city movies movie boxes order's status".split()]
    ['city', 'city', 'movy', 'movy', 'box', 'order', 'status']
    """
    word = word.removesuffix("'s").removesuffix("s'")
    if not word.isalpha() or len(word) < 4:
        return word
    if word.endswith("s") and not word.endswith(_NO_PLURAL):
        word = word[:-2] if word.endswith(_ENDINGS) else word[:-1]
    return f"{word[:-2]}y" if word.endswith("ie") and len(word) > 3 else word
