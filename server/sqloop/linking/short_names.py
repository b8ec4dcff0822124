"""Tables with short names that a question spells out: ``stl`` is its "stallions".

Old systems have names of a few letters, and a model guesses what they stand for. The question has the words:
a table is taken for those that its name shortens (`shortens`), unless others do as well. Columns are left to
the model: told of both it takes the column for the thing that is asked for (docs/experiments.md).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from sqloop import english
from sqloop.database.schema import Schema
from sqloop.database.words import Word, fold, identifier_stems, identifier_words, split_name, stem

LEAST = 0.5
"""The share of a word's letters, its vowels left out, that a short form keeps."""
LONGEST = 5
"""Letters of a part of a name that may be short for something."""
_VOWELS = frozenset("aeiou")
_SMALL = english.QUESTION | english.PLAIN | english.WEAK | english.WEAK_COLUMNS
_SAME = 2.0
"""How well a part of a name fits a word that it is."""


@dataclass(frozen=True, slots=True)
class ShortName:
    """``question[start:end]`` is what ``table`` is short for."""

    start: int
    end: int
    table: str


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
    """The tables that ``words`` spell out, outside the places that are ``known`` to be something."""
    known = list(known)
    said = [
        word
        for word in words
        if word.text.isalpha()
        and fold(word.text) not in _SMALL
        and not any(word.start < end and start < word.end for start, end in known)
    ]
    index = _index(schema)
    found = list(_choose(_find(said, index)))
    taken = {place for each in found for place in (each.start, each.end)}
    pairs = [pair for pair in _find_pairs(said, index) if taken.isdisjoint(pair[1][:2])]
    return tuple(sorted([*found, *_choose(pairs)], key=lambda each: each.start))


_Index = dict[str, list[tuple[str, tuple[str, ...]]]]
"""Tables, and the parts of their names, by the first letter."""
_Found = tuple[str, tuple[int, int, float]]
"""A table, and where it is said how well."""


@lru_cache(maxsize=2)
def _index(schema: Schema) -> _Index:
    """Without views, which repeat what tables hold, and tables of codes."""
    index: _Index = defaultdict(list)
    for table in schema.tables:
        parts = split_name(table.name)
        if not (table.view or table.codes) and any(len(part) <= LONGEST for part in parts):
            index[parts[0][0]].append((table.name, parts))
    return index


def _find(said: Sequence[Word], index: _Index) -> Iterator[_Found]:
    for i, word in enumerate(said):
        for table, parts in index.get(fold(word.text)[:1], ()):
            run = said[i : i + len(parts)]
            if len(run) == len(parts):
                fit = min(_fit(part, each) for part, each in zip(parts, run, strict=True))
                if 0 < fit < _SAME:
                    yield table, (run[0].start, run[-1].end, fit)


def _find_pairs(said: Sequence[Word], index: _Index) -> Iterator[_Found]:
    """Two words next to each other that give a name its letters: ``lvc``, a livery contract."""
    for one, two in pairwise(said):
        for table, parts in index.get(fold(one.text)[:1], ()):
            if len(parts) == 1 and two.start - one.end == 1 and _are_two(parts[0], one, two):
                yield table, (one.start, two.end, LEAST)


def _choose(found: Iterable[_Found]) -> Iterator[ShortName]:
    """The best for each place, unless several are."""
    places: dict[tuple[int, int], dict[str, float]] = defaultdict(dict)
    for table, (start, end, fit) in found:
        places[start, end][table] = fit
    for (start, end), fits in places.items():
        if any(s <= start and end <= e and (s, e) != (start, end) for s, e in places):
            continue
        best = [table for table, fit in fits.items() if fit == max(fits.values())]
        if len(best) == 1:
            yield ShortName(start, end, best[0])


def _fit(part: str, word: Word) -> float:
    if stem(part) == word.stem or word.stem in identifier_stems(part):
        return _SAME
    return shortens(part, fold(word.text))


def _are_two(short: str, one: Word, two: Word) -> bool:
    if len(short) < 3 or not is_clipped(short) or identifier_words(short) != (short,):
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
