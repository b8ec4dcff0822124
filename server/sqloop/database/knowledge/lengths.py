"""Names, types and comments that somebody made megabytes long: what every question would read is bounded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sqloop.database.schema import Column, ForeignKey, Table

LONGEST = 1_000
"""Characters of a name, a type or a comment. Servers bound names at 64; headers of CSV files hold whole
questions of a survey."""


def bound_lengths(tables: Iterable[Table]) -> list[Table]:
    """The tables without what has a longer name, which no query need write, types and comments cut.

    >>> bound_lengths([Table("t", (Column("a", "TEXT", "text"), Column("b" * 1001, "TEXT", "text")))])
    [Table(name='t', columns=(Column(name='a', type='TEXT', kind='text', ...
    """
    named = [_bound(table) for table in tables if len(table.name) <= LONGEST]
    return [table for table in named if table.columns]


def _bound(table: Table) -> Table:
    plain = len(table.comment) <= LONGEST and all(map(_is_plain, table.columns))
    if plain and all(len(key.referred_table) <= LONGEST for key in table.foreign_keys):
        return table
    columns = tuple(
        replace(each, type=each.type[:LONGEST], comment=each.comment[:LONGEST])
        for each in table.columns
        if len(each.name) <= LONGEST
    )
    names = {each.name for each in columns}
    return replace(
        table,
        columns=columns,
        comment=table.comment[:LONGEST],
        primary_key=table.primary_key if names.issuperset(table.primary_key) else (),
        foreign_keys=tuple(key for key in table.foreign_keys if _can_be_said(key, names)),
        unique=tuple(key for key in table.unique if names.issuperset(key)),
    )


def _is_plain(column: Column) -> bool:
    return len(column.name) <= LONGEST and len(column.type) <= LONGEST and len(column.comment) <= LONGEST


def _can_be_said(key: ForeignKey, names: set[str]) -> bool:
    referred = (key.referred_table, *key.referred_columns)
    return names.issuperset(key.columns) and all(len(name) <= LONGEST for name in referred)
