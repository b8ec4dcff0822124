"""The first rows of many tables of a PostgreSQL server by one query.

A round trip and the head of a result cost more than a few rows, and tables differ in their columns: so each
row comes as one JSON array of texts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from sqloop.database.engine import Excerpt
from sqloop.database.outcome import Value
from sqloop.database.rows import Row
from sqloop.database.schema import Column

_Read = Callable[[str], list[Row]]


def read_first_rows(
    read: _Read, quote: Callable[[str], str], wanted: Sequence[Excerpt]
) -> dict[str, list[Row]]:
    """Rows by table, as far as ``read`` got; tables without rows are left out."""
    selects = [_select(number, each, quote) for number, each in enumerate(wanted)]
    found: dict[str, list[Row]] = {}
    for number, values in read(" UNION ALL ".join(selects)):
        excerpt = wanted[int(str(number))]
        row = tuple(map(_value, excerpt.columns, json.loads(str(values))))
        found.setdefault(excerpt.table, []).append(row)
    return found


def _select(number: int, wanted: Excerpt, quote: Callable[[str], str]) -> str:
    values = ", ".join(f"left({quote(column.name)}::text, {wanted.length})" for column in wanted.columns)
    row = f"to_json(ARRAY[{values}]::text[])::text"
    return f"(SELECT {number}, {row} FROM {quote(wanted.table)} LIMIT {wanted.rows})"


def _value(column: Column, text: str | None) -> Value:
    if text is None or column.kind != "number":
        return text
    try:
        return int(text) if text.lstrip("-").isdigit() else float(text)
    except ValueError:  # money, and numbers longer than an excerpt
        return text
