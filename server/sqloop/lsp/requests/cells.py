"""Values of a database as cells of the protocol."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqloop.database.cells import json_value
from sqloop.database.outcome import Value
from sqloop.lsp.protocol import Cell

_EXACT = 2**53
"""Integers beyond it lose digits in JavaScript."""


def read_cells(rows: Iterable[Sequence[Value]]) -> tuple[tuple[Cell, ...], ...]:
    """Rows as JSON holds them.

    >>> read_cells([(2**60, 1.5, None, b"a")])
    (('1152921504606846976', 1.5, None, '0x61'),)
    """
    return tuple(tuple(_cell(value) for value in row) for row in rows)


def _cell(value: Value) -> Cell:
    if isinstance(value, int) and abs(value) > _EXACT:
        return str(value)
    return json_value(value)
