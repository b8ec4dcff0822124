"""Taking rows from a cursor without taking more than the limits allow."""

from __future__ import annotations

from collections.abc import Iterable

from sqloop.database.outcome import Limits, Value

Row = tuple[Value, ...]

_FIXED = 8
"""Bytes that a number or NULL counts for."""


def collect(rows: Iterable[Row], limits: Limits) -> tuple[tuple[Row, ...], bool]:
    """Take rows while they fit in ``limits.rows`` and ``limits.bytes``; the flag says if any were left.

    >>> collect([(1, "a"), (2, "b")], Limits(rows=1))
    (((1, 'a'),), True)
    """
    kept: list[Row] = []
    room = limits.bytes
    for row in rows:
        room -= _size(row)
        if room < 0 or len(kept) == limits.rows:
            return tuple(kept), True
        kept.append(row)
    return tuple(kept), False


def _size(row: Row) -> int:
    return sum(len(value) if isinstance(value, str | bytes) else _FIXED for value in row)
