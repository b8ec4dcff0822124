"""What one SELECT is made of: its sources, its own columns, the queries nested in it.

The ground that `compact` and `expand` share; nothing here changes the meaning of a tree.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqloop.database.checking.budget import TooComplexError
from sqloop.database.checking.parsing import parse_statements
from sqloop.database.schema import Dialect


class NotCompactableError(ValueError):
    """The SQL cannot be written in, or read from, compact form."""


def parse_query(sql: str, dialect: Dialect) -> exp.Query:
    """The tree of one query, which a model may have written; raises `NotCompactableError`."""
    try:
        trees = parse_statements(sql, dialect)
    except TooComplexError as error:
        raise NotCompactableError(str(error)) from error
    except SqlglotError as error:
        raise NotCompactableError("not parsable") from error
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        raise NotCompactableError("not a query")
    return trees[0]


def joins_of(select: exp.Select) -> list[exp.Join]:
    """The joins of FROM, commas too."""
    return list(select.args.get("joins") or [])


def sources_of(select: exp.Select) -> list[exp.Expr]:
    """The tables and subqueries of FROM and its joins."""
    from_ = select.args.get("from_")
    return [each.this for each in ([from_] if from_ else []) + joins_of(select)]


def set_sources(select: exp.Select, first: str, joins: Sequence[exp.Join]) -> None:
    """Let ``select`` read from the table ``first`` and from ``joins``."""
    select.set("from_", exp.From(this=table_named(first)))
    select.set("joins", list(joins) or None)


def table_named(name: str) -> exp.Table:
    """A table as FROM names it."""
    return exp.Table(this=exp.to_identifier(name))


def own_nodes(select: exp.Expr) -> list[exp.Expr]:
    """The nodes of this SELECT; of nested queries only their roots."""
    nodes = []
    stack = list(select.iter_expressions())
    while stack:
        node = stack.pop()
        nodes.append(node)
        if not isinstance(node, (exp.Select, exp.SetOperation)):
            stack.extend(node.iter_expressions())
    return nodes


def own_columns(select: exp.Select) -> list[exp.Column]:
    """The columns that this SELECT names itself, stars left out."""
    columns = [node for node in own_nodes(select) if isinstance(node, exp.Column)]
    return [column for column in columns if not isinstance(column.this, exp.Star)]


def nested_queries(select: exp.Select) -> list[exp.Query]:
    """The queries directly inside this SELECT."""
    return [node for node in own_nodes(select) if isinstance(node, (exp.Select, exp.SetOperation))]
