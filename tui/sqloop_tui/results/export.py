"""All rows of a result into a file, page by page: CSV, JSON, Markdown, Excel or, with pyarrow, Parquet."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any, Protocol

from sqloop.errors import SettingsError, SQLoopError
from sqloop.lsp.protocol import RunParams
from sqloop.places import replacing
from sqloop.terminal.csv_text import FOR_PEOPLE, distinct_names, write_csv, write_lines
from sqloop.terminal.markdown_text import write_markdown
from sqloop.terminal.workbook import Workbook
from sqloop_tui.results.pages import Fetch, Pages, Row

ROWS = 5_000
"""Rows that are fetched at once."""


def formats() -> tuple[str, ...]:
    """The suffixes that can be written on this machine."""
    return (".csv", ".json", ".md", ".xlsx", *((".parquet",) if find_spec("pyarrow") else ()))


def name_formats() -> str:
    """Those, as one reads them."""
    *most, last = formats()
    return f"{', '.join(most)} or {last}"


async def export(pages: Pages, fetch: Fetch, path: Path, progress: Callable[[int], None]) -> int:
    """Write all rows to ``path``, its suffix says how; how many there were.

    The file appears whole or not at all. Raises SettingsError where it cannot be written, and what
    ``fetch`` raises.
    """
    if path.suffix.lower() not in formats():
        raise SettingsError(f"Its name must end in {name_formats()}.")
    try:
        return await _write(pages, fetch, path, progress)
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror or error}.") from error


async def _write(pages: Pages, fetch: Fetch, path: Path, progress: Callable[[int], None]) -> int:
    with replacing(path) as new, new.open("wb") as file:
        suffix = path.suffix.lower()
        names = distinct_names(pages.headings if suffix in FOR_PEOPLE else pages.columns)
        sink = _SINKS[suffix](file, names)
        number = 0
        async for rows in _read(pages, fetch):
            sink.write(rows)
            number += len(rows)
            progress(number)
        sink.close()
    return number


async def _read(pages: Pages, fetch: Fetch) -> AsyncIterator[tuple[Row, ...]]:
    offset = 0
    while offset < pages.row_count:
        got = await fetch(RunParams(pages.sql, result=pages.result, offset=offset, count=ROWS))
        if got.status != "ok" or not got.rows:
            raise SQLoopError(
                f"The rows cannot be read: {got.error or 'there are fewer now.'}", "Run it again."
            )
        yield got.rows
        offset += len(got.rows)


class _Sink(Protocol):
    def __init__(self, file: IO[bytes], columns: Sequence[str]) -> None: ...
    def write(self, rows: tuple[Row, ...]) -> None: ...
    def close(self) -> None: ...


class _Csv:
    """As `sqloop ask` writes it: a header, NULL as an empty field, no formulas."""

    def __init__(self, file: IO[bytes], columns: Sequence[str]) -> None:
        self._file = file
        file.write(write_csv(columns, ()).encode())

    def write(self, rows: tuple[Row, ...]) -> None:
        self._file.write(write_lines(rows).encode())

    def close(self) -> None:
        self._file.flush()


class _Json:
    """An array with an object for each row."""

    def __init__(self, file: IO[bytes], columns: Sequence[str]) -> None:
        self._file, self._columns, self._between = file, columns, "[\n"

    def write(self, rows: tuple[Row, ...]) -> None:
        for row in rows:
            line = json.dumps(dict(zip(self._columns, row, strict=True)), ensure_ascii=False)
            self._file.write((self._between + line).encode())
            self._between = ",\n"

    def close(self) -> None:
        self._file.write(b"\n]\n" if self._between == ",\n" else b"[]\n")


class _Markdown:
    """A table, written at the end: which columns are of numbers is known there."""

    def __init__(self, file: IO[bytes], columns: Sequence[str]) -> None:
        self._file, self._columns, self._rows = file, columns, list[Row]()

    def write(self, rows: tuple[Row, ...]) -> None:
        self._rows += rows

    def close(self) -> None:
        self._file.write(write_markdown(self._columns, self._rows).encode())


class _Excel:
    """A sheet, written at the end."""

    def __init__(self, file: IO[bytes], columns: Sequence[str]) -> None:
        self._file, self._book = file, Workbook(columns)

    def write(self, rows: tuple[Row, ...]) -> None:
        self._book.add(rows)

    def close(self) -> None:
        self._book.save(self._file)


class _Parquet:
    """A row group for each page; a column is of numbers where its first page is, else of text."""

    def __init__(self, file: IO[bytes], columns: Sequence[str]) -> None:
        self._file, self._columns = file, columns
        self._writer: Any = None

    def write(self, rows: tuple[Row, ...]) -> None:
        import pyarrow as pa
        from pyarrow import parquet

        values = [list(column) for column in zip(*rows, strict=True)]
        if self._writer is None:
            types = [_arrow_type(pa, column) for column in values]
            self._schema = pa.schema(list(zip(self._columns, types, strict=True)))
            self._writer = parquet.ParquetWriter(self._file, self._schema)
        arrays = [
            pa.array([_as(each, field.type, pa) for each in column], field.type)
            for column, field in zip(values, self._schema, strict=True)
        ]
        self._writer.write_table(pa.table(arrays, schema=self._schema))

    def close(self) -> None:
        if self._writer is None:
            import pyarrow as pa
            from pyarrow import parquet

            empty = pa.table({name: pa.array([], pa.string()) for name in self._columns})
            parquet.write_table(empty, self._file)
        else:
            self._writer.close()


def _arrow_type(pa: Any, values: Sequence[object]) -> Any:
    kinds = {type(value) for value in values if value is not None}
    if kinds and kinds <= {int, float}:
        return pa.float64() if float in kinds else pa.int64()
    return pa.string()


def _as(value: object, kind: Any, pa: Any) -> object:
    if value is None:
        return None
    if kind == pa.string():
        return str(value)
    if isinstance(value, str) or (kind == pa.int64() and isinstance(value, float)):
        raise SettingsError(
            "A column holds numbers at first and other values later: Parquet cannot hold both.",
            "Export it as CSV or JSON.",
        )
    return value


_SINKS: dict[str, type[_Sink]] = {
    ".csv": _Csv,
    ".json": _Json,
    ".md": _Markdown,
    ".xlsx": _Excel,
    ".parquet": _Parquet,
}
