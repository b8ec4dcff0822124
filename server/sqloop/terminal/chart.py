"""Whether rows suit a chart, and the chart: bars for labels and numbers, a line for dates and numbers.

The line is broken where a month, or another period, has no value: nobody knows what it would be there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

from rich.cells import cell_len

from sqloop.terminal.printable import NAMES_A_THING, YEARS, Cell, are_numbers, cell_text, count, fit

_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2}([T ].*)?)?)?|\d{4}-(W\d{2}|Q\d)")

MOST_LABELS = 100
"""Bars that are drawn; more tell nothing."""

MOST_NAMED = 2
"""Columns that name a bar."""

_EIGHTHS = " ▏▎▍▌▋▊▉"


@dataclass(frozen=True)
class Series:
    """``points`` are labels with their numbers, in the order of the rows; of dates, in that of time."""

    kind: Literal["bars", "line"]
    label: str
    number: str
    points: tuple[tuple[str, float], ...]


def find_series(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Series | None:
    """What there is to draw: the first column of numbers by those of texts or times; None without these.

    Keys, codes and the like are no numbers to draw.

    >>> find_series(["city", "n"], [("Rome", 2), ("Oslo", 1)]).kind
    'bars'
    >>> find_series(["month", "n"], [("2024-02", 2), ("2024-01", 1), ("2024-03", 1)]).points[0]
    ('2024-01', 1.0)
    """
    shown = range(len(columns))
    labels = [at for at in shown if all(_is_label(row[at], columns[at]) for row in rows)][:MOST_NAMED]
    numbers = [at for at in shown if at not in labels and _is_measure(columns[at], [row[at] for row in rows])]
    if not labels or not numbers:
        return None
    number = numbers[0]
    points = [
        (" · ".join(cell_text(row[at]) for at in labels), float(value))
        for row in rows
        if isinstance(value := row[number], int | float)
    ]
    if len(points) < 2:
        return None
    label = ", ".join(columns[at] for at in labels)
    over_time = len(labels) == 1 and all(_is_time(row[labels[0]], label) for row in rows) and len(points) > 2
    if over_time:
        return Series("line", label, columns[number], tuple(sorted(points)))
    return Series("bars", label, columns[number], tuple(points[:MOST_LABELS]))


def find_places(labels: Sequence[str]) -> tuple[str, tuple[int, ...]]:
    """The period that each of ordered ``labels`` stands for, and how many of them it is behind the first.

    Where they are no periods, or more than a third is missing (Olympic Games), each is the next one.

    >>> find_places(["2024-01", "2024-02", "2024-04"]), find_places(["2024-01-31", "2024-02-01"])
    (('month', (0, 1, 3)), ('day', (0, 1)))
    >>> find_places(["1900", "2000"])
    ('', (0, 1))
    """
    for unit, (pattern, number) in _PERIODS.items():
        found = [re.fullmatch(pattern, label) for label in labels]
        try:
            numbers = [number(*map(int, each.groups())) for each in found if each]
        except ValueError:  # A week or a day that no calendar has.
            continue
        if len(numbers) == len(labels) and 2 * (numbers[-1] - numbers[0] + 1) <= 3 * len(set(numbers)):
            return unit, tuple(each - numbers[0] for each in numbers)
    return "", tuple(range(len(labels)))


_PERIODS: dict[str, tuple[str, Callable[..., int]]] = {
    "year": (r"(\d{4})", lambda year: year),
    "quarter": (r"(\d{4})-Q(\d)", lambda year, quarter: year * 4 + quarter),
    "month": (r"(\d{4})-(\d{2})", lambda year, month: year * 12 + month),
    "week": (r"(\d{4})-W(\d{2})", lambda year, week: date.fromisocalendar(year, week, 1).toordinal() // 7),
    "day": (r"(\d{4})-(\d{2})-(\d{2})", lambda *day: date(*day).toordinal()),
}
"""How periods are written, and their numbers in a row."""


def draw_bars(series: Series, width: int) -> list[tuple[str, str, str]]:
    """A line for each label: the label, its bar and its number, in ``width`` columns.

    >>> draw_bars(Series("bars", "city", "n", (("Rome", 2.0), ("Oslo", 1.0))), 20)[1]
    ('Oslo', '█████     ', '1')
    """
    numbers = [_spell(value) for _, value in series.points]
    label_width = min(max(cell_len(label) for label, _ in series.points), width // 3)
    number_width = max(map(len, numbers))
    room = max(1, width - label_width - number_width - 5)
    most = max((abs(value) for _, value in series.points), default=0) or 1
    return [
        (fit(label, label_width), _bar(abs(value) / most * room).ljust(room), number.rjust(number_width))
        for (label, value), number in zip(series.points, numbers, strict=True)
    ]


def draw_line(series: Series, width: int, height: int) -> list[str]:
    """The numbers over time on an axis, ``height`` lines of ``width`` columns; dots of Braille."""
    values = [value for _, value in series.points]
    low, high = min(0.0, min(values)), max(0.0, max(values))
    if low == high:
        high = low + 1
    marks = (_spell(high), _spell(low))
    left = max(map(len, marks)) + 2
    canvas = _Canvas(max(2, width - left), max(2, height - 2))
    unit, places = find_places([label for label, _ in series.points])
    spots = [
        (
            round(place * (canvas.columns * 2 - 1) / max(1, places[-1])),
            round((high - value) / (high - low) * (canvas.lines * 4 - 1)),
        )
        for place, value in zip(places, values, strict=True)
    ]
    for spot in spots:
        canvas.line(spot, spot)
    for at, (before, place) in enumerate(pairwise(places)):
        if place - before <= 1:
            canvas.line(spots[at], spots[at + 1])
    drawn = canvas.draw()
    lines = []
    for number, line in enumerate(drawn):
        mark = marks[0] if number == 0 else marks[1] if number == len(drawn) - 1 else ""
        lines.append(f"{mark:>{left - 2}} │{line}")
    first, last = series.points[0][0], series.points[-1][0]
    missing = places[-1] + 1 - len(set(places))
    told = f"{count(missing, unit)} without a value" if missing else ""
    gap = max(1, canvas.columns - len(first) - len(last))
    between = told.center(gap) if len(told) + 2 <= gap else " " * gap
    lines.append(f"{'':>{left - 2}} └{'─' * canvas.columns}")
    lines.append(f"{'':>{left}}{first}{between}{last}")
    return lines


class _Canvas:
    """Dots, two by four in each cell of the terminal."""

    _DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))

    def __init__(self, columns: int, lines: int) -> None:
        self.columns, self.lines = columns, lines
        self._cells = [[0] * columns for _ in range(lines)]

    def line(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Join two dots."""
        steps = max(abs(end[0] - start[0]), abs(end[1] - start[1]), 1)
        for step in range(steps + 1):
            x = round(start[0] + (end[0] - start[0]) * step / steps)
            y = round(start[1] + (end[1] - start[1]) * step / steps)
            self._cells[y // 4][x // 2] |= self._DOTS[y % 4][x % 2]

    def draw(self) -> list[str]:
        return ["".join(chr(0x2800 + cell) if cell else " " for cell in line) for line in self._cells]


def _is_label(value: Cell, column: str) -> bool:
    return value is None or isinstance(value, str | bool) or _is_time(value, column)


def _is_measure(column: str, values: Sequence[Cell]) -> bool:
    counted = column.lower() == "number"  # as many call what they count
    return (counted or not NAMES_A_THING.search(column)) and are_numbers(values)


def _is_time(value: Cell, column: str) -> bool:
    if isinstance(value, int):
        return "year" in column.lower() and value in YEARS
    return isinstance(value, str) and _DATE.fullmatch(value) is not None


def _bar(length: float) -> str:
    whole, rest = divmod(round(length * 8), 8)
    return "█" * whole + (_EIGHTHS[rest] if rest else "")


def _spell(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"
