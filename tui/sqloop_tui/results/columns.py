"""Columns of a table on a terminal: how wide they are, which are in view, and a line made of their cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from sqloop.terminal.printable import are_numbers, cell_text, printable
from sqloop_tui.results.pages import Pages

NARROWEST, WIDEST = 3, 40
"""Columns of the terminal that a column of the table takes."""

GAP = 2


@dataclass(frozen=True)
class Column:
    """``left`` is where it begins, in columns of the terminal."""

    name: str
    left: int
    width: int
    numeric: bool


def measure(pages: Pages) -> tuple[Column, ...]:
    """How wide the columns are, by the first page."""
    columns: list[Column] = []
    left = 0
    for position, name in enumerate(pages.headings):
        values = [row[position] for row in pages.first_page]
        longest = max((cell_len(cell_text(value)) for value in values), default=0)
        width = min(max(longest, cell_len(printable(name)), NARROWEST), WIDEST)
        numeric = any(value is not None for value in values) and are_numbers(values)
        columns.append(Column(name, left, width, numeric))
        left += width + GAP
    return tuple(columns)


def visible(columns: Sequence[Column], left: int, width: int) -> Iterator[tuple[int, Column]]:
    """Those of which something is in view, with their numbers."""
    for number, column in enumerate(columns):
        if column.left + column.width > left and column.left < left + width:
            yield number, column


def assemble(cells: Iterator[tuple[Column, Segment]], left: int, width: int, base: Style) -> Strip:
    """Cells and the gaps between them, from ``left`` on."""
    segments: list[Segment] = []
    start = at = -1
    for column, segment in cells:
        if start < 0:
            start = at = column.left
        segments += [Segment(" " * (column.left - at), base), segment]
        at = column.left + column.width
    return Strip(segments).crop_extend(max(0, left - start), max(0, left - start) + width, base)
