"""What DuckDB says of its tables and views: bulk queries on its catalogue, no data touched.

Those outside of the schema `main` go by both names. Names that hold a dot are left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from typing import Any

from sqloop.database.kinds import kind_of
from sqloop.database.schema import Column, ForeignKey, Kind, Table

_OWNER = "CASE WHEN schema_name = current_schema() THEN '' ELSE schema_name || '.' END"
_HERE = "database_name = current_database() AND NOT contains(schema_name, '.')"
_TABLES = f"""
    SELECT {_OWNER} || table_name, comment, estimated_size, false
    FROM duckdb_tables() WHERE {_HERE} AND NOT internal AND NOT contains(table_name, '.')
    UNION ALL SELECT {_OWNER} || view_name, comment, NULL, true
    FROM duckdb_views() WHERE {_HERE} AND NOT internal AND NOT contains(view_name, '.')
    ORDER BY 4, 1
"""
_COLUMNS = f"""
    SELECT {_OWNER} || table_name, column_name, data_type, is_nullable, comment
    FROM duckdb_columns() WHERE {_HERE} AND NOT internal AND NOT contains(column_name, '.')
    ORDER BY 1, column_index
"""
_KEYS = f"""
    SELECT {_OWNER} || table_name, constraint_type, constraint_column_names, {_OWNER} || referenced_table,
      referenced_column_names
    FROM duckdb_constraints()
    WHERE {_HERE} AND constraint_type IN ('PRIMARY KEY', 'FOREIGN KEY', 'UNIQUE')
    ORDER BY 1, constraint_index
"""
_NESTED = ("STRUCT", "MAP", "UNION", "BIT", "VARIANT")
_Read = Callable[[str], list[Any]]


def read_tables(read: _Read, files: Collection[str] = ()) -> list[Table]:
    """Tables, then views; the views over ``files`` are tables: they hold the data."""
    columns: defaultdict[str, list[Column]] = defaultdict(list)
    for table, name, type_, nullable, comment in read(_COLUMNS):
        columns[table].append(Column(name, _short(type_), _kind(type_), bool(nullable), comment or ""))
    primary: dict[str, tuple[str, ...]] = {}
    unique: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
    foreign: defaultdict[str, list[ForeignKey]] = defaultdict(list)
    for table, kind, own, referred, others in read(_KEYS):
        if kind == "PRIMARY KEY":
            primary[table] = tuple(own)
        elif kind == "UNIQUE":
            unique[table].append(tuple(own))
        else:
            foreign[table].append(ForeignKey(tuple(own), referred, tuple(others)))
    return [
        Table(
            name,
            tuple(columns[name]),
            primary.get(name, ()),
            tuple(foreign[name]),
            comment or "",
            rows,
            view=view and name not in files,
            unique=tuple(unique[name]),
        )
        for name, comment, rows, view in read(_TABLES)
        if columns[name]
    ]


def _kind(type_: str) -> Kind:
    """A list or a struct is neither text nor number, whatever it is made of."""
    return "other" if type_.endswith("]") or type_.startswith(_NESTED) else kind_of(type_)


def _short(type_: str) -> str:
    """Long lists of an ENUM tell nothing that samples do not.

    >>> _short("ENUM('paid', 'open')"), _short("DECIMAL(8,2)")
    ('ENUM', 'DECIMAL(8,2)')
    """
    return "ENUM" if type_.startswith("ENUM(") else type_
