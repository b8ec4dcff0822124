"""Short names that a question spells out: ``stl`` is its "stallions", ``std_fee`` its "stud fee".

Old systems have names of a few letters, and a model guesses what they stand for. The question has the words:
a name is taken for those that it shortens (`shortens`), unless other names shorten them as well. Columns
count in tables that the question names, in full or by a short name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqloop import english
from sqloop.database.schema import Schema, Table
from sqloop.database.words import Word, fold, identifier_stems, identifier_words, split_name, stem
from sqloop.linking.mentions import Target

LEAST = 0.5
"""The share of a word's letters, its vowels left out, that a short form keeps."""
LONGEST = 5
"""Letters of a part of a name that may be short for something."""
MOST_PLACES = 3
"""Columns that one word may stand for."""
_VOWELS = frozenset("aeiou")
_SMALL = english.QUESTION | english.PLAIN | english.WEAK | english.WEAK_COLUMNS
_UNSAID = frozenset("dt nm cd no id tp ts num nr date name code".split())
"""Parts of a column's name that nobody says: "paid" is ``pd_dt``."""
_SAME = 2.0
"""How well a part of a name fits a word that it is."""


@dataclass(frozen=True, slots=True)
class ShortName:
    """``question[start:end]`` is what ``targets`` are short for: one table, or columns."""

    start: int
    end: int
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class _Name:
    target: Target
    parts: tuple[str, ...]


def shortens(short: str, word: str, *, whole: bool = True) -> float:
    """The share of a word that its short form keeps; 0 where it is none.

    It is the beginning of the word, or its first letter and some of its consonants in their order; of two
    letters it has to be the ``whole`` of these.

    >>> [round(shortens(short, "stallions"), 2) for short in ("stl", "stall", "sn", "sto", "stallion")]
    [0.6, 0.8, 0.0, 0.0, 0.0]
    >>> shortens("mr", "mares"), shortens("mr", "manager")
    (1.0, 0.0)
    """
    word = word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
    if not 2 <= len(short) < len(word) or short[0] != word[0] or stem(short) == stem(word):
        return 0.0
    if not (word.startswith(short) or (is_clipped(short) and keeps_order(short, word))):
        return 0.0
    share = len(_bones(short)) / len(_bones(word))
    return share if share >= (1.0 if whole and len(short) == 2 else LEAST) else 0.0


def keeps_order(short: str, word: str) -> bool:
    """Whether all letters of ``short`` are in a word in their order."""
    letters = iter(word)
    return all(letter in letters for letter in short)


def is_clipped(part: str) -> bool:
    """Whether it has no vowel behind its first letter: ``own``, ``hrs``."""
    return _VOWELS.isdisjoint(part[1:])


def find_short_names(
    words: Sequence[Word], schema: Schema, known: Iterable[tuple[int, int]] = ()
) -> tuple[ShortName, ...]:
    """The short names that ``words`` spell out, outside the places that are ``known`` to be something."""
    known = list(known)
    said = [
        word
        for word in words
        if word.text.isalpha()
        and fold(word.text) not in _SMALL
        and not any(word.start < end and start < word.end for start, end in known)
    ]
    index = _index(schema)
    tables = list(_choose(_find(said, index.tables)))
    stems = {word.stem for word in said}
    named = {target.table for each in tables for target in each.targets}
    named |= {name for name, own in index.stems.items() if own and stems.issuperset(own)}
    columns = [(name, place) for name, place in _find(said, index.columns) if name.target.table in named]
    taken = [(each.start, each.end) for each in tables]
    free = [
        (name, place)
        for name, place in columns
        if not any(place[0] >= start and place[1] <= end for start, end in taken)
    ]
    return tuple(sorted([*tables, *_choose(free)], key=lambda each: each.start))


