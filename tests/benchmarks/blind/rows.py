"""How the databases of this package write their rows down: tables and lists of words as text."""

from __future__ import annotations

from typing import Any

Rows = list[tuple[Any, ...]]


def numbered(text: str) -> Rows:
    """A row for each line: its number from 1, then its cells as text; an empty cell is None.

    SQLite makes numbers of such text in a column of numbers.

    >>> numbered("Bath|Y\\nFlint|")
    [(1, 'Bath', 'Y'), (2, 'Flint', None)]
    """
    lines = enumerate(text.strip().splitlines(), 1)
    return [(number, *(cell or None for cell in line.split("|"))) for number, line in lines]


def words(text: str) -> list[str]:
    """The cells of all lines.

    >>> words("Bath|Flint\\nMold")
    ['Bath', 'Flint', 'Mold']
    """
    return text.strip().replace("\n", "|").split("|")
