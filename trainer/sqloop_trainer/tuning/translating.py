"""Gold SQL of SQLite in the words of other engines, with the names and types that those would have.

Whether a translation gives the same answer is for the engines to say
(``tests/benchmarks/translate_written.py``); only those that do are learned.
"""

from __future__ import annotations

import re
from dataclasses import replace

from sqlglot import exp

from sqloop.database.checking.parsing import parse_statement
from sqloop.database.schema import Dialect, ForeignKey, Schema
from sqloop.generation.prompts import translating

OTHERS: tuple[Dialect, ...] = ("mysql", "postgres", "duckdb")
"""What SQLite is translated into."""

_TYPES: dict[str, tuple[str, ...]] = {
    # SQLite: MariaDB, PostgreSQL, DuckDB
    "integer": ("int", "integer", "INTEGER"),
    "int": ("int", "integer", "INTEGER"),
    "bigint": ("bigint", "bigint", "BIGINT"),
    "smallint": ("smallint", "smallint", "SMALLINT"),
    "tinyint": ("tinyint", "smallint", "TINYINT"),
    "boolean": ("tinyint", "smallint", "TINYINT"),
    "real": ("double", "double precision", "DOUBLE"),
    "float": ("double", "double precision", "DOUBLE"),
    "double": ("double", "double precision", "DOUBLE"),
    "numeric": ("decimal", "numeric", "DECIMAL"),
    "decimal": ("decimal", "numeric", "DECIMAL"),
    "datetime": ("datetime", "timestamp", "TIMESTAMP"),
    "timestamp": ("timestamp", "timestamp", "TIMESTAMP"),
    "date": ("date", "date", "DATE"),
    "char": ("char", "character varying", "VARCHAR"),
    "varchar": ("varchar", "character varying", "VARCHAR"),
    "text": ("text", "text", "VARCHAR"),
}
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def type_in(type_: str, dialect: Dialect) -> str:
    """The type of a column as another engine calls it; its size is left out.

    >>> type_in("NUMERIC(10,2)", "postgres"), type_in("VARCHAR(50)", "duckdb"), type_in("", "mysql")
    ('numeric', 'VARCHAR', 'text')
    """
    name = type_.split("(")[0].strip().lower()
    return _TYPES.get(name, _TYPES["text"])[OTHERS.index(dialect)]


def schema_in(schema: Schema, dialect: Dialect) -> Schema:
    """The schema as that engine would tell it; PostgreSQL folds names that nobody quoted."""
    named = fold if dialect == "postgres" else str
    tables = tuple(
        replace(
            table,
            name=named(table.name),
            columns=tuple(
                replace(each, name=named(each.name), type=type_in(each.type, dialect))
                for each in table.columns
            ),
            primary_key=tuple(map(named, table.primary_key)),
            foreign_keys=tuple(
                ForeignKey(
                    tuple(map(named, key.columns)),
                    named(key.referred_table),
                    tuple(map(named, key.referred_columns)),
                )
                for key in table.foreign_keys
            ),
        )
        for table in schema.tables
    )
    return Schema(dialect, tables)


def fold(name: str) -> str:
    """A name as PostgreSQL keeps it where nobody quoted it.

    >>> fold("InvoiceLine"), fold("Unit Price")
    ('invoiceline', 'Unit Price')
    """
    return name.lower() if _PLAIN.fullmatch(name) else name


def translate(sql: str, schema: Schema, dialect: Dialect) -> str:
    """A query of SQLite on ``schema``. Raises SqlglotError; ValueError for what has no plain form there."""
    tree = translating.translate(parse_statement(sql, "sqlite"), schema, dialect)
    if dialect == "postgres":
        for name in tree.find_all(exp.Identifier):
            name.set("this", fold(name.name))
    return tree.sql(dialect)
