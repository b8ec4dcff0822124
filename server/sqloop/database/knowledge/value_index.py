"""The stored text values of a database, by what they look like in a question: read and kept here, found by
`sqloop.linking.link`.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from sqloop.database.schema import Schema
from sqloop.database.words import name_stems
from sqloop.errors import DatabaseError, UnreachableError

MAX_VALUES = 20_000
"""Distinct values that are read of one column."""

FEW = 300
"""Distinct values up to which a column is read before those that have more."""

LONGEST = 7
"""Words of a value that is indexed."""

_FIRST = 0.5
"""The part of the time that columns of few values may take together."""

_LEAST = 0.005
"""Seconds that a column gets as long as there are any."""

_AT_MOST = 1.15
"""Times the seconds that reading takes in all: then columns are left out, of thousands there may be many."""

_AT_ONCE = 64
"""Values that are indexed between two looks at the clock."""

_T = TypeVar("_T")
_Place = tuple[str, str]


class Readable(Protocol):
    """What values are read from: see `sqloop.database.connect.Database`."""

    def schema(self) -> Schema:
        """Tables and columns. Raises DatabaseError."""

    def distinct_values(self, table: str, column: str, limit: int, seconds: float) -> tuple[list[str], bool]:
        """Distinct values of a column and whether there may be more. Raises DatabaseError."""


@dataclass(frozen=True, slots=True)
class ValueMatch:
    """The value as it is stored in ``table.column``."""

    table: str
    column: str
    value: str


class ValueIndex:
    """The stored text values of a database, by what they look like in a question.

    ``complete`` is False when some column held more distinct values than were read, ``hurried`` is True when
    that was for want of time.
    """

    def __init__(self) -> None:
        self.complete = True
        self.hurried = False
        self._whole: dict[tuple[str, ...], list[ValueMatch]] = defaultdict(list)
        self._owners: dict[_Place, dict[str, list[str]]] = {}
        self._told: dict[str, list[ValueMatch]] | None = None

    @classmethod
    def build(cls, database: Readable, seconds: float = 3.0) -> ValueIndex:
        """Read the distinct text values of ``database`` in ``seconds``, of which every column gets its share.

        Columns of few values come first, as questions name those most often and they take no time. A column
        gives its first `MAX_VALUES` values; ``complete`` says whether that was all of every column.
        Raises DatabaseError when the database went away.
        """
        index = cls()
        index._add_meanings(database.schema())
        now = time.monotonic()
        end = now + seconds * _AT_MOST
        waiting: list[tuple[_Place, list[str]]] = []
        for place, until in _shares(_places(database), now + seconds * _FIRST):
            if time.monotonic() > end:
                index.complete, index.hurried = False, True
                break
            values, cut = _read(database, place, FEW, until)
            if cut:
                waiting.append((place, values))
            else:
                index.add(*place, values)
        for place, first in waiting:
            index.add(*place, first)
        known = {place: set(first) for place, first in waiting}
        index._read_large(database, known, now + seconds)
        return index

    def _read_large(self, database: Readable, known: dict[_Place, set[str]], until: float) -> None:
        """Add what columns of many values hold beyond what is ``known``, in rounds while there is time."""
        waiting = list(known)
        while waiting and time.monotonic() < until:
            unfinished = []
            for place, share in _shares(waiting, until):
                if time.monotonic() > until:
                    unfinished.append(place)
                    continue
                read_until = (time.monotonic() + share) / 2  # Stemming takes as long as reading.
                values, cut = _read(database, place, MAX_VALUES, read_until)
                more = [value for value in values if value not in known[place]]
                count = self.add(*place, more, share)
                known[place].update(more[:count])
                if count < len(more) or (cut and len(values) < MAX_VALUES):
                    unfinished.append(place)
                self.complete &= len(values) < MAX_VALUES or not cut
            waiting = unfinished
        if waiting:
            self.complete, self.hurried = False, True

    def _add_meanings(self, schema: Schema) -> None:
        """Find codes by what they stand for."""
        coded = [
            (table.name, column) for table in schema.tables for column in table.columns if column.meanings
        ]
        for table, column in coded:
            words = self._owners.setdefault((table, column.name), defaultdict(list))
            for code, meaning in column.meanings:
                stems = name_stems(meaning)
                if not stems or len(stems) > LONGEST:
                    continue
                self._whole[tuple(sorted(stems))].append(ValueMatch(table, column.name, code))
                for each in set(stems) if len(stems) > 1 else ():
                    words[each].append(code)

    def add(self, table: str, column: str, values: Iterable[str], until: float = float("inf")) -> int:
        """Index the distinct ``values`` of one column; how many came in before the clock said ``until``."""
        words = self._owners.setdefault((table, column), defaultdict(list))
        self._told = None
        count = 0
        for count, value in enumerate(values, 1):
            if not value or len(value) > 100:
                continue
            stems = name_stems(value)
            if not stems or len(stems) > LONGEST:
                continue
            self._whole[tuple(sorted(stems))].append(ValueMatch(table, column, value))
            if len(stems) > 1:
                for each in set(stems):
                    words[each].append(value)
            if count % _AT_ONCE == 0 and time.monotonic() > until:
                break
        return count

    def whole(self, stems: Iterable[str]) -> list[ValueMatch]:
        """Columns that hold a value of exactly these stems, whatever their order."""
        return self._whole.get(tuple(sorted(stems)), [])

    def telling(self, stem: str) -> list[ValueMatch]:
        """Columns in which one value alone contains this word."""
        return self._telling().get(stem, [])

    def entries_whole(self) -> Iterable[tuple[str, list[ValueMatch]]]:
        """Everything that `whole` finds, by the sorted stems with a blank between them."""
        return ((" ".join(stems), matches) for stems, matches in self._whole.items())

    def entries_telling(self) -> Iterable[tuple[str, list[ValueMatch]]]:
        """Everything that `telling` finds, by its stem."""
        return self._telling().items()

    def _telling(self) -> dict[str, list[ValueMatch]]:
        if self._told is None:
            told: dict[str, list[ValueMatch]] = defaultdict(list)
            for (table, column), words in list(self._owners.items()):
                for each, owners in words.items():
                    if len(owners) == 1 and len(each) > 2 and not each.isdigit():
                        told[each].append(ValueMatch(table, column, owners[0]))
            self._told = dict(told)
        return self._told


def _places(database: Readable) -> list[_Place]:
    """The text columns of small tables, then of larger ones, then of views, which repeat their values.

    A table of codes has none: its words stand for codes elsewhere.
    """
    kept = (table for table in database.schema().tables if not table.codes)
    tables = sorted(kept, key=lambda each: (each.view, each.rows or 0))
    return [(table.name, each.name) for table in tables for each in table.columns if each.kind == "text"]


def _shares(items: Sequence[_T], until: float) -> Iterator[tuple[_T, float]]:
    """Each item with the time until which it may take: an equal part of what those before it have left."""
    for number, item in enumerate(items):
        now = time.monotonic()
        yield item, now + max(_LEAST, (until - now) / (len(items) - number))


def _read(database: Readable, place: _Place, limit: int, until: float) -> tuple[list[str], bool]:
    """The values of a column and whether there may be more; none of a damaged table or a forbidden column."""
    try:
        return database.distinct_values(*place, limit, max(_LEAST, until - time.monotonic()))
    except UnreachableError:
        raise
    except DatabaseError:
        return [], False
