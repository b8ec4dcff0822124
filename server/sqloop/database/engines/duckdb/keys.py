"""The keys of tables in files, which declare none: what is named like one, where no value is there twice.

Without them nothing could be said to refer to a table (`sqloop.database.knowledge.keys`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from time import perf_counter

from sqloop.database.engines.duckdb.place import quote
from sqloop.database.rows import Row
from sqloop.database.schema import Column, Table
from sqloop.database.words import identifier_stems

_SECONDS, _ONE_SECONDS = 0.5, 0.1
"""For all tables, and for one look at a column."""

_KEYS = tuple(identifier_stems(word) for word in ("id", "key", "code", "number", "no", "uuid"))

_Read = Callable[[str, float], tuple[list[Row], bool]]


def add_keys(tables: Sequence[Table], read: _Read) -> list[Table]:
    """The tables, each with a primary key of one column where it seems to have one and time allows to see."""
    until = perf_counter() + _SECONDS
    return [replace(table, primary_key=_key_of(table, read, until)) for table in tables]


def _key_of(table: Table, read: _Read, until: float) -> tuple[str, ...]:
    for column in _named_like_keys(table):
        left = min(until - perf_counter(), _ONE_SECONDS)
        if left > 0 and _is_key(table, column, read, left):
            return (column.name,)
    return ()


def _named_like_keys(table: Table) -> Iterator[Column]:
    """Called `id`, or after the table or its last word: `customer_id` in `shop_customers`."""
    own = identifier_stems(table.name)
    for before in ((), own, own[-1:]):
        names = {(*before, *key) for key in _KEYS}
        yield from (each for each in table.columns if identifier_stems(each.name) in names)


def _is_key(table: Table, column: Column, read: _Read, seconds: float) -> bool:
    name = quote(column.name)
    looked, cut = read(f"SELECT COUNT(*), COUNT(DISTINCT {name}) FROM {quote(table.name)}", seconds)
    return not cut and bool(looked) and looked[0][0] == looked[0][1] != 0
