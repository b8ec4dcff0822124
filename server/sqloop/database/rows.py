"""Taking rows from a cursor without taking more than the limits allow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqloop.database.outcome import Limits, Outcome, Value
from sqloop.errors import UnreachableError

Row = tuple[Value, ...]

_FIXED = 8
"""Bytes that every value counts for; text and binary add their length."""


def fetch(description: Sequence[Sequence[Any]] | None, rows: Iterable[Row], limits: Limits) -> Outcome:
    """What a cursor gave after its query ran; an error when not even the first row fits."""
    kept, truncated = _collect(rows, limits)
    if truncated and not kept and limits.rows:
        return Outcome("error", error=f"a value does not fit in the {limits.bytes:,} bytes allowed")
    return Outcome("ok", tuple(column[0] for column in description or ()), kept, truncated)


def only_row(rows: Sequence[Row], width: int) -> Row:
    """The row of a query that gives one of so many values on every database.

    Raises UnreachableError where something else poses as one, or what reads a file was killed.
    """
    if len(rows) != 1 or len(rows[0]) != width:
        raise UnreachableError("What answers there is no database: a query for one row gave something else.")
    return rows[0]


def _collect(rows: Iterable[Row], limits: Limits) -> tuple[tuple[Row, ...], bool]:
    """Take rows while they fit in ``limits.rows`` and ``limits.bytes``; the flag says if any were left.

    >>> _collect([(1, "a"), (2, "b")], Limits(rows=1))
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
