"""Questions about the schema itself ("list all tables", "primary key of orders"), without a model.

Only what is plain is taken: a whole question in one of a few forms, about a table that is there. All else is
the model's. The answer comes from the catalogue of the engine, by a query that is run as any other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from sqloop.database.schema import Dialect, ForeignKey, Schema, Table

_Words = Mapping[str, str]
"""What stands at the named places of a question."""

_ASK = (
    r"(?:(?:please )?(?:list|show|give|get|display|print|tell)(?: me)?"
    r"|what(?: i?s|s)|what are|which are|what|which)"
)
_ALL = r"(?: all)?(?: of)?(?: the| my| our)?"
_ASKED = rf"(?:{_ASK}{_ALL} )?(?:all )?(?:the )?"
_BASE = r"(?:the|this|my|our) (?:database|db)"
_HERE = (
    r"(?: (?:are|is|exist|exists)(?: there)?)?(?: do (?:we|you|i) have)?"
    rf"(?: (?:does )?(?:it|{_BASE}) ha(?:ve|s))?"
)
_IN = rf"(?: (?:in|of|from) (?:{_BASE}|(?:the|this|my|our) schema)| has {_BASE})?"
_TABLE = r"(?:the )?(?:table )?(?P<table>.+?)(?: table)?"
_OF = r"(?:in|of|from|for|on)"
_FIELD = r"(?:column|field)"
_KEYS = rf"{_ASKED}(?P<kind>primary|foreign) keys?"
_TABLES_WITH = r"(?:what|which) tables? (?:have|has|contains?) (?:an? |the )?"
_SHAPE = rf"(?:(?:describe|explain) (?:the )?|{_ASKED})(?:(?:whole|full|complete|my|our|this|database|db) )*"
_SHAPE += r"(?:schema|structure)"
_NOUNS = frozenset("table tables column columns field fields schema structure".split())


def ask_schema(question: str, schema: Schema) -> str | None:
    """The query that answers ``question`` from the catalogue; None where it is not about the schema.

    >>> from sqloop.database.schema import Schema
    >>> ask_schema("How many tables are there?", Schema("mysql", ()))
    'SELECT COUNT(*) AS tables FROM information_schema.tables WHERE table_schema = DATABASE()'
    """
    text = " ".join(re.sub(r"[?.!;:`\"']", " ", question).casefold().split())
    if _NOUNS & set(text.split()) & _names(schema):
        return None  # Then these words are the user's own.
    for pattern, answer in _QUESTIONS:
        found = re.fullmatch(pattern, text)
        sql = answer(found.groupdict(), schema) if found else None
        if sql:
            return sql
    return None


def _tell_tables(_: _Words, schema: Schema) -> str:
    return _list_tables(schema, _TABLE_COLUMNS)


def _count_tables(_: _Words, schema: Schema) -> str:
    return _list_tables(schema, "COUNT(*) AS tables").partition(" ORDER BY ")[0]


def _tell_tables_with(words: _Words, schema: Schema) -> str | None:
    """No table where none has a column of that name; "a date column" may mean a type."""
    wanted = (words.get("name") or words["column"]).replace(" ", "_")
    tables = [each for each in schema.tables if wanted in map(_plain, (own.name for own in each.columns))]
    if not tables and "name" not in words:
        return None
    return _constants(("table_name",), [(each.name,) for each in tables], schema.dialect)


def _tell_columns(words: _Words, schema: Schema) -> str | None:
    table = _find(words["table"], schema)
    return _constants(_COLUMN, _columns(table), schema.dialect) if table else None


def _count_columns(words: _Words, schema: Schema) -> str | None:
    table = _find(words["table"], schema)
    return f"SELECT {len(table.columns)} AS columns" if table else None


def _tell_all(words: _Words, schema: Schema) -> str:
    """Every column, table by table; the tables alone where that is more than anyone reads."""
    rows = [(table.name, *facts) for table in schema.tables for facts in _columns(table)]
    if len(rows) > _LONGEST:
        return _tell_tables(words, schema)
    return _constants(("table_name", *_COLUMN), rows, schema.dialect)


def _tell_keys(words: _Words, schema: Schema) -> str | None:
    """Of one table, or of all where none is named."""
    table = _find(words["table"], schema) if "table" in words else None
    if table is None and "table" in words:
        return None
    tables = (table,) if table else schema.tables
    if words["kind"] == "foreign":
        pairs = [pair for each in tables for key in each.foreign_keys for pair in _pairs(each, key)]
        return _constants(_FOREIGN_KEY, pairs, schema.dialect)
    keys = [(each.name, column) for each in tables for column in each.primary_key]
    return _constants(("table_name", "column_name"), keys, schema.dialect)


def _tell_referring(words: _Words, schema: Schema) -> str | None:
    table = _find(words["table"], schema)
    if table is None:
        return None
    keys = [(each, key) for each in schema.tables for key in each.foreign_keys]
    pairs = [
        pair for each, key in keys if schema.table(key.referred_table) == table for pair in _pairs(each, key)
    ]
    return _constants(_FOREIGN_KEY, pairs, schema.dialect)


_QUESTIONS: tuple[tuple[str, Callable[[_Words, Schema], str | None]], ...] = (
    (rf"{_ASKED}(?:a )?(?:list of )?(?:all )?(?:the )?tables?(?: names)?{_HERE}{_IN}", _tell_tables),
    (rf"(?:how many|count{_ALL}|number of) tables{_HERE}{_IN}", _count_tables),
    (rf"{_TABLES_WITH}{_FIELD}(?: called| named)? (?P<name>.+)", _tell_tables_with),
    (rf"{_TABLES_WITH}(?P<column>.+) {_FIELD}", _tell_tables_with),
    (rf"(?:what|which) {_FIELD}s do(?:es)? {_TABLE} have", _tell_columns),
    (rf"(?:what|which) {_FIELD}s (?:has|have) {_TABLE}", _tell_columns),
    (rf"{_ASKED}{_FIELD}(?:s|s? names)(?: are)?(?: there)? {_OF} {_TABLE}", _tell_columns),
    (rf"{_ASKED}names of (?:the )?{_FIELD}s {_OF} {_TABLE}", _tell_columns),
    (rf"(?:describe|desc) {_TABLE}", _tell_columns),
    (rf"{_SHAPE} of {_TABLE}", _tell_columns),
    (r"what does (?:the )?table (?P<table>.+) (?:contain|hold|have|look like)", _tell_columns),
    (r"what does (?:the )?(?P<table>.+) table (?:contain|hold|have|look like)", _tell_columns),
    (rf"(?:how many|number of) columns (?:are )?(?:there )?(?:are )?{_OF} {_TABLE}", _count_columns),
    (rf"how many columns do(?:es)? {_TABLE} have", _count_columns),
    (rf"how many columns (?:has|have) {_TABLE}", _count_columns),
    (rf"{_SHAPE}{_HERE}(?: of {_BASE})?", _tell_all),
    (rf"(?:describe|explain) {_BASE}", _tell_all),
    (rf"{_ASKED}tables (?:and|with) (?:all )?(?:their |the )?{_FIELD}s{_HERE}{_IN}", _tell_all),
    (rf"{_KEYS}{_HERE}{_IN}", _tell_keys),
    (rf"{_KEYS}(?: are)?(?: there)? {_OF} {_TABLE}", _tell_keys),
    (rf"(?:what|which) (?P<kind>primary|foreign) keys? do(?:es)? {_TABLE} have", _tell_keys),
    (rf"{_ASKED}{_TABLE}(?: s)? (?P<kind>primary|foreign) keys?", _tell_keys),
    (
        rf"(?:what|which) (?:column|field)s? (?:is|are) the (?P<kind>primary|foreign) keys? {_OF} {_TABLE}",
        _tell_keys,
    ),
    (rf"(?:what|which) tables? (?:refers?|points?|links?) to {_TABLE}", _tell_referring),
    (rf"(?:what|which) tables? references? {_TABLE}", _tell_referring),
)
"""Forms of questions, in small letters and without punctuation; the first that gives an answer counts."""


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


_LONGEST = 400
"""Columns of a schema that is told as a whole; SQLite puts no more than 500 rows together."""

_COLUMN = "column_name", "type", "key_of"
_FOREIGN_KEY = "table_name", "column_name", "refers_to", "declared"


def _columns(table: Table) -> list[tuple[str, str, str]]:
    """What is told of each column."""
    targets = {
        name: f"{key.referred_table}.{other}"
        for key in table.foreign_keys
        for name, other in zip(key.columns, key.referred_columns, strict=False)
    }
    return [
        (
            column.name,
            column.type,
            ", ".join(
                filter(None, ["primary key" * (column.name in table.primary_key), targets.get(column.name)])
            ),
        )
        for column in table.columns
    ]


def _pairs(table: Table, key: ForeignKey) -> Iterator[tuple[str, str, str, str]]:
    """What is told of each column of a key; one that SQLoop inferred says so."""
    for name, other in zip(key.columns, key.referred_columns, strict=False):
        yield table.name, name, f"{key.referred_table}.{other}", "no" if key.inferred else "yes"


def _constants(names: tuple[str, ...], rows: Iterable[tuple[str, ...]], dialect: Dialect) -> str:
    """As constants: SQLite tells columns by pragmas alone, which no query may use here."""
    quoted = [[_quote(value, dialect) for value in row] for row in rows]
    none = "" if quoted else " WHERE 1 = 0"
    values = quoted[0] if quoted else ["''"] * len(names)
    first = ", ".join(f"{value} AS {name}" for value, name in zip(values, names, strict=True))
    return " UNION ALL ".join([f"SELECT {first}{none}", *(f"SELECT {', '.join(row)}" for row in quoted[1:])])


def _quote(text: str, dialect: Dialect) -> str:
    text = text.replace("\\", "\\\\") if dialect == "mysql" else text
    return "'" + text.replace("'", "''") + "'"


def _find(name: str, schema: Schema) -> Table | None:
    """The table that is called so, in the plural or singular; blanks are underscores, on either side.

    Its schema need not be said where no other is called so.
    """
    name = name.replace(" ", "_")
    known = {_plain(each.name): each for each in schema.tables}
    for tried in (name, f"{name}s", name.removesuffix("s")):
        behind = [each for own, each in known.items() if own.rpartition(".")[2] == tried]
        if tried in known or len(behind) == 1:
            return known.get(tried) or behind[0]
    return None


def _plain(name: str) -> str:
    return name.casefold().replace(" ", "_")


def _names(schema: Schema) -> set[str]:
    """What tables and columns are called, in the singular and in the plural."""
    tables = schema.tables
    names = {name.casefold() for each in tables for name in (each.name, *(own.name for own in each.columns))}
    return names | {f"{name}s" for name in names} | {name.removesuffix("s") for name in names}
