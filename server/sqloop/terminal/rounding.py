"""Numbers rounded for people: two decimals, thousands apart; those that only name a thing are left alone.

For people alone; programs and files get every digit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from sqloop.database.cells import text_value
from sqloop.database.decimals import Decimal
from sqloop.database.outcome import Value
from sqloop.terminal.printable import NAMES_A_THING, YEARS


def round_column(heading: str, values: Sequence[Value]) -> tuple[str, ...]:
    """The cells of a column as text, its numbers alike.

    >>> round_column("price", [1234.5, 0.1 + 0.2, None]), round_column("paid", [True])
    (('1,234.50', '0.30', 'NULL'), ('true',))
    >>> round_column("count", [12000]), round_column("order_id", [12000]), round_column("share", [0.00123])
    (('12,000',), ('12000',), ('0.00123',))
    >>> round_column("extract", [2024])  # a part of a date, as PostgreSQL calls it
    ('2024',)
    >>> round_column("year_built", [1987]), round_column("yearly sales", [12000]), round_column("n", [-0.0])
    (('1987',), ('12,000',), ('0',))
    """
    years = "year" in heading.lower() and all(each in YEARS for each in values if isinstance(each, int))
    apart = "" if years or NAMES_A_THING.search(heading) else ","
    floats = [value for value in values if isinstance(value, float)]
    whole = all(value.is_integer() for value in floats if math.isfinite(value))
    return tuple(_round(value, apart, 0 if whole else 2) for value in values)


def _round(value: Value, apart: str, decimals: int) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:{apart}}"
    if not isinstance(value, float) or not math.isfinite(value):
        return text_value(value)
    if isinstance(value, Decimal) and not value.is_exact:
        return value.text
    if decimals and 0 < abs(value) < 0.01:
        return f"{value:.3g}"
    return f"{value:z{apart}.{decimals}f}" if abs(value) < 1e15 else f"{value:.6g}"
