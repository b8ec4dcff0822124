"""One value of a row as JSON holds it and as people read it."""

from __future__ import annotations

import math
from collections.abc import Sequence, Set

from sqloop.database.decimals import Decimal
from sqloop.database.outcome import Value
from sqloop.terminal.float_text import spell_float

Json = str | bool | int | float | None
"""A value as JSON has it."""


def json_rows(rows: Sequence[Sequence[Value]], texts: Set[int] | None = None) -> list[list[Json]]:
    """Rows as JSON can hold them; ``texts`` are the columns whose numbers are texts, else `text_columns`.

    >>> json_rows([(1, Decimal("99.50")), (2, Decimal("123456789012345678.99"))])
    [[1, '99.50'], [2, '123456789012345678.99']]
    >>> json_rows([(1, Decimal("99.50")), (2, None)])
    [[1, 99.50], [2, None]]
    """
    texts = text_columns(rows) if texts is None else texts
    found = [[json_value(value) for value in row] for row in rows]
    for at in texts:
        for row in found:
            if _is_number(row[at]):
                row[at] = str(row[at])
    return found


def text_columns(rows: Sequence[Sequence[Value]], widest: float = math.inf) -> frozenset[int]:
    """Columns with a number that only a text holds: a decimal of many digits, or more than ``widest``.

    All numbers of such a column are texts, so that it has one type and each number all of its digits.
    """
    return frozenset(
        at for at in range(len(rows[0]) if rows else 0) if any(_needs_text(row[at], widest) for row in rows)
    )


def _needs_text(value: Value, widest: float) -> bool:
    if isinstance(value, Decimal):
        return not value.is_exact
    return isinstance(value, int) and abs(value) > widest


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def json_value(value: Value) -> Json:
    """A cell as JSON can hold it: bytes as ``0x…``, the infinities and NaN by name, long decimals as text.

    >>> json_value(b"\\x01\\xff"), json_value(float("inf")), json_value(1.5)
    ('0x01ff', 'Infinity', 1.5)
    """
    if isinstance(value, bytes):
        return f"0x{value.hex()}"
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, Decimal) and not value.is_exact:
        return value.text
    return value


def text_value(value: Value) -> str:
    """A cell for people: NULL by name, truths as SQL has them, numbers without dust, long bytes cut.

    >>> text_value(None), text_value(True), text_value(3.0), text_value(bytes(40))
    ('NULL', 'true', '3.0', '0x000000000000000000000000… (40 bytes)')
    """
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, bytes) and len(value) > 16:
        return f"0x{value[:12].hex()}… ({len(value):,} bytes)"
    cell = json_value(value)
    return spell_float(cell) if isinstance(cell, float) else str(cell)
