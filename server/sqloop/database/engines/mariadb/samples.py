"""A row of MariaDB or MySQL as one JSON array, and back: reading values in Python costs most."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from sqloop.database.engine import Excerpt
from sqloop.database.rows import Row
from sqloop.database.schema import Column

_ODD_NUMBER = re.compile(r"^bit|^year|zerofill", re.IGNORECASE)
"""Types whose values do not look like a number in JSON: the year 0000, 007."""


def write_excerpt(wanted: Excerpt, quote: Callable[[str], str]) -> str:
    """An expression for a row of the table that is ``wanted``."""
    values = ", ".join(_value(column, quote(column.name), wanted.length) for column in wanted.columns)
    return f"JSON_ARRAY({values})"


def read_row(wanted: Excerpt, values: str) -> Row | None:
    """The row; None for what the server writes that is no JSON."""
    # Not strict: the server leaves control characters in strings as they are.
    try:
        return tuple(json.JSONDecoder(strict=False).decode(values))
    except json.JSONDecodeError:
        return None


def _value(column: Column, name: str, length: int) -> str:
    match column.kind:
        case "text":
            return f"LEFT({name}, {length})"
        case "date":
            return f"CAST({name} AS CHAR)"  # MySQL would add microseconds
        case _ if _ODD_NUMBER.search(column.type):
            return f"{name} + 0"
        case _:
            return name
