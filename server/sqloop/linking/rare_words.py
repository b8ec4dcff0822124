"""How telling the words are that a question shares with the names and descriptions of a table.

A word that few tables have tells more. Descriptions are comments of the database or the user's own
(`sqloop learn TABLE --means`); a word of one counts less than a word of a name.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import lru_cache
from math import fsum, log

from sqloop import english
from sqloop.database.schema import Schema, Table
from sqloop.database.words import fold, identifier_stems, split_text
from sqloop.linking.narrowing import join_hyphens

_SAYING_LITTLE = english.WEAK | english.QUESTION | english.PLAIN | english.PRONOUNS | english.OPENERS
_OF_TABLE, _OF_COLUMN = 0.5, 0.25
"""What the rarest word of the description of a table, or of a column of it, is worth."""


@lru_cache(maxsize=4096)
def content_stems(description: str) -> frozenset[str]:
    """The stems of the words that tell something, words with a hyphen whole as well.

    >>> sorted(content_stems("the number of refunds that were paid to walk-in customers"))
    ['custom', 'paid', 'refund', 'walk', 'walk-in']
    """
    words = [word for word in split_text(description) if fold(word.text) not in _SAYING_LITTLE]
    joined = join_hyphens(split_text(description))
    return frozenset(
        [word.stem for word in words if word.text[0].isalnum()]
        + [fold(word.text) for word in joined if "-" in word.text[1:]]
    )


class RareWords:
    """The words of each table's name, columns and descriptions, and how many tables have each."""

    def __init__(self, schema: Schema) -> None:
        self._words = {
            table.name: (
                frozenset(identifier_stems(table.name)),
                frozenset(stem for column in table.columns for stem in identifier_stems(column.name)),
            )
            for table in schema.tables
        }
        self._spread = Counter(stem for own, inner in self._words.values() for stem in own | inner)
        self._names = {stem for own, _ in self._words.values() if len(own) == 1 for stem in own}
        self._told: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for table in schema.tables:
            for stem, weight in self._weigh_description(table).items():
                self._told[stem].append((table.name, weight))

    def _weigh_description(self, table: Table) -> dict[str, float]:
        """The words that only descriptions have; none that is the whole name of some table."""
        weights = {stem: _OF_COLUMN for each in table.columns for stem in content_stems(each.comment)}
        weights |= dict.fromkeys(content_stems(table.comment), _OF_TABLE)
        own, inner = self._words[table.name]
        return {
            stem: weight
            for stem, weight in weights.items()
            if stem not in own and stem not in inner and stem not in self._names
        }

    def compare(self, stems: frozenset[str]) -> Iterator[tuple[str, float]]:
        """Tables that share words with ``stems``, and how telling these are: 2 for a rare name said whole."""
        known = stems & self._spread.keys()
        worth = {stem: self._worth(self._spread[stem]) for stem in known}
        for name, (own, inner) in self._words.items():
            named, had = known & own, known & inner - own
            if named or had:
                said = 2 * len(named) / max(1, len(own))
                # fsum: sets have no order, and the same question must give the same prompt in every process.
                yield name, said * fsum(map(worth.__getitem__, named)) + fsum(map(worth.__getitem__, had)) / 2

    def compare_descriptions(self, stems: frozenset[str]) -> Iterator[tuple[str, float]]:
        """The same for descriptions: those that share at least half as much as the one that shares most."""
        found: dict[str, list[float]] = defaultdict(list)
        for stem in stems & self._told.keys():
            worth = self._worth(self._spread[stem] + len(self._told[stem]))
            for name, weight in self._told[stem]:
                found[name].append(weight * worth)
        shared = {name: fsum(each) for name, each in found.items()}
        least = max(shared.values(), default=0.0) / 2
        yield from ((name, amount) for name, amount in shared.items() if amount >= least)

    def _worth(self, spread: int) -> float:
        """1 for a word that one table has, less the more have it."""
        count = len(self._words)
        return log(1 + count / spread) / log(1 + count)
