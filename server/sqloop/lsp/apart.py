"""How the answers to one question are told apart in a few words: by how many rows they have.

Where that is one row, or the same number in several, a part of what is in them is told as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqloop.database.cells import text_value
from sqloop.database.outcome import Value

LONGEST = 40
"""Characters of what is in an answer."""

ROWS = 5
"""Rows in which a difference is looked for."""


@dataclass(frozen=True)
class Given:
    """An answer, of whose ``count`` rows the first are here."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[Value, ...]]
    count: int
    truncated: bool = False


def tell_apart(answers: Sequence[Given]) -> list[str]:
    """A short text for each answer, which are different ones.

    >>> tell_apart([Given(("n",), [(17,)], 1), Given(("name",), [("Ann",), ("Cy",)], 2)])
    ['1 row: 17', '2 rows']
    >>> tell_apart([Given(("name",), [("Ann",), (each,)], 2) for each in ("Bob", "Cy")])
    ['2 rows: Bob', '2 rows: Cy']
    >>> tell_apart([Given((each,), [("Ann",), ("Cy",)], 2) for each in ("name", "city")])
    ['2 rows: name', '2 rows: city']
    """
    told = []
    for each in answers:
        count = _count(each)
        inside = _inside(each, [other for other in answers if _count(other) == count])
        told.append(f"{count}: {inside}" if inside else count)
    return told


def _inside(given: Given, alike: Sequence[Given]) -> str:
    """What is in an answer and in none of those ``alike``; empty where nothing has to be told."""
    if given.count == 1:
        return _write(given.rows[0])
    if len(alike) > 1:
        for place in range(-1, ROWS):
            if len({_at(each, place) for each in alike}) == len(alike):
                return _at(given, place)
    return ""


def _at(given: Given, place: int) -> str:
    """A row as text, or the columns at -1; empty where there is none."""
    if place < 0:
        return _write(given.columns)
    return _write(given.rows[place]) if place < len(given.rows) else ""


def _write(cells: Sequence[Value]) -> str:
    text = " ".join(", ".join(map(text_value, cells)).split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _count(given: Given) -> str:
    return f"{given.count:,}{'+' if given.truncated else ''} row{'' if given.count == 1 else 's'}"
