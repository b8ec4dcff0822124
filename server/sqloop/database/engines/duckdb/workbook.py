"""A workbook (.xlsx) as Parquet: one file for each sheet that holds a table.

The first row with a value names the columns, but for titles above it; rows and columns without any value are
left out. A column has the type that all its cells have, else it is text. Formulas count as the values that
were saved with them.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Sequence
from itertools import chain, count, islice
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import duckdb
import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from sqloop.database.engines.duckdb.place import literal, quote
from sqloop.errors import UnreachableError

_PORTION = 5_000
_MIDNIGHT = datetime.time()
_TYPES: dict[frozenset[type], str] = {
    frozenset({int}): "BIGINT",
    frozenset({float}): "DOUBLE",
    frozenset({int, float}): "DOUBLE",
    frozenset({bool}): "BOOLEAN",
    frozenset({datetime.date}): "DATE",
    frozenset({datetime.datetime}): "TIMESTAMP",
    frozenset({datetime.date, datetime.datetime}): "TIMESTAMP",
    frozenset({datetime.time}): "TIME",
}

Cells = tuple[Any, ...]


def read_sheets(path: str, folder: str) -> list[tuple[str, str]]:
    """Each sheet's name with the file in ``folder`` that holds its rows. Raises UnreachableError."""
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        raise UnreachableError(f"{Path(path).name} is not an Excel workbook (.xlsx).") from error
    written = []
    with duckdb.connect(":memory:") as connection:
        for number, sheet in enumerate(book.worksheets):
            rows = _without_titles(list(_rows(sheet)))
            if len(rows) > 1:
                copy = str(Path(folder) / f"{number}.parquet")
                _write(connection, rows, copy)
                written.append((str(sheet.title), copy))
    if not written:
        raise UnreachableError(f"{Path(path).name}: none of its sheets holds a table.")
    return written


def _rows(sheet: Any) -> Iterator[Cells]:
    for cells in sheet.iter_rows():
        row = tuple(None if cell.data_type == "e" or cell.value == "" else cell.value for cell in cells)
        if any(value is not None for value in row):
            yield row


def _without_titles(rows: Sequence[Cells]) -> Sequence[Cells]:
    """From the row that names the columns: above it stand titles, which are alone in their row, or nearly.

    >>> _without_titles([("Sales 2024",), ("city", "year", "total"), ("Rome", 2024, 5)])
    [('city', 'year', 'total'), ('Rome', 2024, 5)]
    """
    filled = [sum(value is not None for value in row) for row in rows]
    most = max(filled, default=0)
    return rows[next((at for at, count in enumerate(filled) if 2 * count >= most), 0) :]


def _write(connection: duckdb.DuckDBPyConnection, rows: Sequence[Cells], copy: str) -> None:
    head, *body = rows
    width = max(map(len, rows))
    used = [at for at in range(width) if any(at < len(row) and row[at] is not None for row in rows)]
    names = _names([_text(head[at]) if at < len(head) else None for at in used])
    columns = [[_day(row[at]) if at < len(row) else None for row in body] for at in used]
    types = [_type(column) for column in columns]
    defined = ", ".join(f"{quote(name)} {kind}" for name, kind in zip(names, types, strict=True))
    connection.execute(f"CREATE OR REPLACE TABLE sheet ({defined})")
    taken = ", ".join(f"CAST(r[{at}] AS {kind})" for at, kind in enumerate(types, 1))
    insert = f"INSERT INTO sheet SELECT {taken} FROM (SELECT unnest(from_json(?, '[[\"VARCHAR\"]]')) AS r)"
    lines = zip(*columns, strict=True)
    while portion := [[_text(value) for value in line] for line in islice(lines, _PORTION)]:
        connection.execute(insert, [json.dumps(portion)])
    connection.execute(f"COPY sheet TO {literal(copy)} (FORMAT parquet)")


def _names(given: Sequence[str | None]) -> list[str]:
    """Names that differ, whatever their case.

    >>> _names(["id", None, "ID"])
    ['id', 'column2', 'ID_2']
    """
    names: list[str] = []
    for number, each in enumerate(given, 1):
        name = (each or "").strip() or f"column{number}"
        taken = {other.lower() for other in names}
        numbered = (f"{name}_{again}" for again in count(2))
        names.append(next(tried for tried in chain([name], numbered) if tried.lower() not in taken))
    return names


def _type(column: Sequence[Any]) -> str:
    return _TYPES.get(frozenset(type(value) for value in column if value is not None), "VARCHAR")


def _day(value: Any) -> Any:
    """A workbook knows no days, only times: one at midnight counts as a day."""
    return value.date() if isinstance(value, datetime.datetime) and value.time() == _MIDNIGHT else value


def _text(value: Any) -> str | None:
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)
