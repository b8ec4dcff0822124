"""Names in a query, as the schema has them: spelled as there, each column from a table that has it.

A model that knows what to ask still takes a column from the wrong one of two joined tables, gives two
tables one alias, or writes a text in the quotes of a name. Where only one reading makes sense it is taken;
all else is left for the database to refuse, and what the database accepts keeps its meaning. Works on the
syntax tree, in place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from sqloop.database.identifiers import quote_name
from sqloop.database.schema import Dialect, Schema, Table, split_name


@dataclass(frozen=True)
class _Source:
    """What a query reads: ``table`` is None for a subquery or CTE, whose columns are not looked into."""

    table: Table | None
    name: exp.Expression
    """The alias, or the table's own name, as it is written: MariaDB tells their cases apart."""


Sources = dict[str, _Source]
"""By alias in lower case."""


def mend_names(tree: exp.Expression, schema: Schema) -> None:
    """Mend ``tree``, a query on ``schema``, in place."""
    ctes = {each.alias.lower() for each in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        known = _table(table, schema)
        if known is not None and (table.args.get("db") or table.name.lower() not in ctes):
            _name(table, known.name, schema.dialect)
    selects = list(tree.find_all(exp.Select))
    for select in selects:
        _separate_aliases(select)
    scopes = {id(select): _sources(select, schema, ctes) for select in selects}
    named = {each.alias.lower() for each in tree.find_all(exp.Alias)}
    for column in list(tree.find_all(exp.Column)):
        if not isinstance(column.this, exp.Identifier):
            continue
        if column.table:
            _mend_qualified(column, scopes)
        elif not _mend_spelling(column, scopes) and column.name.lower() not in named:
            _mend_text(column, schema, scopes)
    if schema.dialect in ("postgres", "duckdb"):
        _quote(tree, schema)


def _table(table: exp.Expression, schema: Schema) -> Table | None:
    """The table that is meant, with the schema before it where one is named."""
    owner = table.text("db")
    return (schema.table(f"{owner}.{table.name}") if owner else None) or schema.table(table.name)


def _name(table: exp.Table, name: str, dialect: Dialect) -> None:
    """Call ``table`` so; on PostgreSQL with the schema that it is in, unless that is on the search path."""
    owner, name = split_name(name, dialect)
    table.this.set("this", name)
    if owner:
        table.set("db", exp.to_identifier(owner))


def _quote(tree: exp.Expression, schema: Schema) -> None:
    """Put names of the schema in quotes that are others without: PostgreSQL reads those in lower case, and
    DuckDB has keywords that SQLite has not.

    Aliases are left as they are written, where they are given and where they are used.
    """
    known = {part for table in schema.tables for part in split_name(table.name, schema.dialect)}
    known |= {column.name for table in schema.tables for column in table.columns}
    aliases = {each.alias for each in tree.find_all(exp.Alias)} | {
        each.name for each in tree.find_all(exp.TableAlias)
    }
    for name in tree.find_all(exp.Identifier):
        meant = name.name in known and (
            isinstance(name.parent, exp.Table)
            or (isinstance(name.parent, exp.Column) and name.name not in aliases)
        )
        if meant and quote_name(name.name, schema.dialect) != name.name:
            name.set("quoted", True)


def _separate_aliases(select: exp.Select) -> None:
    """Give the second of two tables of one alias another one, also where its own join says what joins it.

    >>> import sqlglot
    >>> tree = sqlglot.parse_one("SELECT c.x FROM class AS c JOIN course AS c ON c.id = c.id")
    >>> _separate_aliases(tree)
    >>> tree.sql()
    'SELECT c.x FROM class AS c JOIN course AS c2 ON c.id = c2.id'
    """
    taken: set[str] = set()
    for source in _tables(select):
        alias = source.alias_or_name.lower()
        if alias not in taken:
            taken.add(alias)
            continue
        number = next(n for n in range(2, 100) if f"{alias}{n}" not in taken)
        source.set("alias", exp.TableAlias(this=exp.to_identifier(f"{alias}{number}")))
        taken.add(f"{alias}{number}")
        on = source.parent.args.get("on") if isinstance(source.parent, exp.Join) else None
        for equal in on.find_all(exp.EQ) if on is not None else ():
            right = equal.expression
            if equal.this == right and isinstance(right, exp.Column) and right.table.lower() == alias:
                right.set("table", exp.to_identifier(f"{alias}{number}"))


def _tables(select: exp.Select) -> list[exp.Expression]:
    parts = [select.args.get("from_"), *(select.args.get("joins") or [])]
    return [each.this for each in parts if each is not None]


def _sources(select: exp.Select, schema: Schema, ctes: set[str]) -> Sources:
    found: Sources = {}
    for source in _tables(select):
        plain = isinstance(source, exp.Table) and source.name.lower() not in ctes
        alias = source.args.get("alias")
        name = alias.this if alias is not None and alias.this is not None else source.this
        table = _table(source, schema) if plain else None
        found[source.alias_or_name.lower()] = _Source(table, name)
    return found


def _around(column: exp.Column, scopes: dict[int, Sources]) -> Iterator[Sources]:
    """What the query that the column stands in reads, then what those around it do."""
    select = column.find_ancestor(exp.Select)
    while select is not None:
        yield scopes[id(select)]
        select = select.find_ancestor(exp.Select)


def _mend_qualified(column: exp.Column, scopes: dict[int, Sources]) -> None:
    qualifier = column.table.lower()
    own, *outer = [*_around(column, scopes)] or [{}]
    source = own.get(qualifier)
    if source is not None and source.table is not None:
        holders = [source] if source.table.column(column.name) else _holders(column.name, own)
        if len(holders) == 1:
            _take_from(holders[0], column)
    elif source is None and (around := next((each for each in outer if qualifier in each), None)):
        _take_from(around[qualifier], column)
    elif source is None:
        # No alias here or around: the name of a table that has one.
        said = [each for each in own.values() if each.table and each.table.name.lower() == qualifier]
        if len(said) == 1:
            _take_from(said[0], column)


def _mend_spelling(column: exp.Column, scopes: dict[int, Sources]) -> bool:
    """Spell a column without a qualifier; False where no table of its query has it."""
    holders = _holders(column.name, next(_around(column, scopes), {}))
    if len(holders) == 1:
        _spell(column, holders[0])
    return bool(holders)


def _mend_text(column: exp.Column, schema: Schema, scopes: dict[int, Sources]) -> None:
    """A text in the quotes of a name, where no table has such a column and no source could have one."""
    opaque = any(source.table is None for sources in scopes.values() for source in sources.values())
    known = any(table.column(column.name) for table in schema.tables)
    if column.this.args.get("quoted") and not opaque and not known:
        column.replace(exp.Literal.string(column.name))


def _holders(name: str, own: Sources) -> list[_Source]:
    return [each for each in own.values() if each.table is not None and each.table.column(name)]


def _take_from(source: _Source, column: exp.Column) -> None:
    if _spell(column, source):
        column.set("table", source.name.copy())


def _spell(column: exp.Column, source: _Source) -> bool:
    known = source.table.column(column.name) if source.table is not None else None
    if known is not None:
        column.this.set("this", known.name)
    return known is not None
