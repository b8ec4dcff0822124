"""A row of PostgreSQL as one JSON array of texts, and back."""

from __future__ import annotations

import json
from collections.abc import Callable

from sqloop.database.engine import Excerpt
from sqloop.database.outcome import Value
from sqloop.database.rows import Row
from sqloop.database.schema import Column


def write_excerpt(wanted: Excerpt, quote: Callable[[str], str]) -> str:
    """An expression for a row of the table that is ``wanted``."""
    values = ", ".join(f"left({quote(column.name)}::text, {wanted.length})" for column in wanted.columns)
    return f"to_json(ARRAY[{values}]::text[])::text"


def read_row(wanted: Excerpt, values: str) -> Row:
    """The row, its numbers as numbers."""
    return tuple(map(_value, wanted.columns, json.loads(values)))


def _value(column: Column, text: str | None) -> Value:
    if text is None or column.kind != "number":
        return text
    try:
        return int(text) if text.lstrip("-").isdigit() else float(text)
    except ValueError:  # money, and numbers longer than an excerpt
        return text