class _Index:
    """Names by their first letters; without views, which repeat what tables hold, and tables of codes."""

    def __init__(self, schema: Schema) -> None:
        self.tables: dict[str, list[_Name]] = defaultdict(list)
        self.columns: dict[str, list[_Name]] = defaultdict(list)
        self.stems: dict[str, tuple[str, ...]] = {}
        for table in schema.tables:
            if table.view or table.codes:
                continue
            self.stems[table.name] = identifier_stems(table.name)
            parts = split_name(table.name)
            if any(len(part) <= LONGEST for part in parts):
                self.tables[parts[0][0]].append(_Name(Target(table.name, None), parts))
            for name in _columns(table, parts):
                self.columns[name.parts[0][0]].append(name)


@lru_cache(maxsize=2)
def _index(schema: Schema) -> _Index:
    return _Index(schema)


def _columns(table: Table, own: tuple[str, ...]) -> Iterator[_Name]:
    """The columns that are no keys, without the name of their table and what nobody says."""
    for column in table.columns:
        parts = split_name(column.name)
        if not parts or parts[-1] == "id":
            continue
        if parts[: len(own)] == own:
            parts = parts[len(own) :]
        while parts and parts[-1] in _UNSAID:
            parts = parts[:-1]
        if any(len(part) <= LONGEST for part in parts):
            yield _Name(Target(table.name, column.name), parts)


_Found = tuple[_Name, tuple[int, int, float]]


def _find(said: Sequence[Word], names: dict[str, list[_Name]]) -> Iterator[_Found]:
    for i, word in enumerate(said):
        for name in names.get(fold(word.text)[:1], ()):
            run = said[i : i + len(name.parts)]
            if len(run) == len(name.parts):
                fits = [_fit(part, each, name.target) for part, each in zip(name.parts, run, strict=True)]
                if 0 < min(fits) < _SAME:
                    yield name, (run[0].start, run[-1].end, min(fits))
            if i + 1 < len(said) and _are_two(name, word, said[i + 1]):
                yield name, (word.start, said[i + 1].end, LEAST)


def _choose(found: Iterable[_Found]) -> Iterator[ShortName]:
    """The best for each place, unless several tables are, or more columns than can be told."""
    places: dict[tuple[int, int], dict[Target, float]] = defaultdict(dict)
    for name, (start, end, fit) in found:
        places[start, end][name.target] = fit
    for (start, end), fits in places.items():
        if any(s <= start and end <= e and (s, e) != (start, end) for s, e in places):
            continue
        best = tuple(target for target, fit in fits.items() if fit == max(fits.values()))
        if len(best) <= (1 if best[0].column is None else MOST_PLACES):
            yield ShortName(start, end, best)


def _fit(part: str, word: Word, target: Target) -> float:
    """How well a part of a name fits a word; what it is usually short for (``pct``) goes first in columns."""
    if stem(part) == word.stem or word.stem in identifier_stems(part):
        return _SAME
    text = fold(word.text)
    usual = target.column is not None and _is_usual(part) and not text.startswith(part)
    return 0.0 if usual else shortens(part, text)


def _is_usual(part: str) -> bool:
    return identifier_words(part) != (part,)


def _are_two(name: _Name, one: Word, two: Word) -> bool:
    """Whether two words next to each other give a table its letters: ``lvc``, a livery contract."""
    short = name.parts[0]
    if name.target.column is not None or len(name.parts) > 1 or len(short) < 3 or not is_clipped(short):
        return False
    if two.start - one.end > 1 or _is_usual(short) or _fit(short, one, name.target):
        return False
    first, second = fold(one.text), fold(two.text)
    return any(
        first[0] == short[0]
        and second[0] == short[cut]
        and keeps_order(short[:cut], first)
        and keeps_order(short[cut:], second)
        for cut in range(1, len(short))
    )


@lru_cache(maxsize=4_096)
def _bones(word: str) -> str:
    """Its first letter and the consonants behind it."""
    return word[0] + "".join(letter for letter in word[1:] if letter not in _VOWELS)
