"""Taking rows from a cursor without taking more than the limits allow."""

from __future__ import annotations

from collections.abc import Iterable

from sqloop.database.outcome import Limits, Value

Row = tuple[Value, ...]

_FIXED = 8
"""Bytes that every value counts for; text and binary add their length."""


def collect(rows: Iterable[Row], limits: Limits) -> tuple[tuple[Row, ...], bool]:
    """Take rows while they fit in ``limits.rows`` and ``limits.bytes``; the flag says if any were left.

    >>> collect([(1, "a"), (2, "b")], Limits(rows=1))
    (((1, 'a'),), True)
    """
    kept: list[Row] = []
    room = limits.bytes
    for row in rows:
        room -= _FIXED * len(row)
        for value in row:
            if isinstance(value, str | bytes):
                room -= len(value)
        if room < 0 or len(kept) == limits.rows:
            return tuple(kept), True
        kept.append(row)
    return tuple(kept), False
