"""Foreign keys as they are meant: also those that nobody declared, none that point nowhere.

Many real databases declare no keys, so a column that is named after the key of one other table counts as
one. Such a guess joins tables in compact SQL as a declared key does; it is never made where the column
already refers to a table by a key of the same kind.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from sqloop.database.schema import Column, ForeignKey, Schema, Table
from sqloop.database.words import name_stems

_GENERIC = frozenset({("id",), ("name",), ("code",), ("key",), ("number",), ("no",), ("uuid",), ("type",)})


def complete_keys(schema: Schema) -> Schema:
    """``schema`` with the foreign keys that its names suggest, without those to columns that do not exist.

    >>> number = Column("customer_id", "INTEGER", "number")
    >>> owner = Table("customers", (Column("id", "INTEGER", "number"),), ("id",))
    >>> guessed = complete_keys(Schema("sqlite", (owner, Table("orders", (number,)))))
    >>> guessed.tables[1].foreign_keys[0].referred_table
    'customers'
    """
    owners: dict[tuple[str, ...], list[tuple[Table, Column]]] = defaultdict(list)
    for table in schema.tables:
        key = table.column(table.primary_key[0]) if len(table.primary_key) == 1 else None
        if key is None:
            continue
        for name in {name_stems(key.name), name_stems(table.name) + name_stems(key.name)} - _GENERIC:
            owners[name].append((table, key))
    return Schema(schema.dialect, tuple(_add_keys(table, owners, schema) for table in schema.tables))


def _add_keys(
    table: Table, owners: dict[tuple[str, ...], list[tuple[Table, Column]]], schema: Schema
) -> Table:
    declared = [key for key in table.foreign_keys if _exists(key, schema)]
    guessed = []
    for column in table.columns:
        named = owners.get(name_stems(column.name), ())
        found = [(owner, key) for owner, key in named if owner.name != table.name]
        if len(found) == 1 and found[0][1].kind == column.kind and not _refers(table, column, schema):
            owner, key = found[0]
            guessed.append(ForeignKey((column.name,), owner.name, (key.name,)))
    keys = (*declared, *guessed)
    return table if keys == table.foreign_keys else replace(table, foreign_keys=keys)


def _exists(key: ForeignKey, schema: Schema) -> bool:
    referred = schema.table(key.referred_table)
    return referred is not None and all(referred.column(name) for name in key.referred_columns)


def _refers(table: Table, column: Column, schema: Schema) -> bool:
    """Whether a declared key makes sense of the column: it names a column of the same kind."""
    for key in table.foreign_keys:
        for own, other in zip(key.columns, key.referred_columns, strict=False):
            referred = schema.table(key.referred_table)
            target = referred.column(other) if referred else None
            if own == column.name and target is not None and target.kind == column.kind:
                return True
    return False
