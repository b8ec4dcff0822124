"""Like questions by their words: an inverted index that grows as feedback comes in.

Likeness is the part of the words that two questions share, each word weighted by how rare it is (a weighted
Jaccard index with the weights of BM25): 0.0 to 1.0, so that a threshold means the same in every database.
Values and numbers count as one word, `VALUE`: like questions differ in them. The names in the SQL of a known
question count as words of it where they are asked for, and cost nothing where they are not.

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
from sqloop.database.words import identifier_stems, split_text

VALUE = "#"
"""The word that stands for each value and number."""

MOST_COMPARED = 400
"""Questions that are compared with one; the newest of those that have a heavy word come first."""

MOST_SCORED = 50
"""Of these, the ones that share most: their other words are looked at."""

_LITERAL = re.compile(r"'((?:[^']|'')*)'")
_NAME = re.compile(r"[^\W\d]\w*")
_SQL = frozenset(
    "SELECT FROM WHERE AND OR NOT IN IS NULL GROUP BY ORDER HAVING LIMIT JOIN LEFT ON AS DISTINCT COUNT SUM "
    "AVG MIN MAX CASE WHEN THEN ELSE END ASC DESC BETWEEN LIKE EXISTS UNION ALL CAST ROUND COALESCE WITH "
    "INNER OUTER OVER".split()
)

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


def named_stems(sql: str) -> frozenset[str]:
    """The stems of the words in the names of a query; those that are SQL are too common to matter.

    >>> sorted(named_stems("SELECT first_name FROM Customers WHERE city = 'New York'"))
    ['citi', 'custom', 'first', 'name']
    """
    names = _NAME.findall(_LITERAL.sub(" ", sql))
    return frozenset(each for name in names if name not in _SQL for each in identifier_stems(name))


class Index(Generic[Item]):
    """Questions, each as a set of words, under whatever names them. Not safe for several threads."""

    def __init__(self) -> None:
        self._items: list[Item] = []
        self._words: list[frozenset[str]] = []
        self._names: list[frozenset[str]] = []
        self._numbers: dict[Item, int] = {}
        self._postings: dict[str, list[int]] = {}

    def __len__(self) -> int:
        return len(self._items)

    def add(self, item: Item, words: frozenset[str], names: frozenset[str] = frozenset()) -> None:
        """Find ``item`` by ``words`` and ``names`` from now on; what is there stays as it was added."""
        if item in self._numbers:
            return
        number = self._numbers[item] = len(self._items)
        self._items.append(item)
        self._words.append(words)
        self._names.append(names - words)
        for word in words | names:
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
            (part / self._union(weights, whole, number), number)
            for part, number in nlargest(MOST_SCORED, shared)
            if part > 0 and part >= least * whole
        ]
        kept = sorted(((score, number) for score, number in scored if score >= least), reverse=True)
        return [(score, self._items[number]) for score, number in kept]

    def _shared(self, weights: dict[str, float], number: int) -> float:
        words, names = self._words[number], self._names[number]
        return sum([weight for word, weight in weights.items() if word in words or word in names])

    def _union(self, weights: dict[str, float], whole: float, number: int) -> float:
        return whole + sum(self._weight(word) for word in self._words[number] if word not in weights)

    def _weight(self, word: str) -> float:
        count = len(self._postings.get(word, ()))
        return math.log1p((len(self._items) - count + 0.5) / (count + 0.5))
