"""One way of writing SQL, so that a small model has one habit to learn.

Tables get an alias made of the first letters of the words of their name (``InvoiceLine`` is ``il``), with
more letters or a number where two are alike; a table that stands alone gets none. Columns are qualified by
it. An unqualified column of a join stays as it is. Names are spelled as the schema spells them.
"""

from __future__ import annotations

import sqlglot
from sqlglot import exp

from sqloop.database.schema import Dialect, Schema
from sqloop.database.words import identifier_words
from sqloop.generation.mending.names import mend_names
from sqloop.generation.prompts.sql_grammar import quote_name


def write_in_house_style(sql: str, schema: Schema) -> str:
    """The same query. Raises SqlglotError where ``sql`` cannot be parsed.

    >>> from sqloop.database.schema import Column, Table
    >>> ids = (Column("id", "INT", "number"), Column("line_id", "INT", "number"))
    >>> shop = Schema("sqlite", (Table("orders", ids), Table("order_line", ids)))
    >>> write_in_house_style("SELECT a.id FROM orders a JOIN order_line b ON a.line_id = b.id", shop)
    'SELECT o.id FROM orders AS o JOIN order_line AS ol ON o.line_id = ol.id'
    >>> write_in_house_style("select a.id from orders a", shop)
    'SELECT id FROM orders'
    """
    tree = sqlglot.parse_one(sql, read=schema.dialect)
    mend_names(tree, schema)  # type: ignore[arg-type]
    selects = list(tree.find_all(exp.Select, bfs=True))
    owners = {id(column): _owner(column) for column in tree.find_all(exp.Column) if column.table}
    aliases: dict[int, str] = {}
    ctes = {each.alias.lower() for each in tree.find_all(exp.CTE)}
    taken = {each.alias.lower() for each in tree.find_all(exp.CTE, exp.Subquery)}
    for select in selects:
        sources = _sources(select)
        alone = len(sources) == 1 and not _is_correlated(select, owners)
        for table in sources:
            if isinstance(table, exp.Table) and table.name.lower() not in ctes:
                aliases[id(table)] = "" if alone else _choose(table.name, schema, taken)
    for column in tree.find_all(exp.Column):
        owner = owners.get(id(column))
        if owner is not None and id(owner) in aliases:
            name = aliases[id(owner)]
            column.set("table", exp.to_identifier(name) if name else None)
    for table in tree.find_all(exp.Table):
        if id(table) in aliases:
            name = aliases[id(table)]
            table.set("alias", exp.TableAlias(this=exp.to_identifier(name)) if name else None)
    for identifier in tree.find_all(exp.Identifier):
        if identifier.args.get("quoted") and (id(identifier.parent) in owners or not _is_text(identifier)):
            identifier.set("quoted", not _is_plain(str(identifier.this), schema.dialect))
    return str(tree.sql(schema.dialect))


def _choose(name: str, schema: Schema, taken: set[str]) -> str:
    """An alias that nothing in the query and no table has."""
    words = identifier_words(name)
    initials = "".join(word[0] for word in words if word[0].isalpha()).lower() or "t"
    longer = [words[0][:letters].lower() for letters in (2, 3)] if len(words) == 1 else []
    numbered = (f"{initials}{number}" for number in range(2, 1000))
    # A table that is joined to itself is numbered; another one of the same initial shows more of its name.
    for alias in (initials, *(longer if name.lower() not in taken else ()), *numbered):
        if alias not in taken and _is_plain(alias, schema.dialect) and not schema.table(alias):
            taken |= {alias, name.lower()}
            return str(alias)
    raise ValueError(f"no alias is left for {name}")


def _owner(column: exp.Column) -> exp.Expression | None:
    """The source that the column's qualifier names, in the query that it stands in or around it."""
    select = column.find_ancestor(exp.Select)
    while select is not None:
        for source in _sources(select):
            if source.alias_or_name.lower() == column.table.lower():
                return source
        select = select.find_ancestor(exp.Select)
    return None


def _sources(select: exp.Select) -> list[exp.Expression]:
    parts = [select.args.get("from_"), *(select.args.get("joins") or [])]
    return [each.this for each in parts if each is not None]


def _is_correlated(select: exp.Select, owners: dict[int, exp.Expression | None]) -> bool:
    """Whether a column in it, or in what it holds, belongs to a query around the one that it stands in."""
    for column in select.find_all(exp.Column):
        owner = owners.get(id(column))
        inner = column.find_ancestor(exp.Select)
        if owner is not None and inner is not None and all(owner is not each for each in _sources(inner)):
            return True
    return False


def _is_text(name: exp.Identifier) -> bool:
    """SQLite reads a name in double quotes that no column has as text; it must keep its quotes."""
    parent = name.parent
    return isinstance(parent, exp.Column) and not parent.table


def _is_plain(name: str, dialect: Dialect) -> bool:
    return quote_name(name, dialect) == name
