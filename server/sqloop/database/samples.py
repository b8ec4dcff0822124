"""A few values of each column, so that a model sees how things are written in this database.

Bounded: the first rows of each table only, one query a table, and no table is begun once the time is spent.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from time import perf_counter

from sqloop.database.engine import Engine
from sqloop.database.outcome import Value
from sqloop.database.schema import Column, Kind, Table
from sqloop.errors import DatabaseError

_ROWS = 300
"""Rows looked at in each table."""

_SAMPLES = 5
_LENGTH = 60
"""Characters kept of a sample."""

_LOW_CARDINALITY = 10
"""Distinct numbers up to which they are categories, worth showing."""

_TABLE_SECONDS = 0.1

_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d.*)?")


def add_samples(engine: Engine, tables: Sequence[Table], seconds: float) -> tuple[Table, ...]:
    """The tables with samples in their columns, and kinds corrected by what the columns really hold."""
    deadline = perf_counter() + seconds
    return tuple(_sampled(engine, table, min(_TABLE_SECONDS, deadline - perf_counter())) for table in tables)


def _sampled(engine: Engine, table: Table, seconds: float) -> Table:
    if seconds <= 0:
        return table
    # A column of unknown type may hold anything: text and numbers show up, binary does not.
    wanted = [column for column in table.columns if column.kind != "other" or not column.type]
    if not wanted:
        return table
    names = ", ".join(engine.excerpt(column, _LENGTH) for column in wanted)
    try:
        rows, _ = engine.read(f"SELECT {names} FROM {engine.quote(table.name)} LIMIT {_ROWS}", seconds)
    except DatabaseError:  # a view over a table that is gone, a column that this account may not see
        return table
    values = dict(zip((column.name for column in wanted), zip(*rows, strict=True), strict=False))
    keys = {name for key in table.foreign_keys for name in key.columns} | set(table.primary_key)
    return replace(
        table,
        columns=tuple(
            _with_samples(column, values.get(column.name, ()), column.name in keys)
            for column in table.columns
        ),
    )


def _with_samples(column: Column, values: Sequence[Value], is_key: bool) -> Column:
    counted = Counter(value for value in values if value is not None and not isinstance(value, bytes))
    kind = _seen_kind(column, counted)
    if not counted or kind == "other":
        return replace(column, kind=kind)
    if kind == "number" and (is_key or len(counted) > _LOW_CARDINALITY):
        return replace(column, kind=kind)
    texts = (str(value) for value, _ in counted.most_common(_SAMPLES))
    return replace(column, kind=kind, samples=tuple(dict.fromkeys(texts)))


def _seen_kind(column: Column, values: Counter[str | int | float]) -> Kind:
    """SQLite has no date type and allows columns without any: then the values tell."""
    if not values or column.kind not in ("text", "other"):
        return column.kind
    if all(isinstance(value, str) and _ISO_DATE.fullmatch(value) for value in values):
        return "date"
    if column.kind == "other":
        return "number" if all(isinstance(value, int | float) for value in values) else "text"
    return column.kind
