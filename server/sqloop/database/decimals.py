"""Decimal numbers with all the digits that the database wrote, among values that are plain (`outcome.Value`)."""

from __future__ import annotations

_SAFE = 15
"""Significant digits that every float keeps (IEEE 754, binary64)."""


class Decimal(float):
    """A number that is written as the database wrote it: 99.50 stays 99.50, and is 99.5 in JSON."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> Decimal:
        self = super().__new__(cls, text)
        self.text = text
        return self

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__

    def __reduce__(self) -> tuple[type[Decimal], tuple[str]]:
        return Decimal, (self.text,)


def exact(text: str) -> float | str:
    """The number that ``text`` writes; the text itself where no float has all its digits.

    >>> exact("99.50"), exact("123456789012345678.99")
    (99.50, '123456789012345678.99')
    """
    digits = sum(map(str.isdigit, text.lstrip("-0.")))
    if digits <= _SAFE:
        return Decimal(text)
    shown = repr(float(text))
    return Decimal(text) if "e" not in shown and shown.rstrip("0") == text.rstrip("0") else text
