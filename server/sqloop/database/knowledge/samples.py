"""A few values of each column, so that a model sees how things are written in this database.

Bounded: the first and last rows of each table only, and no table is begun once the time is spent. Tables are
read many at a time, as asking for each takes longer than answering. One without an estimate of its rows may
be a view, which can be slow or broken, and is read alone; so are those of a query that failed or took too
long.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from operator import itemgetter
from time import perf_counter
from typing import Literal

from sqloop import english
from sqloop.database.cells import text_value
from sqloop.database.engine import Engine, Excerpt
from sqloop.database.outcome import Value
from sqloop.database.rows import Row
from sqloop.database.schema import Column, Kind, Table
from sqloop.database.words import split_name
from sqloop.errors import DatabaseError

_ROWS = 300
"""Rows looked at in each table."""

MOST_SAMPLES = 5
_LENGTH = 60
"""Characters kept of a sample."""

_LOW_CARDINALITY = 10
"""Distinct numbers up to which they are categories."""

_AT_ONCE = 50
"""Tables that are read by one query."""

_TABLE_SECONDS = 0.1
"""For a table that is read alone, at least; the more where few are to be read."""

_EPOCHS = range(10**8, 5 * 10**9), range(10**11, 5 * 10**12)
"""Seconds and milliseconds since 1970, from 1973 to 2128."""

_TRUTHS = (("1", "0"), ("yes", "no"), ("y", "n"), ("true", "false"), ("t", "f"), ("on", "off"))
"""How it is stored that something is so, and that it is not."""

DAY_TEXT = re.compile(r"(\d\d)([/.-])(\d\d)\2(\d{4})")
"""A day as people write it: the day or the month first, with leading zeros, and the year last."""

_COMPACT_DAY = re.compile(r"(?:19|2[01])\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")

_LOOSE_DAY = re.compile(r"(\d\d?)([/.-])(\d\d?)\2(\d{4})")

_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d.*)?")


def add_samples(engine: Engine, tables: Sequence[Table], seconds: float) -> tuple[tuple[Table, ...], bool]:
    """The tables with samples in their columns, and kinds corrected by what the columns really hold.

    The flag says whether time was short: then some tables are as they came.
    """
    deadline = perf_counter() + seconds
    sampled = {table.name: table for table in tables}
    batches = list(_batches(tables))
    hurried = False
    for place, batch in enumerate(batches):
        left = deadline - perf_counter()
        share = left / 2 if len(batch) > 1 else max(_TABLE_SECONDS, left / (len(batches) - place))
        found, late = _read(engine, batch, min(share, left))
        hurried |= late and len(batch) == 1
        for table in batch:
            if table.name not in found and len(batch) > 1:
                alone, late = _read(engine, [table], min(_TABLE_SECONDS, deadline - perf_counter()))
                found, hurried = found | alone, hurried or late
            if rows := found.get(table.name):
                sampled[table.name] = _sampled(table, rows)
    return tuple(sampled.values()), hurried


def _batches(tables: Sequence[Table]) -> Iterator[Sequence[Table]]:
    # A column of unknown type may hold anything: text and numbers show up, binary does not.
    readable = [table for table in tables if _readable(table)]
    plain = [table for table in readable if table.rows is not None]
    for start in range(0, len(plain), _AT_ONCE):
        yield plain[start : start + _AT_ONCE]
    for table in readable:
        if table.rows is None:
            yield [table]


def _readable(table: Table) -> list[Column]:
    return [column for column in table.columns if column.kind != "other" or not column.type]


def _read(engine: Engine, tables: Sequence[Table], seconds: float) -> tuple[dict[str, list[Row]], bool]:
    """Rows by table, as far as they came, and whether so many ``seconds`` were not enough.

    A table that is refused, or has none, may be missing.
    """
    if seconds <= 0:
        return {}, True
    wanted = [Excerpt(table.name, _readable(table), _ROWS, _LENGTH, _order(table)) for table in tables]
    started = perf_counter()
    found: Mapping[str, list[Row]] = {}
    with suppress(DatabaseError):  # a view over a table that is gone, a column that this account may not see
        found = engine.excerpts(wanted, seconds)
    late = len(found) < len(wanted) and perf_counter() - started >= seconds
    return {each.table: _once(found[each.table], each) for each in wanted if each.table in found}, late


def _once(rows: list[Row], excerpt: Excerpt) -> list[Row]:
    """Each row once: in a short table the last ones are among the first."""
    if excerpt.order is None:
        return rows
    key = [column.name for column in excerpt.columns].index(excerpt.order)
    return list({row[key]: row for row in rows}.values())


def _order(table: Table) -> str | None:
    """The key that numbers the rows, oldest first: what is open, new or unpaid is so of the last ones."""
    key = table.column(table.primary_key[0]) if len(table.primary_key) == 1 else None
    few = table.rows is not None and table.rows <= _ROWS
    return key.name if key is not None and key.kind == "number" and not few else None


def _sampled(table: Table, rows: Sequence[Row]) -> Table:
    values = dict(zip((column.name for column in _readable(table)), zip(*rows, strict=True), strict=False))
    keys = {name for key in table.foreign_keys for name in key.columns} | set(table.primary_key)
    columns = (
        _with_samples(column, values.get(column.name, ()), column.name in keys) for column in table.columns
    )
    return replace(table, columns=tuple(columns))


def _with_samples(column: Column, values: Sequence[Value], is_key: bool) -> Column:
    if not values:
        return column
    nulls = None in values
    if is_key and column.kind == "number":
        if any(type(value) is str for value in values):  # SQLite lets an INTEGER hold 'A-17'
            column = replace(column, kind="text")
        else:  # its values tell nothing
            return replace(column, nulls=True) if nulls else column
    counted: dict[str | int | float, int] = {}  # a Counter takes twice the time for few values
    for value in values:
        if value is not None and not isinstance(value, bytes):
            counted[value] = counted.get(value, 0) + 1
    kind = _seen_kind(column, counted)
    samples: tuple[str, ...] = ()
    if kind != "other" and not (kind == "number" and is_key):
        # Many different numbers are measures: one shows the unit (0.15 or 15, 1714521600 or 202405).
        most = 1 if kind == "number" and len(counted) > _LOW_CARDINALITY else MOST_SAMPLES
        common = sorted(counted.items(), key=itemgetter(1), reverse=True)[:most]
        samples = tuple(dict.fromkeys(text_value(value) for value, _ in common))
    # Not dataclasses.replace, which takes several times as long: schemas have many thousands of columns.
    return Column(column.name, column.type, kind, column.nullable, column.comment, samples, nulls)


def epoch_scale(column: Column) -> int | None:
    """Units a second, 1 or 1,000, of a number that counts from 1970, as its name and samples show; else None.

    >>> epoch_scale(Column("created_at", "INTEGER", "number", samples=("1714953600",)))
    1
    """
    if column.kind != "number" or english.MOMENT.isdisjoint(split_name(column.name)) or not column.samples:
        return None
    for scale, span in zip((1, 1000), _EPOCHS, strict=True):
        if all(sample.isdigit() and int(sample) in span for sample in column.samples):
            return scale
    return None


def holds_compact_days(column: Column) -> bool:
    """Whether it holds days without dashes, as texts or as numbers.

    >>> holds_compact_days(Column("ISSDT", "CHAR(8)", "text", samples=("20240131", "20231205")))
    True
    """
    return bool(column.samples) and all(map(_COMPACT_DAY.fullmatch, column.samples))


def day_order(column: Column) -> Literal["day", "month", "either", "loose"] | None:
    """What stands first in texts that hold days with the year last; None where they hold something else.

    ``either`` where the samples leave it open, ``loose`` where not all have leading zeros.

    >>> day_order(Column("start_date", "TEXT", "text", samples=("03/11/2009", "21/02/2017")))
    'day'
    """
    found = [_LOOSE_DAY.fullmatch(sample) for sample in column.samples]
    if column.kind != "text" or not found or None in found:
        return None
    first = max(int(each[1]) for each in found if each)
    second = max(int(each[3]) for each in found if each)
    if max(first, second) > 31 or min(first, second) > 12:
        return None
    if not all(map(DAY_TEXT.fullmatch, column.samples)):
        return "loose"
    return "day" if first > 12 else "month" if second > 12 else "either"


def flag_values(column: Column) -> tuple[str, str] | None:
    """How a flag stores that something is so, and that it is not; None where its samples are no such pair.

    >>> flag_values(Column("cancelled", "CHAR(1)", "text", samples=("N", "Y")))
    ('Y', 'N')
    """
    if len(column.samples) != 2:
        return None
    pairs = _TRUTHS if column.kind == "text" else _TRUTHS[:1]
    for pair in (column.samples, column.samples[::-1]):
        if (pair[0].casefold(), pair[1].casefold()) in pairs:
            return pair[0], pair[1]
    return None


def read_truth(text: str) -> bool | None:
    """What a flag's value says, in whatever form; None where it says no truth.

    >>> read_truth("Yes"), read_truth("0"), read_truth("maybe")
    (True, False, None)
    """
    return next((text.casefold() == pair[0] for pair in _TRUTHS if text.casefold() in pair), None)


def _seen_kind(column: Column, values: Collection[str | int | float]) -> Kind:
    """SQLite has no date type and allows columns without any: then the values tell."""
    if not values or column.kind not in ("text", "other"):
        return column.kind
    if all(isinstance(value, str) and _ISO_DATE.fullmatch(value) for value in values):
        return "date"
    if column.kind == "other":
        return "number" if all(isinstance(value, int | float) for value in values) else "text"
    return column.kind
