"""Values that the words of a question tell by themselves, stored or not: numbers, dates, months."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from sqloop import english
from sqloop.database.knowledge.value_index import ValueMatch
from sqloop.database.words import Word, fold

_DATE = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]\d{2}:\d{2}(?::\d{2})?)?\b")
_MONTH = rf"(?P<month>{'|'.join(name[:length] for length in (9, 4, 3) for name in english.MONTHS)})\.?"
_SAID_DATES = tuple(
    re.compile(rf"\b{form},?\s+(?P<year>\d{{4}})\b", re.IGNORECASE)
    for form in (
        rf"{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?",
        rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}",
    )
)
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
    """Dates in ISO form, with or without a time, and in words with a year, as in ISO form.

    >>> [span.value for span in find_dates("after May 24, 2005 until the 3rd of June 2006")]
    ['2005-05-24', '2006-06-03']
    """
    for found in _DATE.finditer(question):
        yield Span(found.start(), found.end(), found[0])
    for form in _SAID_DATES:
        for found in form.finditer(question):
            said = found["month"][:3].lower()
            month = next(number for name, number in english.MONTHS.items() if name[:3] == said)
            with suppress(ValueError):  # no day of that month
                day = date(int(found["year"]), month, int(found["day"]))
                yield Span(found.start(), found.end(), day.isoformat())


def find_numbers(words: list[Word]) -> Iterable[Span]:
    """Numbers in digits and in words."""
    for word in words:
        if NUMBER.fullmatch(word.text):
            yield Span(word.start, word.end, as_number_or_text(word.text))
        elif fold(word.text) in english.NUMBERS:
            yield Span(word.start, word.end, english.NUMBERS[fold(word.text)])


def find_nothing_left(words: list[Word], measures: frozenset[str]) -> Iterable[Span]:
    """The zero of "out of stock", where numbers are called stock; "3 out of 5 stars" has none."""
    for before, out, of, what in zip([None, *words], words, words[1:], words[2:], strict=False):
        counted = before is not None and before.text[-1].isdigit()
        if (fold(out.text), fold(of.text)) == ("out", "of") and what.stem in measures and not counted:
            yield Span(out.start, of.end, 0)


def find_months(words: list[Word]) -> Iterable[Span]:
    """Names of months, as their numbers."""
    for before, word in zip([None, *words], words, strict=False):
        month = english.MONTHS.get(fold(word.text))
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
