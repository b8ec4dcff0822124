"""Rows of which it is not known: "the five cheapest" are none without a price, which SQLite puts first.

Works on the syntax tree, in place.
"""

from __future__ import annotations

import re

from sqlglot import exp

from sqloop.database.schema import Dialect
from sqloop.generation.mending.asked.superlatives import limit_of, meant_by
from sqloop.generation.mending.scopes import Scopes

_ENDS = re.compile(
    r"\b(?:(?!(?:gu|forr?|harv|inter|requ|cont|r|t|w)est\b)[a-z]+est|most|least|worst|top|bottom|first|last)\b"
)
_FOLDS = (exp.Avg, exp.Min, exp.Max)
"""Of groups: NULL where no row has a value. A sum of nothing may well be meant as nothing."""


def leave_out_unknown(tree: exp.Expr, question: str, scopes: Scopes) -> None:
    """Mend ``tree``, a query that answers ``question``, in place.

    >>> import sqlglot
    >>> from sqloop.database.schema import Column, Schema, Table
    >>> table = Table("item", (Column("kind", "TEXT", "text"), Column("cost", "REAL", "number", nulls=True)))
    >>> for sql in (
    ...     "SELECT kind FROM item ORDER BY cost LIMIT 5",
    ...     "SELECT kind FROM item ORDER BY cost DESC LIMIT 5",
    ...     "SELECT kind, AVG(cost) FROM item GROUP BY kind ORDER BY AVG(cost) LIMIT 1",
    ... ):
    ...     tree = sqlglot.parse_one(sql, dialect="sqlite")
    ...     leave_out_unknown(tree, "The cheapest items", Scopes(tree, Schema("sqlite", (table,))))
    ...     tree.sql("sqlite")
    'SELECT kind FROM item WHERE NOT cost IS NULL ORDER BY cost LIMIT 5'
    'SELECT kind FROM item ORDER BY cost DESC LIMIT 5'
    'SELECT kind, AVG(cost) FROM item GROUP BY kind HAVING NOT AVG(cost) IS NULL ORDER BY AVG(cost) LIMIT 1'
    """
    if not isinstance(tree, exp.Select) or not limit_of(tree) or not _ENDS.search(question.lower()):
        return
    order = tree.args.get("order")
    if order is None or tree.args.get("distinct"):
        return
    first = order.expressions[0]
    key = meant_by(first.this, tree)
    column = key.this if isinstance(key, _FOLDS) else key
    place = scopes.place(column) if isinstance(column, exp.Column) else None
    if place is None or not place.column.nulls or not first.args.get("nulls_first"):
        return
    if scopes.schema.dialect in ("postgres", "duckdb") and not _comes_first(first, scopes.schema.dialect):
        return  # It is said outright that they come first.
    if any(place == scopes.place(each) for each in _conditions(tree)):
        return
    known = exp.not_(exp.Is(this=key.copy(), expression=exp.Null()))
    if key is column:
        tree.where(known, copy=False)
    elif tree.args.get("group"):
        tree.having(known, copy=False)


def _comes_first(key: exp.Expr, dialect: Dialect) -> bool:
    """Whether what is unknown comes first if nothing is said of it, in the order of a key."""
    return dialect == "postgres" and bool(key.args.get("desc"))


def _conditions(select: exp.Select) -> list[exp.Column]:
    """The columns that a query says something of already."""
    parts = (select.args.get(name) for name in ("where", "having"))
    return [column for part in parts if part is not None for column in part.find_all(exp.Column)]
