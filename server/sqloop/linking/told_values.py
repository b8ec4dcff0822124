"""Values that the words of a question tell by themselves, stored or not: numbers, dates, months."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqloop.database.knowledge.value_index import ValueMatch
from sqloop.database.words import Word, fold

_NUMBER_WORDS = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve".split()
    )
} | {"fifteen": 15, "twenty": 20, "thirty": 30, "fifty": 50, "hundred": 100, "thousand": 1000, "dozen": 12}
_NUMBER_WORDS |= {
    "twenties": 20,
    "thirties": 30,
    "forties": 40,
    "fifties": 50,
    "sixties": 60,
    "seventies": 70,
}
_MONTHS = {
    name: number
    for number, name in enumerate(
        "january february march april may june july august september october november december".split(), 1
    )
}
TIME_AND_NUMBER_WORDS = frozenset(_NUMBER_WORDS) | frozenset(_MONTHS)
"""Words that say how many, or when."""

_DATE = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]\d{2}:\d{2}(?::\d{2})?)?\b")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Span:
    """``question[start:end]`` is a value; ``matches`` hold it."""

    start: int
    end: int
    value: str | int | float
    matches: tuple[ValueMatch, ...] = ()
    kinds_first: tuple[ValueMatch, ...] = ()
    """Those of the matches that come first, however they are written."""
    score: float = 1.0


def find_dates(question: str) -> Iterable[Span]:
    """Dates in ISO form, with or without a time."""
    for found in _DATE.finditer(question):
        yield Span(found.start(), found.end(), found[0])


def find_numbers(words: list[Word]) -> Iterable[Span]:
    """Numbers in digits and in words."""
    for word in words:
        if NUMBER.fullmatch(word.text):
            yield Span(word.start, word.end, as_number_or_text(word.text))
        elif fold(word.text) in _NUMBER_WORDS:
            yield Span(word.start, word.end, _NUMBER_WORDS[fold(word.text)])


def find_nothing_left(words: list[Word], measures: frozenset[str]) -> Iterable[Span]:
    """The zero of "out of stock", where numbers are called stock; "3 out of 5 stars" has none."""
    for before, out, of, what in zip([None, *words], words, words[1:], words[2:], strict=False):
        counted = before is not None and before.text[-1].isdigit()
        if (fold(out.text), fold(of.text)) == ("out", "of") and what.stem in measures and not counted:
            yield Span(out.start, of.end, 0)


def find_months(words: list[Word]) -> Iterable[Span]:
    """Names of months, as their numbers."""
    for before, word in zip([None, *words], words, strict=False):
        month = _MONTHS.get(fold(word.text))
        sure = word.text[0].isupper() or (before is not None and before.stem in {"in", "of", "sinc", "until"})
        if month and (sure or fold(word.text) not in {"may", "march"}):
            yield Span(word.start, word.end, month)


def as_number_or_text(text: str) -> str | int | float:
    """A number where the text is one, else the text."""
    if not NUMBER.fullmatch(text):
        return text
    digits = text.replace(",", "")
    try:
        return int(digits)
    except ValueError:
        try:
            return float(digits)
        except ValueError:
            return text
