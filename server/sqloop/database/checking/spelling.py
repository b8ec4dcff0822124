"""What of a query is spelling only: what tables and columns are called, capitals, quotes, comments.

Covers names that decide nothing whatever the schema is. Two queries that are spelled alike here give the same
rows; not every two that do are found.
"""

from __future__ import annotations

from functools import lru_cache

from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqloop.database.checking.parsing import parse_statement, write_statement
from sqloop.database.schema import Dialect


@lru_cache(maxsize=4_096)
def normal(sql: str, dialect: Dialect) -> str:
    """``sql`` as texts share it that differ in spelling only: a key, not to be run.

    >>> normal("select  C.a AS n from T as c -- why", "sqlite")
    'SELECT a FROM t'
    """
    try:
        tree = parse_statement(sql, dialect).copy()
        spell_alike(tree)
        return write_statement(tree, dialect)
    except SqlglotError:
        return " ".join(sql.split()).rstrip("; ")


def spell_alike(tree: exp.Expr) -> None:
    """Take off, in place, what is spelling only."""
    for node in tree.walk():
        node.pop_comments()
        if isinstance(node, exp.Identifier):
            node.set("this", node.name.lower())
            node.set("quoted", not node.name.isidentifier())
    name_tables(tree)
    for select in list(tree.find_all(exp.Select)):
        take_off_owner(select)
    if isinstance(tree, exp.Select):
        put_in_aliases(tree)


def name_tables(tree: exp.Expr) -> None:
    """Tables by their own names; those that stand there twice, or share an alias, by what they are called."""
    tables = list(tree.find_all(exp.Table))
    called = {each.alias_or_name.lower(): each.name for each in tables}
    if len({each.name.lower() for each in tables}) < len(tables) or len(called) < len(tables):
        _number_tables(tree, tables)
        return
    for each in tables:
        each.set("alias", None)
    _rename_owners(tree, called)


def _number_tables(tree: exp.Expr, tables: list[exp.Table]) -> None:
    """Tables of which some stand there twice, called after their places, where no two share an alias."""
    called = {each.alias_or_name.lower(): f"{each.name}_{place}" for place, each in enumerate(tables, 1)}
    made = {each.alias.lower() for each in tree.find_all(exp.Subquery, exp.CTE)}
    if len(called) < len(tables) or made & {each.name.lower() for each in tables}:
        return
    for each in tables:
        each.set("alias", exp.TableAlias(this=exp.to_identifier(called[each.alias_or_name.lower()])))
    _rename_owners(tree, called)


def _rename_owners(tree: exp.Expr, called: dict[str, str]) -> None:
    for column in list(tree.find_all(exp.Column)):
        if column.table.lower() in called:
            column.set("table", exp.to_identifier(called[column.table.lower()]))


def put_in_aliases(select: exp.Select) -> None:
    """What an alias of the result stands for, wherever it is used, and the result without it."""
    named = {each.alias.lower(): each.this for each in select.expressions if isinstance(each, exp.Alias)}
    clauses = [select.args[name] for name in ("group", "having", "order") if select.args.get(name)]
    for column in [each for clause in clauses for each in clause.find_all(exp.Column)]:
        if not column.table and column.name.lower() in named:
            column.replace(named[column.name.lower()].copy())
    select.set("expressions", [each.unalias() for each in select.expressions])


def take_off_owner(select: exp.Select) -> None:
    """Columns without the name of the one table that a query reads."""
    source = select.args.get("from_")
    if source is None or select.args.get("joins") or not isinstance(source.this, exp.Table):
        return
    name = source.this.alias_or_name.lower()
    for column in list(select.find_all(exp.Column)):
        if column.parent_select is select and column.table.lower() == name:
            column.set("table", None)
