"""Names of a schema by how they begin, or by how a word inside of them begins: thousands in no time.

>>> from sqloop.database.schema import Column, Table
>>> index = NameIndex(Schema("sqlite", (Table("order_item", (Column("unit_price", "REAL", "number"),)),)))
>>> index.columns("pri", 10), index.tables("ite", 10)
(['unit_price'], ['order_item'])
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable

from sqloop.database.schema import Schema

_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+|[^\W\d_]+")


class NameIndex:
    """Tables and columns of one schema; ``owners`` gives the tables that have a column."""

    def __init__(self, schema: Schema) -> None:
        self.fingerprint = schema.fingerprint
        owners: dict[str, list[str]] = {}
        for table in schema.tables:
            for column in table.columns:
                owners.setdefault(column.name, []).append(table.name)
        self.owners = owners
        self._tables = _sort(table.name for table in schema.tables)
        self._columns = _sort(owners)

    def tables(self, prefix: str, most: int) -> list[str]:
        """Up to ``most`` tables, those that begin with ``prefix`` before those that hold it."""
        return _find(self._tables, prefix, most)

    def columns(self, prefix: str, most: int) -> list[str]:
        """Up to ``most`` names of columns, in the same order."""
        return _find(self._columns, prefix, most)


def matches(name: str, prefix: str) -> int:
    """0 where ``name`` begins with ``prefix``, 1 where a word in it does, -1 where none does.

    >>> matches("order_date", "Ord"), matches("order_date", "da"), matches("order_date", "x")
    (0, 1, -1)
    """
    lowered = prefix.lower()
    if name.lower().startswith(lowered):
        return 0
    return 1 if any(key.startswith(lowered) for key in _keys(name)) else -1


Entries = tuple[list[str], list[tuple[str, int, str]]]


def _sort(names: Iterable[str]) -> Entries:
    """Sorted keys, and beside each what it leads to: whole names (0) before words inside (1)."""
    entries = sorted(
        {(key, int(number > 0), name) for name in names for number, key in enumerate(_keys(name))}
    )
    return [entry[0] for entry in entries], entries


def _keys(name: str) -> list[str]:
    """The name itself, and its rest from each of its words on."""
    lowered = name.lower()
    starts = [match.start() for match in _PARTS.finditer(name)]
    return [lowered, *(lowered[start:] for start in starts if start)]


def _find(entries: Entries, prefix: str, most: int) -> list[str]:
    keys, values = entries
    lowered = prefix.lower()
    first, last = bisect_left(keys, lowered), bisect_left(keys, lowered + "\uffff")
    whole: dict[str, None] = {}
    inside: dict[str, None] = {}
    for _, rank, name in values[first:last]:
        (inside if rank else whole)[name] = None
        if len(whole) >= most:
            break
    return list({**whole, **inside})[:most]
