"""How a CSV file is read: DuckDB's sniffer says, and here what it overlooks.

Numbers as a country writes them (1.234,50 or 1,234.50) are numbers where all values of a column are written
so. Rows that end early or late are filled up, where no separator would be found without.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from sqloop.database.engines.duckdb.place import literal, quote

_LOOKED_AT = 64 * 1024 * 1024
"""Bytes of a file that is read whole to infer its types; of a larger one, the first `_ROWS` rows."""

_ROWS = 200_000

_FIELDS = re.compile(r"[,;\t|]")
"""In the name of the only column: it is the names of all."""

_TEXT = "VARCHAR"
_NUMBERS = ("BIGINT", "DOUBLE")
_GLANCE = 1_000
"""Rows that show which texts may be numbers."""

Read = Callable[[str], list[Any]]


@dataclass(frozen=True)
class Found:
    """One file: names and types of its columns, and how it is read with ``{paths}`` and ``{columns}``."""

    path: Path
    columns: tuple[tuple[str, str], ...]
    reading: str


@dataclass(frozen=True)
class _Style:
    """How numbers are written: what stands before decimals, and between thousands, if anything."""

    point: str
    thousands: str = ""

    @property
    def options(self) -> list[str]:
        between = [f"thousands={literal(self.thousands)}"] if self.thousands else []
        return [f"decimal_separator={literal(self.point)}", *between]

    @property
    def pattern(self) -> str:
        """None that begins with 0, as postcodes do."""
        parted = f"|[1-9][0-9]{{0,2}}(\\{self.thousands}[0-9]{{3}})+" if self.thousands else ""
        return f"[-+]?(0|[1-9][0-9]*{parted})(\\{self.point}[0-9]+)?([eE][-+]?[0-9]+)?"


_COMMAS, _POINTS = (_Style(","), _Style(",", ".")), (_Style(".", ","),)


@dataclass(frozen=True)
class _Sniffed:
    found: Found
    delimiter: str
    skipped: int
    """Lines above the names of the columns."""
    options: list[str]


def look_at_csv(path: Path, read: Read) -> Found:
    """As DuckDB's own sniffer says; text that is no UTF-8 is taken for Latin-1. Raises duckdb.Error."""
    options = [f"sample_size={looked_at(path)}", *_known_separator(path)]
    try:
        told = _sniff(path, options, read)
    except duckdb.Error as error:
        if not re.search("unicode|utf-?8|encod", str(error), re.IGNORECASE):
            raise
        told = _sniff(path, [*options, "encoding='latin-1'"], read)
    if _is_ragged(path, told, read):
        told = _filled(path, told, read)
    return _with_numbers(path, told, read)


def looked_at(path: Path) -> int:
    """Rows whose values tell the types; -1 for all."""
    return -1 if path.stat().st_size <= _LOOKED_AT else _ROWS


def struct(columns: Sequence[tuple[str, str]]) -> str:
    """Names and types as the reader takes them."""
    return "{" + ", ".join(f"{literal(name)}: {literal(kind)}" for name, kind in columns) + "}"


def _known_separator(path: Path) -> list[str]:
    return ["delim='\\t'"] if {".tsv", ".tab"} & {each.lower() for each in path.suffixes} else []


def _is_ragged(path: Path, told: _Sniffed, read: Read) -> bool:
    """Whether rows of another length hid the separator, or had the names of the columns passed over."""
    names = [name for name, _ in told.found.columns]
    if len(names) == 1:
        return bool(_FIELDS.search(names[0]))
    if not told.skipped:
        return False
    encoding = [each for each in told.options if each.startswith("encoding")]
    plain = ["auto_detect=false", "delim='\x01'", "quote=''", "escape=''", "header=false", *encoding]
    columns = struct([("line", _TEXT)])
    lines = read(
        f"SELECT line FROM read_csv({literal(str(path))}, {', '.join(plain)}, columns={columns}) LIMIT 1"
    )
    return bool(lines) and 2 * len(str(lines[0][0]).split(told.delimiter)) > len(names)


def _filled(path: Path, told: _Sniffed, read: Read) -> _Sniffed:
    """With rows of any length, where that parts the fields; the first line names the columns."""
    try:
        filled = _sniff(path, [*told.options, "header=true", "null_padding=true", "parallel=false"], read)
    except duckdb.Error:
        return told
    return filled if len(filled.found.columns) > 1 else told


def _with_numbers(path: Path, told: _Sniffed, read: Read) -> Found:
    """With the texts as numbers that are written like numbers throughout, and no number read otherwise."""
    texts = [name for name, kind in told.found.columns if kind == _TEXT]
    # Where numbers are written 3,50 fields are parted by semicolons, as a rule.
    styles = (*_POINTS, *_COMMAS) if told.delimiter == "," else (*_COMMAS, *_POINTS)
    written = [
        _written(told.found, _written(told.found, texts, style, read, _GLANCE), style, read)
        for style in styles
    ]
    style, most = max(zip(styles, written, strict=True), key=lambda each: len(each[1]))
    if not most:
        return told.found
    other = _sniff(path, [*told.options, *style.options], read).found
    numbers = [name for name, kind in other.columns if kind in _NUMBERS]
    fewer = sum(kind == _TEXT for _, kind in other.columns) < len(texts)
    return other if fewer and _written(other, numbers, style, read) == numbers else told.found


def _written(found: Found, columns: Sequence[str], style: _Style, read: Read, rows: int = _ROWS) -> list[str]:
    """Those of ``columns`` whose first ``rows`` hold nothing but numbers in that style."""
    if not columns:
        return []
    plain = struct([(name, _TEXT) for name, _ in found.columns])
    reading = found.reading.replace("{columns}", plain).replace("{paths}", literal(str(found.path)))
    pattern = literal(style.pattern)
    tests = ", ".join(f"bool_and(regexp_full_match({quote(name)}, {pattern}))" for name in columns)
    [told] = read(f"SELECT {tests} FROM (SELECT * FROM {reading} LIMIT {rows})")
    return [name for name, each in zip(columns, told, strict=True) if each]


def _sniff(path: Path, options: list[str], read: Read) -> _Sniffed:
    given = literal(str(path))
    [(delimiter, skipped, fields, prompt)] = read(
        f"SELECT Delimiter, SkipRows, Columns, Prompt FROM sniff_csv({given}, {', '.join(options)})"
    )
    columns = tuple((str(each["name"]), str(each["type"])) for each in fields)
    call = str(prompt).removeprefix("FROM ").removesuffix(";")
    reading = call.replace(f"read_csv({given}", "read_csv({paths}", 1)
    reading = reading.replace(f"columns={struct(columns)}", "columns={columns}", 1)
    if "{paths}" not in reading or "{columns}" not in reading:
        reading = f"read_csv({{paths}}, {', '.join(options)})"
    return _Sniffed(Found(path, columns, reading), delimiter, int(skipped), options)
