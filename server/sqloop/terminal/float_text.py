"""Floating-point numbers as people read them; programs and files get every digit."""

from __future__ import annotations

_DIGITS = 12
"""Of a number that has more: what they carry is lost in sums of a few thousand."""


def spell_float(value: float) -> str:
    """A number without what the arithmetic of floating point adds; others keep all digits.

    >>> spell_float(1914.0599999999997), spell_float(0.1 + 0.2), spell_float(2 / 3), spell_float(2.0)
    ('1914.06', '0.3', '0.666666666667', '2.0')
    >>> spell_float(123456789.1234)
    '123456789.1234'
    """
    whole = str(value)
    if type(value) is not float:  # A decimal of the database: it is written as it is there.
        return whole
    rounded = str(float(f"{value:.{_DIGITS}g}"))
    return rounded if len(rounded) < len(whole) - 2 else whole
