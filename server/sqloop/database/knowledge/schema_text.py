"""A schema as text and back, for the cache: JSON, compact, every field in the order of its class."""

from __future__ import annotations

import json
from typing import Any, cast

from sqloop.database.schema import Column, Dialect, ForeignKey, Schema, Table


def write_schema(schema: Schema) -> str:
    """JSON that `read_schema` makes an equal schema of."""
    tables = [
        [
            table.name,
            [
                [c.name, c.type, c.kind, c.nullable, c.comment, c.samples, c.nulls, c.meanings]
                for c in table.columns
            ],
            table.primary_key,
            [
                [key.columns, key.referred_table, key.referred_columns, key.inferred]
                for key in table.foreign_keys
            ],
            table.unique,
            table.comment,
            table.rows,
            table.view,
            table.codes,
        ]
        for table in schema.tables
    ]
    return json.dumps([schema.dialect, tables], ensure_ascii=False)


def read_schema(text: str) -> Schema:
    """The schema. Raises ValueError, TypeError where the text is none.

    >>> known = Schema("sqlite", (Table("t", (Column("a", "TEXT", "text", samples=("x",)),), ("a",)),))
    >>> read_schema(write_schema(known)) == known
    True
    """
    dialect, tables = json.loads(text)
    return Schema(cast(Dialect, dialect), tuple(_table(*each) for each in tables))


def _table(name: str, columns: Any, primary: list[str], foreign: Any, unique: Any, *rest: Any) -> Table:
    comment, rows, view, codes = rest
    return Table(
        name,
        tuple(
            Column(column, type_, kind, nullable, told, tuple(samples), nulls, tuple(map(tuple, meanings)))
            for column, type_, kind, nullable, told, samples, nulls, meanings in columns
        ),
        tuple(primary),
        tuple(
            ForeignKey(tuple(own), referred, tuple(other), inferred)
            for own, referred, other, inferred in foreign
        ),
        comment,
        rows,
        view,
        tuple(map(tuple, unique)),
        codes,
    )
