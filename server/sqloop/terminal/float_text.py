"""Floating-point numbers as people read them; programs and files get every digit."""

from __future__ import annotations

_DIGITS = 12
"""Of a number that has more: what they carry is lost in sums of a few thousand."""

_PLAIN = 10
"""Digits that a number has fewer of which is not a result of a division."""


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
    if not value:
        return "0.0"  # Less than nothing is no number of people.
    rounded = str(float(f"{value:.{_DIGITS}g}"))
    return rounded if len(rounded) < len(whole) - 2 else whole


def round_float(value: float) -> float:
    """To the 15 digits that a spreadsheet has, or to fewer where the others are what sums have carried.

    >>> round_float(32983.16000000041), round_float(28.737499999999997), round_float(2 / 3)
    (32983.16, 28.7375, 0.666666666666667)
    >>> round_float(123456789.1234), round_float(1e300), round_float(0.0)
    (123456789.1234, 1e+300, 0.0)
    """
    few = f"{value:.{_DIGITS}g}"
    digits = few.partition("e")[0].replace(".", "").strip("-0")
    return float(few) if len(digits) < _PLAIN else float(f"{value:.15g}")
