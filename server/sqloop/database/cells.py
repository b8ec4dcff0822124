"""One value of a row as JSON holds it and as people read it."""

from __future__ import annotations

import math

from sqloop.database.decimals import Decimal
from sqloop.database.outcome import Value


def json_value(value: Value) -> str | bool | int | float | None:
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
    """A cell for people: NULL by name, truths as SQL has them, long bytes cut.

    >>> text_value(None), text_value(True), text_value(3.0), text_value(bytes(40))
    ('NULL', 'true', '3.0', '0x000000000000000000000000… (40 bytes)')
    """
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, bytes) and len(value) > 16:
        return f"0x{value[:12].hex()}… ({len(value):,} bytes)"
    return str(json_value(value))
