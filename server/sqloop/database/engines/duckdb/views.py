"""From files to views: what each is called, how it is read, which of its types are inferred.

A view names columns and types, so that a query reads the file once and the same way every time. Nothing is
copied. Files whose names differ in numbers alone, with the same columns, are parts of one table; its column
``file`` says which part a row is of.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

from sqloop.database.engines.duckdb.csv_files import Found, Read, look_at_csv, looked_at, struct
from sqloop.database.engines.duckdb.errors import line_of
from sqloop.database.engines.duckdb.place import View, literal, quote
from sqloop.database.files import form_of

_PART = re.compile(r"[\W_]*\d[\d\W_]*$")
_WIDER = {frozenset({"BIGINT", "DOUBLE"}): "DOUBLE", frozenset({"DATE", "TIMESTAMP"}): "TIMESTAMP"}
_FILE = "file"


def make_views(files: Sequence[tuple[str, str]]) -> tuple[tuple[View, ...], tuple[str, ...]]:
    """Views over the files, given with what each is called; and a line for each file that cannot be read."""
    found: dict[str, list[Found]] = defaultdict(list)
    failed: list[str] = []
    with duckdb.connect(":memory:") as connection:
        read: Read = lambda sql: connection.execute(sql).fetchall()  # noqa: E731
        for name, path in files:
            if not Path(path).stat().st_size:
                failed.append(f"{Path(path).name}: it is empty")
                continue
            try:
                found[name].append(_look(Path(path), read))
            except duckdb.Error as error:
                failed.append(f"{Path(path).name}: {line_of(error)}")
    return tuple(_name_views(found)), tuple(failed)


def _look(path: Path, read: Read) -> Found:
    match form_of(path):
        case "parquet":
            reading = "read_parquet({paths}, union_by_name=true)"
            return Found(path, _described(path, reading, read), reading)
        case "json":
            columns = _described(path, f"read_json({{paths}}, sample_size={looked_at(path)})", read)
            return Found(path, columns, "read_json({paths}, columns={columns})")
        case _:
            return look_at_csv(path, read)


def _described(path: Path, reading: str, read: Read) -> tuple[tuple[str, str], ...]:
    told = read(f"DESCRIBE SELECT * FROM {reading.replace('{paths}', literal(str(path)))}")
    return tuple((str(row[0]), str(row[1])) for row in told)


def _name_views(found: dict[str, list[Found]]) -> Iterator[View]:
    """Parts become one view; so each name is given once, and no two differ in case alone."""
    groups: dict[tuple[str, str, tuple[str, ...]], list[tuple[str, Found]]] = defaultdict(list)
    for name, each in ((name, one) for name, several in found.items() for one in several):
        part = _PART.sub("", name) or _clean(each.path.parent.name)
        alike = part if _PART.search(name) else f"{name}\0"
        reader = each.reading.partition("(")[0]
        groups[alike, reader, tuple(column for column, _ in each.columns)].append((name, each))
    taken: set[str] = set()
    for (part, _, _), members in groups.items():
        name = part if len(members) > 1 else members[0][0]
        yield _view(_free(_clean(name.rstrip("\0")), members[0][1].path, taken), [one for _, one in members])


def _view(name: str, parts: list[Found]) -> View:
    """All parts by one reading, where they are written alike."""
    columns = _common(parts)
    names = [column for column, _ in columns]
    several = len(parts) > 1 and _FILE not in {each.lower() for each in names}
    more = f", parse_filename(filename, true) AS {quote(_FILE)}" if several else ""
    shown = ", ".join(_named(each, {*names}) for each in names) + more
    alike: dict[str, list[str]] = defaultdict(list)
    for each in parts:
        alike[each.reading].append(str(each.path))
    selects = [f"SELECT {shown} FROM {_call(reading, paths, columns)}" for reading, paths in alike.items()]
    return View(name, " UNION ALL ".join(selects), tuple(str(each.path) for each in parts))


def _call(reading: str, paths: Sequence[str], columns: Sequence[tuple[str, str]]) -> str:
    listed = "[" + ", ".join(map(literal, paths)) + "]"
    return reading.replace("{columns}", struct(columns)).replace("{paths}", listed)


def _named(column: str, others: set[str]) -> str:
    """A column without dots in its name, which would part a table from its schema."""
    free = column.replace(".", "_")
    while free != column and free in others:
        free += "_"
    return quote(column) if free == column else f"{quote(column)} AS {quote(free)}"


def _common(parts: list[Found]) -> tuple[tuple[str, str], ...]:
    """The columns of all parts, with types that hold the values of each."""
    kinds = [{kind for _, kind in same} for same in zip(*(each.columns for each in parts), strict=True)]
    return tuple((name, _widest(each)) for (name, _), each in zip(parts[0].columns, kinds, strict=True))


def _widest(kinds: set[str]) -> str:
    return next(iter(kinds)) if len(kinds) == 1 else _WIDER.get(frozenset(kinds), "VARCHAR")


def _clean(name: str) -> str:
    """A name that needs no quotes, where its letters allow it.

    >>> _clean("Sales 2024 (final)"), _clean("2024")
    ('Sales_2024_final', 't_2024')
    """
    cleaned = re.sub(r"\W+", "_", name).strip("_") or "table_1"
    return f"t_{cleaned}" if cleaned[0].isdigit() else cleaned


def _free(name: str, path: Path, taken: set[str]) -> str:
    """``name``, or with the ending of its file or a number behind it where another is called so."""
    ending = path.suffix.lstrip(".").lower()
    tried = [name, f"{name}_{ending}", *(f"{name}_{number}" for number in range(2, len(taken) + 3))]
    free = next(each for each in tried if each.lower() not in taken)
    taken.add(free.lower())
    return free
