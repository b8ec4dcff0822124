"""The first or last of something, as the question has it: which end of the order, and of how many rows.

A small model takes the oldest employee for the one with the greatest date of birth, asks MAX for the three
highest salaries, and adds up all rows where it was to add up those of the latest day. Works on the syntax
tree, in place.
"""

from __future__ import annotations

import re

from sqlglot import exp

from sqloop.database.schema import Dialect
from sqloop.database.words import split_name
from sqloop.generation.mending.scopes import Scopes

_OLD = re.compile(r"\b(?:oldest|earliest|longest[- ](?:serving|standing|running))\b", re.IGNORECASE)
_NEW = re.compile(r"\b(?:youngest|newest|latest|most recent(?:ly)?)\b", re.IGNORECASE)
_SUPERLATIVE = re.compile(
    rf"{_OLD.pattern}|{_NEW.pattern}|\b(?:last|first)\b(?! names?\b| \d| (?:few|two|three|half)\b"
    r"| (?:years?|quarters?|months?|weeks?|days|hours?)\b)",
    re.IGNORECASE,
)
_TIMES = {"date", "year", "day", "month", "time"}
_EXTREMES = (exp.Max, exp.Min)
_WHOLE = ("group", "having", "offset", "windows", "qualify")


def mend_superlatives(tree: exp.Expr, question: str, scopes: Scopes) -> None:
    """Mend ``tree``, a query that answers ``question``, in place.

    >>> import sqlglot
    >>> from sqloop.database.schema import Column, Schema, Table
    >>> table = Table("employee", (Column("name", "TEXT", "text"), Column("born", "DATE", "date")))
    >>> for what in ("name FROM employee ORDER BY born DESC LIMIT 1", "MAX(born) FROM employee LIMIT 3"):
    ...     tree = sqlglot.parse_one(f"SELECT {what}")
    ...     mend_superlatives(tree, "Who is the oldest?", Scopes(tree, Schema("sqlite", (table,))))
    ...     tree.sql()
    'SELECT name FROM employee ORDER BY born ASC LIMIT 1'
    'SELECT born FROM employee ORDER BY born DESC LIMIT 3'
    """
    _turn(question, scopes)
    if isinstance(tree, exp.Select) and not any(tree.args.get(part) for part in _WHOLE):
        _show_several(tree, scopes.schema.dialect)
        if _SUPERLATIVE.search(question):
            _fold_the_last(tree)


def _turn(question: str, scopes: Scopes) -> None:
    """Have the one order of the query begin at the end that the question names, if it names one."""
    old, new = _OLD.search(question), _NEW.search(question)
    cut = [each for each in scopes.selects if each.args.get("order") and each.args.get("limit")]
    if bool(old) == bool(new) or len(cut) != 1:
        return
    first = cut[0].args["order"].expressions[0]
    if not isinstance(first, exp.Ordered) or not isinstance(first.this, exp.Column):
        return
    place = scopes.place(first.this)
    if place is None:
        return
    words = split_name(place.column.name)
    if "age" in words and place.column.kind == "number":
        falls = old is not None
    elif place.column.kind == "date" or (place.column.kind == "number" and _TIMES & set(words)):
        falls = old is None
    else:
        return
    if bool(first.args.get("desc")) != falls:
        first.replace(_ordered(first.this, falls, scopes.schema.dialect))


def _ordered(by: exp.Expr, falls: bool, dialect: Dialect) -> exp.Ordered:
    """As the dialect orders it where nothing is said of NULL."""
    first = falls if dialect == "postgres" else dialect != "duckdb" and not falls
    return exp.Ordered(this=by.copy(), desc=falls, nulls_first=first)


def _show_several(select: exp.Select, dialect: Dialect) -> None:
    """The three highest, where MAX would give one of them."""
    shown = [each.unalias() for each in select.expressions]
    many = _limit(select) > 1
    if (
        not many
        or len(shown) != 1
        or not isinstance(shown[0], _EXTREMES)
        or _orders_otherwise(select, shown[0])
    ):
        return
    inner = shown[0].this
    if isinstance(inner, exp.Distinct):
        return
    order = _ordered(inner, isinstance(shown[0], exp.Max), dialect)
    select.set("expressions", [inner.copy()])
    select.set("distinct", None)
    select.set("order", exp.Order(expressions=[order]))


def _fold_the_last(select: exp.Select) -> None:
    """Add up the rows of the last day, where the order of one sum would be asked for."""
    order = select.args.get("order")
    columns = list(order.find_all(exp.Column)) if order is not None else []
    folded = all(isinstance(each.unalias(), exp.AggFunc) for each in select.expressions)
    if not folded or order is None or len(order.expressions) != 1 or len(columns) != 1 or _limit(select) != 1:
        return
    first = order.expressions[0]
    if first.this is not columns[0] or any(each.alias == columns[0].name for each in select.expressions):
        return
    end = exp.Min(this=columns[0].copy()) if not first.args.get("desc") else exp.Max(this=columns[0].copy())
    inner = select.copy()
    for part in ("order", "limit", "distinct"):
        inner.set(part, None)
    inner.set("expressions", [end])
    select.set("order", None)
    select.set("limit", None)
    select.where(exp.EQ(this=columns[0].copy(), expression=exp.Subquery(this=inner)), copy=False)


def _orders_otherwise(select: exp.Select, shown: exp.Expr) -> bool:
    """Whether the order is by something else than what is shown."""
    order = select.args.get("order")
    return order is not None and any(each.this not in (shown, shown.this) for each in order.expressions)


def _limit(select: exp.Select) -> int:
    limit = select.args.get("limit")
    number = limit.expression if isinstance(limit, exp.Limit) else None
    return int(number.name) if isinstance(number, exp.Literal) and number.name.isdigit() else 0
