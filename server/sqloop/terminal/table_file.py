"""Rows as a file that its ending describes: CSV, JSON, a Markdown table, Excel or, with pyarrow, Parquet.

The file appears whole or not at all, and takes the place of an older one.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

from sqloop.database.cells import json_rows, json_value
from sqloop.database.outcome import Value
from sqloop.errors import OutputError, SettingsError
from sqloop.places import replacing
from sqloop.terminal.csv_text import FOR_PEOPLE, distinct_names, write_csv
from sqloop.terminal.headings import write_headings
from sqloop.terminal.markdown_text import write_markdown
from sqloop.terminal.workbook import Workbook

Rows = Sequence[Sequence[Value]]


def check_name(path: Path) -> None:
    """Raise SettingsError where rows cannot be written under that name, before anybody waits for them."""
    suffix = path.suffix.lower()
    if suffix not in _WRITERS:
        raise SettingsError(f"{path}: the name must end in .csv, .json, .md, .xlsx or .parquet.")
    if suffix == ".parquet" and find_spec("pyarrow") is None:
        raise SettingsError(
            "Parquet needs pyarrow, which is not installed.", "Name a .csv, .json, .md or .xlsx file."
        )
    if not path.absolute().parent.is_dir():
        raise SettingsError(f"{path}: there is no folder {path.absolute().parent}.")


def write_table(path: Path, columns: Sequence[str], rows: Rows) -> None:
    """Write all rows to ``path``, whose name `check_name` has passed. Raises OutputError where that fails."""
    suffix = path.suffix.lower()
    try:
        names = distinct_names(write_headings(columns) if suffix in FOR_PEOPLE else columns)
        _replace(path, _WRITERS[suffix](names, rows))
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror or error}.") from None


def _replace(path: Path, data: bytes) -> None:
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
    with replacing(path) as written:
        written.write_bytes(data)
        written.chmod(mode)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _csv(columns: Sequence[str], rows: Rows) -> bytes:
    return write_csv(columns, [[json_value(value) for value in row] for row in rows]).encode()


def _json(columns: Sequence[str], rows: Rows) -> bytes:
    """An array with an object for each row."""
    objects = [dict(zip(columns, row, strict=True)) for row in json_rows(rows)]
    lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in objects)
    return (f"[\n{lines}\n]\n" if lines else "[]\n").encode()


def _markdown(columns: Sequence[str], rows: Rows) -> bytes:
    return write_markdown(columns, [[json_value(value) for value in row] for row in rows]).encode()


def _excel(columns: Sequence[str], rows: Rows) -> bytes:
    book = Workbook(columns)
    book.add(json_rows(rows))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _parquet(columns: Sequence[str], rows: Rows) -> bytes:
    """Columns of whole numbers, of numbers or of text; what holds several kinds is text."""
    import pyarrow as pa
    from pyarrow import parquet

    table = {}
    for at, column in enumerate(columns):
        values = [json_value(row[at]) for row in rows]
        kinds = {type(value) for value in values if value is not None}
        if not kinds <= {int, float} and not all(issubclass(kind, int | float) for kind in kinds):
            values = [None if value is None else str(value) for value in values]
            table[column] = pa.array(values, pa.string())
        elif kinds == {int} and all(-(2**63) <= value < 2**63 for value in values if isinstance(value, int)):
            table[column] = pa.array(values, pa.int64())
        else:
            numbers = [None if value is None else float(value) for value in values]
            table[column] = pa.array(numbers, pa.float64() if kinds else pa.string())
    buffer = io.BytesIO()
    parquet.write_table(pa.table(table), buffer)
    return buffer.getvalue()


_WRITERS: dict[str, Callable[[Sequence[str], Rows], bytes]] = {
    ".csv": _csv,
    ".json": _json,
    ".md": _markdown,
    ".xlsx": _excel,
    ".parquet": _parquet,
}
