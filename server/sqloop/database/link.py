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

from sqloop.database.schema import Schema
from sqloop.database.value_index import LONGEST, ValueIndex, ValueMatch
from sqloop.database.words import Word, fold, name_stems, split_text

MAX_LINKS = 12
MAX_MATCHES = 4
_SHORT = 3
"""Letters of a capitalised word that a full stop may cut short."""

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
_DATE = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]\d{2}:\d{2}(?::\d{2})?)?\b")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


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


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    value: str | int | float
    matches: tuple[ValueMatch, ...] = ()


def link_values(question: str, schema: Schema, index: ValueIndex) -> tuple[ValueLink, ...]:
    """The values that ``question`` mentions, in the order of its words; at most ``MAX_LINKS``."""
    words = split_text(question)
    named = _schema_stems(schema)
    spans: list[_Span] = []
    for finder in (
        _quoted(question, index),
        _dates(question),
        _stored(words, index, named, question),
        _numbers(words),
        _nothing_left(words, _measure_stems(schema)),
        _months(words),
        _telling(words, index, named),
        _capitalised(words, named),
    ):
        for span in finder:
            if all(span.end <= taken.start or span.start >= taken.end for taken in spans):
                spans.append(span)
    spans.sort(key=lambda span: span.start)
    return tuple(
        ValueLink(f"v{i}", span.start, span.end, span.value, span.matches)
        for i, span in enumerate(spans[:MAX_LINKS])
    )


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


def _quoted(question: str, index: ValueIndex) -> Iterable[_Span]:
    for found in _QUOTED.finditer(question):
        text = next(group for group in found.groups() if group is not None).strip()
        if text and len(text) <= 100:
            matches = index.whole(name_stems(text))
            yield _Span(found.start(), found.end(), _plain(text), tuple(matches[:MAX_MATCHES]))


def _dates(question: str) -> Iterable[_Span]:
    for found in _DATE.finditer(question):
        yield _Span(found.start(), found.end(), found[0])


def _stored(words: list[Word], index: ValueIndex, named: frozenset[str], question: str) -> Iterable[_Span]:
    for length in range(min(LONGEST, len(words)), 0, -1):
        for i in range(len(words) - length + 1):
            gram = words[i : i + length]
            if not (gram[0].text[0].isalnum() and gram[-1].text[0].isalnum()):
                continue
            stems = [word.stem for word in gram if word.text[0].isalnum()]
            # A title may be all common words ("The Who"), but then it is written as one.
            if not any(_may_be_value(word, named) for word in gram) and not _is_title(gram):
                continue
            matches = index.whole(stems)
            if length == 1 and not matches and _NUMBER.fullmatch(gram[0].text):
                continue
            if matches:
                start, end = gram[0].start, gram[-1].end
                exact = fold(question[start:end])
                ranked = sorted(matches, key=lambda match: fold(match.value) != exact)
                kind = index.whole(stems[:-1]) if _is_plural(gram, ranked[0]) else []
                if kind and gram[-1].stem in named:
                    # "chinese restaurants" are of that kind, though one of them be called Chinese Restaurant.
                    end, ranked = gram[-2].end, []
                known = {(match.table, match.column) for match in ranked}
                kind = [match for match in kind if (match.table, match.column) not in known]
                yield _Span(start, end, _plain(question[start:end]), tuple((kind + ranked)[:MAX_MATCHES]))


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


def _numbers(words: list[Word]) -> Iterable[_Span]:
    for word in words:
        if _NUMBER.fullmatch(word.text):
            yield _Span(word.start, word.end, _plain(word.text))
        elif fold(word.text) in _NUMBER_WORDS:
            yield _Span(word.start, word.end, _NUMBER_WORDS[fold(word.text)])


def _nothing_left(words: list[Word], measures: frozenset[str]) -> Iterable[_Span]:
    """The zero of "out of stock", where numbers are called stock; "3 out of 5 stars" has none."""
    for before, out, of, what in zip([None, *words], words, words[1:], words[2:], strict=False):
        counted = before is not None and before.text[-1].isdigit()
        if (fold(out.text), fold(of.text)) == ("out", "of") and what.stem in measures and not counted:
            yield _Span(out.start, of.end, 0)


def _months(words: list[Word]) -> Iterable[_Span]:
    for before, word in zip([None, *words], words, strict=False):
        month = _MONTHS.get(fold(word.text))
        sure = word.text[0].isupper() or (before is not None and before.stem in {"in", "of", "sinc", "until"})
        if month and (sure or fold(word.text) not in {"may", "march"}):
            yield _Span(word.start, word.end, month)


def _telling(words: list[Word], index: ValueIndex, named: frozenset[str]) -> Iterable[_Span]:
    for word in words:
        # Short words in lower case are English more often than parts of a name ("won", "may", "lee").
        long = word.text[0].isupper() or (len(word.text) > 3 and word.text not in _COMPARING)
        if word.text[0].isalpha() and long and _may_be_value(word, named) and word.stem not in named:
            matches = index.telling(word.stem)
            if 0 < len(matches) <= MAX_MATCHES:
                yield _Span(word.start, word.end, word.text, tuple(matches))


def _capitalised(words: list[Word], named: frozenset[str]) -> Iterable[_Span]:
    """Runs of capitalised words that no column is known to hold, but for those that begin a sentence."""
    i = 1
    while i < len(words):
        run = i
        while run < len(words) and words[run].text[0].isupper() and not _begins_sentence(words, run):
            run += 1
        if run > i and not all(_says_no_value(word, named) for word in words[i:run]):
            text = " ".join(word.text for word in words[i:run])
            yield _Span(words[i].start, words[run - 1].end, text)
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


def _plain(text: str) -> str | int | float:
    """A number where the text is one, else the text."""
    if not _NUMBER.fullmatch(text):
        return text
    digits = text.replace(",", "")
    try:
        return int(digits)
    except ValueError:
        try:
            return float(digits)
        except ValueError:
            return text
