"""Samples that stay while rows come and go: a model reads a prompt anew from where it differs.

A database in use has other last rows, and other most frequent values, with each look. That does not change
what a sample shows, how things are written; a value that a column of few values did not have before does (a
new state, a first NULL).
"""

from __future__ import annotations

from dataclasses import replace

from sqloop.database.knowledge.samples import MOST_SAMPLES
from sqloop.database.schema import Column, Schema, Table


def keep_samples(schema: Schema, before: Schema) -> Schema:
    """``schema`` with the samples of ``before``, the same database some time ago, as far as they still do."""
    tables = {table.name: table for table in before.tables}
    kept = (_keep(table, tables[table.name]) if table.name in tables else table for table in schema.tables)
    return Schema(schema.dialect, tuple(kept))


def _keep(table: Table, before: Table) -> Table:
    known = {(column.name, column.type, column.kind): column for column in before.columns}
    columns = (
        _keep_column(column, known.get((column.name, column.type, column.kind))) for column in table.columns
    )
    return replace(table, columns=tuple(columns), codes=table.codes or before.codes)


def _keep_column(column: Column, before: Column | None) -> Column:
    """The column with the samples of ``before``, and with new ones where those were all that it had.

    >>> state = Column("state", "TEXT", "text", samples=("open", "new"), nulls=True)
    >>> _keep_column(state, Column("state", "TEXT", "text", samples=("open", "paid"))).samples
    ('open', 'paid', 'new')
    >>> _keep_column(state, Column("state", "TEXT", "text", samples=tuple("abcde"))).samples
    ('a', 'b', 'c', 'd', 'e')
    """
    if before is None:
        return column
    return replace(
        column,
        samples=_choose(column, before),
        nulls=column.nulls or before.nulls,
        meanings=column.meanings or before.meanings,
    )


def _choose(column: Column, before: Column) -> tuple[str, ...]:
    """The samples of one and the same column, seen twice; a look that was cut short has none."""
    if not before.samples or not column.samples:
        return before.samples or column.samples
    is_measure = column.kind == "number" and len(column.samples) == 1
    if column.kind == "date" or is_measure or len(before.samples) == MOST_SAMPLES:
        return before.samples
    added = tuple(value for value in column.samples if value not in before.samples)
    both = (*before.samples, *added)
    return both if len(both) < MOST_SAMPLES or not added else column.samples
