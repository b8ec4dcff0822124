"""Rows as an Excel workbook (.xlsx): one sheet, its first line the headings.

Numbers have the 15 digits that Excel has. A text is a text there, also where it begins like a formula. A
column with a whole number that Excel would round is one of texts; control characters, which the format cannot
hold, are replaced.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import IO

from sqloop.errors import SettingsError
from sqloop.terminal.float_text import round_float
from sqloop.terminal.printable import Cell

_LINES, _COLUMNS, _CHARACTERS = 1_048_576, 16_384, 32_767
_DIGITS = 10**15
"""From here on Excel rounds whole numbers."""

_UNHELD = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Workbook:
    """Takes rows, and writes them all when it is saved."""

    def __init__(self, columns: Sequence[str]) -> None:
        if len(columns) > _COLUMNS:
            raise SettingsError(f"A sheet of Excel holds {_COLUMNS:,} columns.", "Write .csv.")
        self._lines: list[Sequence[Cell]] = [columns]

    def add(self, rows: Iterable[Sequence[Cell]]) -> None:
        """Further rows. Raises SettingsError where there are more, or longer texts, than a sheet holds."""
        for row in rows:
            if len(self._lines) == _LINES:
                raise SettingsError(f"A sheet of Excel holds {_LINES:,} lines.", "Write .csv.")
            if any(isinstance(value, str) and len(value) > _CHARACTERS for value in row):
                raise SettingsError(f"A cell of Excel holds {_CHARACTERS:,} characters.", "Write .csv.")
            self._lines.append(row)

    def save(self, file: IO[bytes]) -> None:
        """Write the workbook."""
        import openpyxl

        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("answer")
        texts = {at for line in self._lines[1:] for at, value in enumerate(line) if _is_rounded(value)}
        for line in self._lines:
            sheet.append(
                [_cell(sheet, _text(value) if at in texts else value) for at, value in enumerate(line)]
            )
        book.save(file)


def _is_rounded(value: Cell) -> bool:
    return isinstance(value, int) and abs(value) >= _DIGITS


def _text(value: Cell) -> Cell:
    """A number as text, what is none as it is."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _cell(sheet: object, value: Cell) -> object:
    from openpyxl.cell import WriteOnlyCell

    if isinstance(value, float):
        return round_float(value)
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, value=_UNHELD.sub("\ufffd", value))
    cell.data_type = "s"
    return cell
