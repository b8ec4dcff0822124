"""Decimal numbers with all the digits that the database wrote, among plain values (`outcome.Value`)."""

from __future__ import annotations

_SAFE = 15
"""Significant digits that every float keeps (IEEE 754, binary64)."""


class Decimal(float):
    """A number that compares as a float and is written as the database wrote it.

    >>> Decimal("99.50"), Decimal("99.50") == 99.5, Decimal("123456789012345678.99").is_exact
    (99.50, True, False)
    """

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> Decimal:
        """From what the database wrote."""
        self = super().__new__(cls, text)
        self.text = text
        return self

    @property
    def is_exact(self) -> bool:
        """Whether a plain float has all its digits."""
        if len(self.text) <= _SAFE or sum(map(str.isdigit, self.text.lstrip("-0."))) <= _SAFE:
            return True
        return float.__repr__(self).rstrip("0").rstrip(".") == self.text.rstrip("0").rstrip(".")

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__

    def __reduce__(self) -> tuple[type[Decimal], tuple[str]]:
        return Decimal, (self.text,)
