"""The tables of a schema as SQLite creates them."""

from __future__ import annotations

from collections.abc import Sequence

from sqloop.database.identifiers import enclose
from sqloop.database.schema import Schema


def ddl(schema: Schema) -> list[str]:
    """CREATE TABLE with keys for each table, and an index for each foreign key."""
    statements: list[str] = []
    for table in schema.tables:
        parts = [f"{quoted(column.name)} {column.type}" for column in table.columns]
        if table.primary_key:
            parts.append(f"PRIMARY KEY ({_list(table.primary_key)})")
        for key in table.foreign_keys:
            target = f"{quoted(key.referred_table)} ({_list(key.referred_columns)})"
            parts.append(f"FOREIGN KEY ({_list(key.columns)}) REFERENCES {target}")
        statements.append(f"CREATE TABLE {quoted(table.name)} ({', '.join(parts)})")
        for number, key in enumerate(table.foreign_keys):
            name = quoted(f"{table.name}_{number}")
            statements.append(f"CREATE INDEX {name} ON {quoted(table.name)} ({_list(key.columns)})")
    return statements


def quoted(name: str) -> str:
    """The name as an identifier, whatever it holds."""
    return enclose(name, "sqlite")


def _list(names: Sequence[str]) -> str:
    return ", ".join(map(quoted, names))
