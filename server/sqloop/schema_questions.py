"""Questions about the schema itself ("list all tables", "what columns does orders have"), without a model.

Only what is plain is taken: a whole question in one of a few forms, about a table that is there. All else is
the model's. The answer comes from the catalogue of the engine, by a query that is run as any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqloop.database.schema import Dialect, Schema, Table

_ASK = r"(?:(?:please )?(?:list|show|give|get|display|print)(?: me)?|what are|which are|what|which)"
_ALL = r"(?: all)?(?: of)?(?: the)?"
_HERE = (
    r"(?: (?:are|is|exist|exists)(?: there)?)?(?: do (?:we|you|i) have)?(?: does (?:it|the database) have)?"
)
_IN = r"(?: (?:in|of|from) (?:the|this|my|our) (?:database|db|schema))?"
_TABLES = re.compile(rf"(?:{_ASK}{_ALL} )?(?:all )?tables?(?: names)?{_HERE}{_IN}")
_COUNT = re.compile(rf"(?:how many|count(?:{_ALL})|number of) tables{_HERE}{_IN}")
_TABLE = r"(?:the )?(?:table )?(?P<table>.+?)(?: table)?"
_FIELDS = r"(?:columns|fields)"
_COLUMNS = (
    re.compile(rf"(?:what|which) {_FIELDS} (?:does|do) {_TABLE} have"),
    re.compile(rf"{_ASK}{_ALL} {_FIELDS}(?: names)?(?: are)?(?: there)? (?:in|of|from|for) {_TABLE}"),
    re.compile(rf"{_FIELDS} (?:in|of|from|for) {_TABLE}"),
    re.compile(rf"(?:describe|desc) {_TABLE}"),
)
_WITH = re.compile(
    r"(?:what|which) tables (?:have|contain) (?:a |the )?(?:column|field)(?: called| named)? (?P<column>\S+)"
)


def ask_schema(question: str, schema: Schema) -> str | None:
    """The query that answers ``question`` from the catalogue; None where it is not about the schema.

    >>> from sqloop.database.schema import Schema
    >>> ask_schema("How many tables are there?", Schema("mysql", ()))
    'SELECT COUNT(*) AS tables FROM information_schema.tables WHERE table_schema = DATABASE()'
    """
    text = " ".join(re.sub(r"[?.!;:`\"']", " ", question).casefold().split())
    if {"table", "tables", "column", "columns", "field", "fields"} & _names(schema):
        return None  # Then these words are the user's own.
    if _TABLES.fullmatch(text):
        return _list_tables(schema, _TABLE_COLUMNS)
    if _COUNT.fullmatch(text):
        return _list_tables(schema, "COUNT(*) AS tables").partition(" ORDER BY ")[0]
    if found := _WITH.fullmatch(text):
        column = found["column"]
        tables = [each for each in schema.tables if any(c.name.casefold() == column for c in each.columns)]
        return (
            _constants(("table_name",), [(each.name,) for each in tables], schema.dialect) if tables else None
        )
    for pattern in _COLUMNS:
        found = pattern.fullmatch(text)
        table = _find(found["table"], schema) if found else None
        if table is not None:
            return _list_columns(table, schema.dialect)
    return None


_TABLE_COLUMNS = "table_name, table_type"
_OF_POSTGRES = """
SELECT n.nspname AS table_schema, c.relname AS table_name, CASE c.relkind WHEN 'v' THEN 'view'
WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' ELSE 'table' END AS table_type
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname NOT LIKE 'pg\\_temp%'
"""
"""information_schema knows no materialised views, and takes parts of a table for tables."""

_KIND = "LOWER(REPLACE(table_type, 'BASE ', ''))"
"""The words of the standard as people say them: a table is no BASE TABLE."""


def _list_tables(schema: Schema, what: str) -> str:
    """With the schema of each, where one needs it to be found."""
    if schema.dialect == "sqlite":
        what = what.replace(_TABLE_COLUMNS, "name AS table_name, type AS table_type")
        where = r"type IN ('table', 'view') AND name NOT LIKE 'sqlite\_%' ESCAPE '\'"
        return f"SELECT {what} FROM sqlite_schema WHERE {where} ORDER BY name"
    order = "table_name"
    if schema.dialect != "mysql" and any("." in each.name for each in schema.tables):
        what, order = (
            what.replace(_TABLE_COLUMNS, f"table_schema, {_TABLE_COLUMNS}"),
            "table_schema, table_name",
        )
    if schema.dialect == "postgres":
        return f"SELECT {what} FROM ({' '.join(_OF_POSTGRES.split())}) AS t ORDER BY {order}"
    kind = _kinds_of_duckdb(schema) if schema.dialect == "duckdb" else _KIND
    what = what.replace("table_type", f"{kind} AS table_type")
    where = "table_schema = DATABASE()" if schema.dialect == "mysql" else "table_catalog = current_database()"
    return f"SELECT {what} FROM information_schema.tables WHERE {where} ORDER BY {order}"


def _kinds_of_duckdb(schema: Schema) -> str:
    """DuckDB reads a file by a view; who named the file calls it a table."""
    views = [_quote(each.name.rpartition(".")[2], "duckdb") for each in schema.tables if each.view]
    if not views:
        return "'table'"
    return f"CASE WHEN table_name IN ({', '.join(views)}) THEN {_KIND} ELSE 'table' END"


def _list_columns(table: Table, dialect: Dialect) -> str:
    """As constants: SQLite tells columns by pragmas alone, which no query may use here."""
    targets = {
        name: f"{key.referred_table}.{other}"
        for key in table.foreign_keys
        for name, other in zip(key.columns, key.referred_columns, strict=False)
    }
    rows = [
        (
            column.name,
            column.type,
            "primary key" if column.name in table.primary_key else targets.get(column.name, ""),
        )
        for column in table.columns
    ]
    return _constants(("column_name", "type", "key_of"), rows, dialect)


def _constants(names: tuple[str, ...], rows: Iterable[tuple[str, ...]], dialect: Dialect) -> str:
    quoted = [[_quote(value, dialect) for value in row] for row in rows]
    first = ", ".join(f"{value} AS {name}" for value, name in zip(quoted[0], names, strict=True))
    return " UNION ALL ".join([f"SELECT {first}", *(f"SELECT {', '.join(row)}" for row in quoted[1:])])


def _quote(text: str, dialect: Dialect) -> str:
    text = text.replace("\\", "\\\\") if dialect == "mysql" else text
    return "'" + text.replace("'", "''") + "'"


def _find(name: str, schema: Schema) -> Table | None:
    """The table that is called so, in the plural or singular; blanks are underscores, on either side.

    Its schema need not be said where no other is called so.
    """
    name = name.replace(" ", "_")
    known = {each.name.casefold().replace(" ", "_"): each for each in schema.tables}
    for tried in (name, f"{name}s", name.removesuffix("s")):
        behind = [each for own, each in known.items() if own.rpartition(".")[2] == tried]
        if tried in known or len(behind) == 1:
            return known.get(tried) or behind[0]
    return None


def _names(schema: Schema) -> set[str]:
    names = {each.name.casefold() for each in schema.tables}
    return names | {column.name.casefold() for each in schema.tables for column in each.columns}
