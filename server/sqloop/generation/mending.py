"""Names in a query, as the schema has them: spelled as there, each column from a table that has it.

A model that knows what to ask still takes a column from the wrong one of two joined tables, gives two
tables one alias, or writes a text in the quotes of a name. Where only one reading makes sense it is taken;
all else is left for the database to refuse. Works on the syntax tree, in place.
"""

from __future__ import annotations

from sqlglot import exp

from sqloop.database.schema import Schema, Table

Sources = dict[str, Table | None]
"""Alias in lower case to table; None for a subquery or CTE, whose columns are not looked into."""


def mend_names(tree: exp.Expression, schema: Schema) -> None:
    """Mend ``tree``, a query on ``schema``, in place."""
    ctes = {each.alias.lower() for each in tree.find_all(exp.CTE)}
    for select in tree.find_all(exp.Select):
        _separate_aliases(select)
    scopes = {id(select): _sources(select, schema, ctes) for select in tree.find_all(exp.Select)}
    for column in list(tree.find_all(exp.Column)):
        if isinstance(column.this, exp.Identifier):
            _mend_column(column, schema, scopes)
    for table in tree.find_all(exp.Table):
        known = schema.table(table.name)
        if known is not None and table.name.lower() not in ctes:
            table.this.set("this", known.name)


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
        found[source.alias_or_name.lower()] = schema.table(source.name) if plain else None
    return found


def _mend_column(column: exp.Column, schema: Schema, scopes: dict[int, Sources]) -> None:
    select = column.find_ancestor(exp.Select)
    own = scopes.get(id(select), {}) if select is not None else {}
    qualifier, name = column.table.lower(), column.name
    owner = own.get(qualifier)
    if qualifier and owner is None:
        _qualify_by_name(column, own, schema)
        return
    known = owner.column(name) if owner is not None else None
    if known is not None:
        column.this.set("this", known.name)
        return
    holders = [alias for alias, table in own.items() if table is not None and table.column(name)]
    if len(holders) == 1 and (qualifier or len(own) > 1):
        _move(column, holders[0], own)
    elif not qualifier and len(holders) == 1:
        table = own[holders[0]]
        found = table.column(name) if table is not None else None
        if found is not None:
            column.this.set("this", found.name)
    elif (
        not qualifier and not holders and column.this.args.get("quoted") and _is_nowhere(name, scopes, schema)
    ):
        column.replace(exp.Literal.string(name))


def _qualify_by_name(column: exp.Column, own: Sources, schema: Schema) -> None:
    """A qualifier that is no alias here: the name of a table that has one, or a table around this query."""
    named = [
        alias
        for alias, table in own.items()
        if table is not None and table.name.lower() == column.table.lower()
    ]
    if len(named) == 1 and column.table.lower() not in own:
        _move(column, named[0], own)


def _move(column: exp.Column, alias: str, own: Sources) -> None:
    table = own[alias]
    known = table.column(column.name) if table is not None else None
    if known is not None:
        column.this.set("this", known.name)
        column.set("table", exp.to_identifier(alias))


def _is_nowhere(name: str, scopes: dict[int, Sources], schema: Schema) -> bool:
    """Whether no table has a column of that name and nothing in the query could be one."""
    if any(table is None for sources in scopes.values() for table in sources.values()):
        return False
    return not any(table.column(name) for table in schema.tables)
