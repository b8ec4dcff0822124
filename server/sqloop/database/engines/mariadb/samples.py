"""The first rows of many tables of a MariaDB or MySQL server by one query.

A round trip and the head of a result cost more than a few rows, and reading rows in Python costs most: so
each row comes as one JSON array.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from contextlib import suppress

from sqloop.database.engine import Excerpt
from sqloop.database.rows import Row
from sqloop.database.schema import Column

_ODD_NUMBER = re.compile(r"^bit|^year|zerofill", re.IGNORECASE)
"""Types whose values do not look like a number in JSON: the year 0000, 007."""

_Read = Callable[[str], list[Row]]


def read_first_rows(
    read: _Read, quote: Callable[[str], str], wanted: Sequence[Excerpt]
) -> dict[str, list[Row]]:
    """Rows by table, as far as ``read`` got; tables without rows are left out."""
    selects = [_select(number, each, quote) for number, each in enumerate(wanted)]
    found: dict[str, list[Row]] = {}
    for number, values in read(" UNION ALL ".join(selects)):
        # Not strict: the server leaves control characters in strings as they are.
        with suppress(json.JSONDecodeError):  # what else the server writes that is no JSON costs its row
            row = tuple(json.JSONDecoder(strict=False).decode(str(values)))
            found.setdefault(wanted[int(str(number))].table, []).append(row)
    return found


def _select(number: int, wanted: Excerpt, quote: Callable[[str], str]) -> str:
    values = ", ".join(_value(column, quote(column.name), wanted.length) for column in wanted.columns)
    return f"(SELECT {number}, JSON_ARRAY({values}) FROM {quote(wanted.table)} LIMIT {wanted.rows})"


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
