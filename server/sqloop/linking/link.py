"""Value linking: which words of a question are values, and in which columns they are stored.

Covers stored text (also when case, accents, plural, word order or camel case differ), single telling
words of longer values, quoted text, numbers, number words, months and dates. Every link has a handle,
``v0``, ``v1`` and so on, that stands for the value in prompts, grammars and compact SQL. Does not choose
among columns: all that hold the value are named and the model points at one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from sqloop.database.knowledge.value_index import LONGEST, ValueIndex, ValueMatch
from sqloop.database.schema import Schema
from sqloop.database.words import Word, fold, name_stems, split_name, split_text
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
_SHORT = 3
"""Letters of a capitalised word that a full stop may cut short."""

_STOP = frozenset(
    "a an the of in on at to for from by with and or not is are was were be been do does did has have had "
    "what which who whom whose when where how why that this these those it its their them they there all any "
    "each every more most less least many much than as into per show list give find get me us i we you our "
    "no new old first last one two name names number id total average me year month day date time "
    "win wins won get gets got make made ever never still also just both been being can could will "
    "would eat eats".split()
)
_COMPARING = frozenset(
    "best better worst worse high higher highest low lower lowest top large larger largest small smaller "
    "smallest big bigger biggest long longer longest short shorter shortest early earlier earliest late "
    "later latest older oldest newer newest fewer fewest common".split()
)
"""May be a stored value ("high priority") but not part of one ("best" is not Best Avenue)."""
_QUOTED = re.compile(r"\"([^\"]+)\"|“([^”]+)”|(?<![A-Za-z])'([^']+)'(?![A-Za-z])|`([^`]+)`")


@dataclass(frozen=True, slots=True)
class ValueLink:
    """``question[start:end]`` is a value: ``value`` as read from the text, ``matches`` as stored."""

    handle: str
    start: int
    end: int
    value: str | int | float
    matches: tuple[ValueMatch, ...] = ()

    def stored(self, table: str, column: str) -> str | int | float:
        """The value to write in a comparison with ``table.column``."""
        for match in self.matches:
            if match.table == table and match.column == column:
                return match.value
        return self.matches[0].value if self.matches else self.value


def is_sure(link: ValueLink, question: str) -> bool:
    """Whether the words of a link are a stored value as a whole, or are written as a name or in quotes."""
    said = fold(question[link.start : link.end])
    whole = any(fold(match.value) == said for match in link.matches)
    return bool(link.matches) and (whole or not question[link.start : link.end].islower())


def link_values(question: str, schema: Schema, index: ValueIndex) -> tuple[ValueLink, ...]:
    """The values that ``question`` mentions, in the order of its words; at most ``MAX_LINKS``."""
    words = split_text(question)
    named, measures = _schema_stems(schema), _measure_stems(schema)
    spans: list[Span] = []
    for finder in (
        _quoted(question, index),
        find_dates(question),
        _stored(words, index, named, measures, question),
        find_numbers(words),
        find_nothing_left(words, measures),
        find_months(words),
        _telling(words, index, named),
        _capitalised(words, named),
    ):
        for span in finder:
            if all(span.end <= taken.start or span.start >= taken.end for taken in spans):
                spans.append(span)
    spans.sort(key=lambda span: span.start)
    views = frozenset(table.name for table in schema.tables if table.view)
    return tuple(
        ValueLink(f"v{i}", span.start, span.end, span.value, _order(span, question, views))
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
def _schema_stems(schema: Schema) -> frozenset[str]:
    stems: set[str] = set()
    for table in schema.tables:
        stems.update(name_stems(table.name))
        for column in table.columns:
            stems.update(name_stems(column.name))
    return frozenset(stems)


@lru_cache(maxsize=2)
def _measure_stems(schema: Schema) -> frozenset[str]:
    columns = (column for table in schema.tables for column in table.columns if column.kind == "number")
    return frozenset(stem for column in columns for stem in name_stems(column.name))


def _quoted(question: str, index: ValueIndex) -> Iterable[Span]:
    for found in _QUOTED.finditer(question):
        text = next(group for group in found.groups() if group is not None).strip()
        if text and len(text) <= 100:
            matches = index.whole(name_stems(text))
            yield Span(found.start(), found.end(), as_number_or_text(text), tuple(matches))


def _stored(
    words: list[Word], index: ValueIndex, named: frozenset[str], measures: frozenset[str], question: str
) -> Iterable[Span]:
    for length in range(min(LONGEST, len(words)), 0, -1):
        for i in range(len(words) - length + 1):
            gram = words[i : i + length]
            if not (gram[0].text[0].isalnum() and gram[-1].text[0].isalnum()):
                continue
            if length == 1 and _is_measured(words, i, measures):
                continue
            stems = [word.stem for word in gram if word.text[0].isalnum()]
            # A title may be all common words ("The Who"), but then it is written as one.
            if not any(_may_be_value(word, named) for word in gram) and not _is_title(gram):
                continue
            matches = index.whole(stems)
            if not matches:
                continue
            start, end = gram[0].start, gram[-1].end
            exact = fold(question[start:end])
            matches = sorted(matches, key=lambda match: fold(match.value) != exact)
            kind = index.whole(stems[:-1]) if _is_plural(gram, matches[0]) else []
            if kind and gram[-1].stem in named:
                # "chinese restaurants" are of that kind, though one of them be called Chinese Restaurant.
                end, matches = gram[-2].end, []
            known = {(match.table, match.column) for match in matches}
            kind = [match for match in kind if (match.table, match.column) not in known]
            yield Span(start, end, as_number_or_text(question[start:end]), (*kind, *matches), tuple(kind))


def _is_measured(words: list[Word], i: int, measures: frozenset[str]) -> bool:
    """Whether a number stands beside the name of a column of numbers: "a price of 0.99"."""
    near = {word.stem for word in (*words[max(0, i - 3) : i], *words[i + 1 : i + 2])}
    return bool(NUMBER.fullmatch(words[i].text)) and not near.isdisjoint(measures)


def _is_title(words: list[Word]) -> bool:
    return len(words) > 1 and all(word.text[0].isupper() for word in words)


def _is_plural(words: list[Word], match: ValueMatch) -> bool:
    """Whether ``words`` may be things of a kind ("thai places") rather than the stored name of one."""
    last = words[-1].text
    return (
        len(words) > 1
        and last[0].islower()
        and last.endswith("s")
        and not fold(match.value).endswith(fold(last))
    )


def _may_be_value(word: Word, named: frozenset[str]) -> bool:
    if fold(word.text) in _STOP:
        return False
    return word.text[0].isupper() or word.stem not in named


def _telling(words: list[Word], index: ValueIndex, named: frozenset[str]) -> Iterable[Span]:
    """Single words of longer values: written as a name, or else half of the value and written as there.

    A word in lower case is English more often than a part of a name: "the cost" is no "Cost of Living", and
    "based" no "Base Layers". On the written questions 20 of 23 such words were not the value.
    """
    for i, word in enumerate(words):
        as_name = word.text[0].isupper() and i > 0 and not _begins_sentence(words, i)
        if not word.text[0].isalpha() or not _may_be_value(word, named) or word.stem in named:
            continue
        if not as_name and (len(word.text) <= _SHORT or fold(word.text) in _COMPARING):
            continue
        matches = index.telling(word.stem)
        if len(matches) <= MAX_MATCHES:
            matches = [match for match in matches if as_name or _is_half(word, match.value)]
            if matches:
                yield Span(word.start, word.end, word.text, tuple(matches))


def _is_half(word: Word, value: str) -> bool:
    parts = split_name(value)
    return len(parts) == 2 and fold(word.text).removesuffix("'s") in parts


def _capitalised(words: list[Word], named: frozenset[str]) -> Iterable[Span]:
    """Runs of capitalised words that no column is known to hold, but for those that begin a sentence."""
    i = 1
    while i < len(words):
        run = i
        while run < len(words) and words[run].text[0].isupper() and not _begins_sentence(words, run):
            run += 1
        if run > i and not all(_says_no_value(word, named) for word in words[i:run]):
            text = " ".join(word.text for word in words[i:run])
            yield Span(words[i].start, words[run - 1].end, text)
        i = max(run, i + 1)


def _begins_sentence(words: list[Word], i: int) -> bool:
    """Whether ``words[i]`` stands behind the end of a sentence, which "St." and "Mr." are not."""
    if i < 2 or words[i - 1].text not in {".", "?", "!"}:
        return False
    before = words[i - 2].text
    return words[i - 1].text != "." or len(before) > _SHORT or not before[0].isupper()


def _says_no_value(word: Word, named: frozenset[str]) -> bool:
    """Names of tables and columns, words that every question has ("I'd"), how a date is to look ("MM")."""
    plain = fold(word.text).split("'")[0]
    return word.stem in named or plain in _STOP or plain in {"yyyy", "mm", "dd"}
