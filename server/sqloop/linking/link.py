"""Value linking: which words of a question are values, and in which columns they are stored.

Covers stored text (also when case, accents, plural, word order or camel case differ), single telling
words of longer values, quoted text, numbers, number words, months and dates. Every link has a handle,
``v0``, ``v1`` and so on, that stands for the value in prompts, grammars and compact SQL. Does not choose
among columns: all that hold the value are named and the model points at one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from sqloop import english
from sqloop.database.knowledge.value_index import LONGEST, ValueIndex, ValueMatch
from sqloop.database.schema import Schema
from sqloop.database.words import Word, fold, identifier_stems, name_stems, split_text
from sqloop.linking.evidence import LINKED, SURE, Reading, Surroundings, begins_sentence, weigh
from sqloop.linking.told_values import (
    NUMBER,
    Span,
    as_number_or_text,
    find_dates,
    find_months,
    find_nothing_left,
    find_numbers,
)

MAX_LINKS = 12
MAX_MATCHES = 4

_QUOTED = re.compile(r"\"([^\"]+)\"|“([^”]+)”|(?<![A-Za-z])'([^']+)'(?![A-Za-z])|`([^`]+)`")


@dataclass(frozen=True, slots=True)
class ValueLink:
    """``question[start:end]`` is a value: ``value`` as read from the text, ``matches`` as stored."""

    handle: str
    start: int
    end: int
    value: str | int | float
    matches: tuple[ValueMatch, ...] = ()
    score: float = 1.0

    def stored(self, table: str, column: str) -> str | int | float:
        """The value to write in a comparison with ``table.column``."""
        for match in self.matches:
            if match.table == table and match.column == column:
                return match.value
        return self.matches[0].value if self.matches else self.value


def is_sure(link: ValueLink, question: str) -> bool:
    """Whether a model that knows words by itself is told of a link."""
    return bool(link.matches) and link.score >= SURE


def link_values(question: str, schema: Schema, index: ValueIndex) -> tuple[ValueLink, ...]:
    """The values that ``question`` mentions, in the order of its words; at most ``MAX_LINKS``."""
    words = split_text(question)
    around = read_surroundings(schema)
    spans: list[Span] = []
    for finder in (
        _quoted(question, index),
        find_dates(question),
        _stored(words, index, around, question, whole=True),
        find_numbers(words),
        find_nothing_left(words, around.measures),
        find_months(words),
        _stored(words, index, around, question, whole=False),
        _capitalised(words, around.named),
    ):
        for span in finder:
            if all(span.end <= taken.start or span.start >= taken.end for taken in spans):
                spans.append(span)
    spans.sort(key=lambda span: span.start)
    views = frozenset(table.name for table in schema.tables if table.view)
    return tuple(
        ValueLink(f"v{i}", span.start, span.end, span.value, _order(span, question, views), span.score)
        for i, span in enumerate(spans[:MAX_LINKS])
    )


def _order(span: Span, question: str, views: frozenset[str]) -> tuple[ValueMatch, ...]:
    """The likeliest matches first: the value as written, but for case, but for accents, in other forms.

    Views come behind tables, and not at all where they only repeat what a table holds.
    """
    said = question[span.start : span.end].strip("\"'`“”")
    held = {match.value for match in span.matches if match.table not in views}
    fitting = [match for match in span.matches if match.table not in views or match.value not in held]
    forms = (str, str.casefold, fold)
    fitting.sort(key=lambda match: [form(match.value) != form(said) for form in forms])
    if span.kinds_first:
        fitting.sort(key=lambda match: match not in span.kinds_first)
    return tuple(fitting[:MAX_MATCHES])


@lru_cache(maxsize=2)
def read_surroundings(schema: Schema) -> Surroundings:
    """What of ``schema`` bears on its values."""
    columns = [column for table in schema.tables for column in table.columns]
    names = [*(table.name for table in schema.tables), *(column.name for column in columns)]
    measures = (column.name for column in columns if column.kind == "number")
    return Surroundings(
        frozenset(stem for name in names for stem in name_stems(name)),
        frozenset(stem for name in measures for stem in name_stems(name)),
        frozenset(pair for name in names for pair in pairwise(name_stems(name))),
        {table.name: frozenset(identifier_stems(table.name)) for table in schema.tables},
    )


def _quoted(question: str, index: ValueIndex) -> Iterable[Span]:
    for found in _QUOTED.finditer(question):
        text = next(group for group in found.groups() if group is not None).strip()
        if text and len(text) <= 100:
            matches = index.whole(name_stems(text))
            yield Span(found.start(), found.end(), as_number_or_text(text), tuple(matches))


def read_values(words: Sequence[Word], index: ValueIndex, around: Surroundings) -> Iterator[Reading]:
    """All that words may say of what is stored, likely or not: the longest first, parts of values last."""
    for length in range(min(LONGEST, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            gram = words[start : start + length]
            if not (gram[0].text[0].isalnum() and gram[-1].text[0].isalnum()) or _is_grammar(gram):
                continue
            stems = tuple(word.stem for word in gram if word.text[0].isalnum())
            matches = index.whole(stems)
            if any(fold(word.text) in english.QUESTION for word in gram):
                # "stores in Rome" are not "In store".
                matches = [match for match in matches if name_stems(match.value) == stems]
            if matches and not _is_measured(words, start, start + length, around):
                said = fold(" ".join(word.text for word in gram))
                matches = sorted(matches, key=lambda match: fold(match.value) != said)
                yield Reading(start, start + length, tuple(matches), True)
    for start, word in enumerate(words):
        if word.text[0].isalpha() and not _is_grammar([word]):
            matches = index.telling(word.stem)
            if 0 < len(matches) <= MAX_MATCHES:
                yield Reading(start, start + 1, tuple(matches), False)


def _is_measured(words: Sequence[Word], start: int, end: int, around: Surroundings) -> bool:
    """Whether a number stands beside the name of a column of numbers: "a price of 0.99"."""
    near = {word.stem for word in (*words[max(0, start - 3) : start], *words[end : end + 1])}
    return (
        end - start == 1
        and bool(NUMBER.fullmatch(words[start].text))
        and not near.isdisjoint(around.measures)
    )


def _is_grammar(words: Sequence[Word]) -> bool:
    """Whether all are words that every question has; a title may be ("The Who"), but is written as one."""
    title = len(words) > 1 and all(word.text[0].isupper() for word in words)
    return not title and all(fold(word.text) in english.QUESTION for word in words)


def _stored(
    words: list[Word], index: ValueIndex, around: Surroundings, question: str, whole: bool
) -> Iterator[Span]:
    for reading in read_values(words, index, around):
        if reading.whole != whole:
            continue
        start, end = reading.start, reading.end
        score = weigh(words, reading, around)
        if score < LINKED:
            continue
        gram, matches = words[start:end], reading.matches
        kind = index.whole(word.stem for word in gram[:-1]) if whole and _is_plural(gram, matches[0]) else []
        if kind and gram[-1].stem in around.named:
            # "chinese restaurants" are of that kind, though one of them be called Chinese Restaurant.
            gram, matches = gram[:-1], ()
            score = weigh(words, Reading(start, end - 1, tuple(kind), whole), around)
        known = {(match.table, match.column) for match in matches}
        kind = [match for match in kind if (match.table, match.column) not in known]
        said = question[gram[0].start : gram[-1].end]
        value_read = as_number_or_text(said)
        yield Span(gram[0].start, gram[-1].end, value_read, (*kind, *matches), tuple(kind), score)


def _is_plural(words: Sequence[Word], match: ValueMatch) -> bool:
    """Whether ``words`` may be things of a kind ("thai places") rather than the stored name of one."""
    last = words[-1].text
    return (
        len(words) > 1
        and last[0].islower()
        and last.endswith("s")
        and not fold(match.value).endswith(fold(last))
    )


def _capitalised(words: list[Word], named: frozenset[str]) -> Iterable[Span]:
    """Runs of capitalised words that no column is known to hold, but for those that begin a sentence."""
    i = 1
    while i < len(words):
        run = i
        while run < len(words) and words[run].text[0].isupper() and not begins_sentence(words, run):
            run += 1
        if run > i and not all(_says_no_value(word, named) for word in words[i:run]):
            text = " ".join(word.text for word in words[i:run])
            yield Span(words[i].start, words[run - 1].end, text)
        i = max(run, i + 1)


def _says_no_value(word: Word, named: frozenset[str]) -> bool:
    """Names of tables and columns, words that every question has ("I'd"), how a date is to look ("MM")."""
    plain = fold(word.text).split("'")[0]
    return word.stem in named or plain in english.QUESTION or plain in {"yyyy", "mm", "dd"}
