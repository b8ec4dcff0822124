"""A table as wide as its terminal: texts are broken between words, numbers and dates never.

Columns that have no place are not squeezed in: of a few rows each is drawn as a record, its values one below
the other; of more, the first columns stand as they are, and a line says how many there are besides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, RenderableType
from rich.table import Table
from rich.text import Text

from sqloop.terminal.printable import count

RECORD_LINES = 40
"""Lines that records take at most; of a single row all are drawn."""

_LONG_WORD, _LONG_HEADING = 30, 16
"""Characters of a word, in a cell and above it, from which on it may be broken."""

_WIDE_HEADING = 32
"""Characters of a heading of several words that have no break."""

_SHORT = 12
"""Characters of a cell up to which it is not even broken between words: a post code, a telephone number."""

_GAP, _EDGES = 3, 2


@dataclass(frozen=True)
class Column:
    """A heading with the cells below it; ``right`` for numbers, ``kept`` where no cell is to be broken."""

    heading: str
    cells: Sequence[Text]
    right: bool = False
    kept: bool = False
    style: str = ""

    @property
    def natural(self) -> int:
        """The width in which no cell is broken, nor a heading of the usual length."""
        heading = max(min(_measure(self.heading), _WIDE_HEADING), _longest_word(self.heading))
        return max(heading, *(_measure(cell.plain) for cell in self.cells), 1)

    @property
    def least(self) -> int:
        """The width in which no word is broken, but for very long ones."""
        heading = min(_longest_word(self.heading), _LONG_HEADING)
        longest = max((self._least(cell.plain) for cell in self.cells), default=0)
        return max(longest, heading, 1)

    def _least(self, cell: str) -> int:
        whole = _measure(cell)
        if self.kept or self.right or whole <= _SHORT:
            return whole
        return max(_SHORT, min(_longest_word(cell), _LONG_WORD))


@dataclass(frozen=True)
class FittedTable:
    """Columns of as many cells each; ``whole`` is where a reader finds those that have no place.

    Where it is empty, all columns are drawn: of a few, short ones that nobody could read elsewhere.
    """

    columns: Sequence[Column]
    whole: str = ""
    caption: str = ""

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        room = options.max_width
        least = [column.least for column in self.columns]
        fitting = _count_fitting(least, room) if self.whole else len(least)
        rows = len(self.columns[0].cells) if self.columns else 0
        if fitting == len(least):
            yield self._draw_table(fitting, room)
        elif rows == 1 or 0 < rows * (len(least) + 2) <= RECORD_LINES:
            yield self._draw_records(rows, room)
        else:
            yield self._draw_table(fitting, room)
            yield Text(f"{count(len(least) - fitting, 'more column')}: {self.whole}", style="dim")

    def _draw_table(self, fitting: int, room: int) -> Table:
        columns = self.columns[:fitting]
        table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
        for column, width in zip(columns, _share(columns, room), strict=True):
            table.add_column(
                Text(column.heading),
                justify="right" if column.right else "left",
                overflow="fold",
                width=width,
                style=column.style,
            )
        for row in zip(*(column.cells for column in columns), strict=True):
            table.add_row(*row)
        if self.caption:
            table.caption, table.caption_justify = self.caption, "left"
        return table

    def _draw_records(self, rows: int, room: int) -> Table:
        widest = max(_measure(column.heading) for column in self.columns)
        table = Table.grid(padding=(0, 2))
        table.add_column(style="bold", overflow="fold", width=min(widest, room // 3))
        table.add_column(overflow="fold")
        for row in range(rows):
            table.add_row("", "")
            if rows > 1:
                table.add_row(Text(f"row {row + 1}", style="dim"), "")
            for column in self.columns:
                table.add_row(Text(column.heading), column.cells[row])
        table.add_row("", "")
        return table


def _count_fitting(least: Sequence[int], room: int) -> int:
    """How many columns, from the first, have a place; the first one always."""
    taken = _EDGES - _GAP
    for at, width in enumerate(least):
        taken += width + _GAP
        if taken > room:
            return max(at, 1)
    return len(least)


def _share(columns: Sequence[Column], room: int) -> list[int]:
    """The widths: what is too much is taken from the widest of those that may be broken."""
    widths = [column.natural for column in columns]
    least = [column.least for column in columns]
    over = sum(widths) + _GAP * (len(widths) - 1) + _EDGES - room
    while over > 0:
        wider = [at for at, width in enumerate(widths) if width > least[at]]
        if not wider:
            break
        widest = max(wider, key=lambda at: widths[at])
        widths[widest] -= 1
        over -= 1
    if over > 0 and len(widths) == 1:
        widths[0] = max(1, room - _EDGES)
    return widths


def _measure(text: str) -> int:
    return max((Text(line).cell_len for line in text.split("\n")), default=0)


def _longest_word(text: str) -> int:
    return max((Text(word).cell_len for word in text.split()), default=0)
