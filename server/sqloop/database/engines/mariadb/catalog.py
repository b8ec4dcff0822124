"""What a MariaDB or MySQL server says of one database: three bulk queries on information_schema.

Names of tables may differ by case alone, which the catalogue's own collation takes for equal.

Reflecting table by table takes a round trip and more for each; a thousand tables would take seconds. Columns
come a table a row, as JSON: rows are what takes time in Python.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from sqloop.database.kinds import kind_of
from sqloop.database.schema import Column, ForeignKey, Table

_TABLES = """
    SELECT TABLE_NAME, TABLE_TYPE, TABLE_ROWS, TABLE_COMMENT FROM information_schema.TABLES
    WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE NOT IN ('SEQUENCE', 'TEMPORARY')
    ORDER BY CREATE_TIME IS NULL, CREATE_TIME, TABLE_NAME
"""
_COLUMNS = """
    SELECT MIN(TABLE_NAME), GROUP_CONCAT(
      JSON_ARRAY(COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_COMMENT) ORDER BY ORDINAL_POSITION)
    FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() GROUP BY BINARY TABLE_NAME
"""
_KEYS = """
    SELECT TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME, REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME
    FROM information_schema.KEY_COLUMN_USAGE
    WHERE TABLE_SCHEMA = DATABASE()
      AND (REFERENCED_TABLE_SCHEMA IS NULL OR REFERENCED_TABLE_SCHEMA = DATABASE())
    ORDER BY TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION
"""

_Read = Callable[[str], list[Any]]


def read_tables(read: _Read) -> list[Table]:
    """Tables in the order of their creation, then views."""
    columns = {table: _columns(told) for table, told in read(_COLUMNS)}
    primary: defaultdict[str, list[str]] = defaultdict(list)
    unique: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    foreign: defaultdict[str, defaultdict[str, list[tuple[str, str, str]]]]
    foreign = defaultdict(lambda: defaultdict(list))
    for table, constraint, own, referred_table, referred in read(_KEYS):
        if constraint == "PRIMARY":
            primary[table].append(own)
        elif referred_table is None:
            unique[table][constraint].append(own)
        else:
            foreign[table][constraint].append((own, referred_table, referred))
    return [
        Table(
            name,
            columns[name],
            tuple(primary[name]),
            tuple(_foreign_key(parts) for parts in foreign[name].values()),
            "" if kind == "VIEW" else comment,
            rows,
            view=kind == "VIEW",
            unique=tuple(map(tuple, unique[name].values())),
        )
        for name, kind, rows, comment in read(_TABLES)
        if name in columns
    ]


def _columns(told: str) -> tuple[Column, ...]:
    listed = json.JSONDecoder(strict=False).decode(f"[{told}]")
    return tuple(
        Column(name, type_, kind_of(type_), nullable == "YES", comment)
        for name, type_, nullable, comment in listed
    )


def _foreign_key(parts: list[tuple[str, str, str]]) -> ForeignKey:
    return ForeignKey(
        tuple(own for own, _, _ in parts), parts[0][1], tuple(referred for _, _, referred in parts)
    )
