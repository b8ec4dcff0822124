"""Like questions by their words: an inverted index that grows as feedback comes in.

Likeness is the part of the words that two questions share, each word weighted by how rare it is (a weighted
Jaccard index with the weights of BM25): 0.0 to 1.0, so that a threshold means the same in every database.
Values and numbers count as one word, `VALUE`: like questions differ in them.

A question takes as long as its rarest words are common: postings are read from the heaviest word on, and only
as long as a question that has none of the words before can still reach the threshold.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Hashable
from heapq import nlargest
from typing import Generic, TypeVar

from sqloop import english
from sqloop.database.words import split_text

VALUE = "#"
"""The word that stands for each value and number."""

MOST_COMPARED = 400
"""Questions that are compared with one; the newest of those that have a heavy word come first."""

MOST_SCORED = 50
"""Of these, the ones that share most: their other words are looked at."""

_LITERAL = re.compile(r"'((?:[^']|'')*)'")

Item = TypeVar("Item", bound=Hashable)


def index_words(question: str, values: Collection[str] = ()) -> frozenset[str]:
    """The words by which ``question`` is found; the stems in ``values`` and numbers become `VALUE`.

    >>> sorted(index_words("How many customers live in Rome?", {"rome"}))
    ['#', 'custom', 'live', 'mani']
    """
    words = [word for word in split_text(question) if word.text[0].isalnum()]
    return frozenset(
        VALUE if word.text[0].isdigit() or word.stem in values else word.stem
        for word in words
        if word.text.lower() not in english.NOT_TELLING
    )


def literal_stems(sql: str) -> frozenset[str]:
    """The stems of the words in the texts of a query: what of its question is a value.

    >>> sorted(literal_stems("SELECT 1 FROM t WHERE city = 'New York'"))
    ['new', 'york']
    """
    return frozenset(word.stem for text in _LITERAL.findall(sql) for word in split_text(text))


class Index(Generic[Item]):
    """Questions, each as a set of words, under whatever names them. Not safe for several threads."""

    def __init__(self) -> None:
        self._items: list[Item] = []
        self._words: list[frozenset[str]] = []
        self._numbers: dict[Item, int] = {}
        self._postings: dict[str, list[int]] = {}

    def __len__(self) -> int:
        return len(self._items)

    def add(self, item: Item, words: frozenset[str]) -> None:
        """Find ``item`` by ``words`` from now on; what is there stays as it was added."""
        if item in self._numbers:
            return
        number = self._numbers[item] = len(self._items)
        self._items.append(item)
        self._words.append(words)
        for word in words:
            self._postings.setdefault(word, []).append(number)

    def like(self, words: frozenset[str], least: float) -> list[tuple[float, Item]]:
        """What is at least so like ``words``, the likest first and of equals the newest."""
        weights = {word: self._weight(word) for word in words}
        whole = math.fsum(weights.values())
        found: dict[int, None] = {}
        left = whole
        for word in sorted(words, key=lambda each: -weights[each]):
            if left < least * whole or len(found) >= MOST_COMPARED:
                break
            found |= dict.fromkeys(self._postings.get(word, [])[: -MOST_COMPARED - 1 : -1])
            left -= weights[word]
        shared = [(self._shared(weights, number), number) for number in found]
        scored = [
            (part / self._union(whole, part, number), number)
            for part, number in nlargest(MOST_SCORED, shared)
            if part > 0 and part >= least * whole
        ]
        kept = sorted(((score, number) for score, number in scored if score >= least), reverse=True)
        return [(score, self._items[number]) for score, number in kept]

    def _shared(self, weights: dict[str, float], number: int) -> float:
        other = self._words[number]
        return sum([weight for word, weight in weights.items() if word in other])

    def _union(self, whole: float, shared: float, number: int) -> float:
        return whole - shared + sum(map(self._weight, self._words[number]))

    def _weight(self, word: str) -> float:
        count = len(self._postings.get(word, ()))
        return math.log1p((len(self._items) - count + 0.5) / (count + 0.5))
