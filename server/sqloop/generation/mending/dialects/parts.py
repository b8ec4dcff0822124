"""Parts of a query that another engine takes: FILTER, a subquery without a name, an alias in HAVING.

Works on the syntax tree, in place.
"""

from __future__ import annotations

import re

from sqlglot import exp

from sqloop.generation.mending.aggregates import TRUTHS
from sqloop.generation.mending.scopes import Scopes

_INEXACT = re.compile(r"real|float|double", re.IGNORECASE)


def mend_parts(tree: exp.Expr, scopes: Scopes) -> None:
    """Mend ``tree``, a query in the dialect of its schema, in place.

    >>> import sqlglot
    >>> from sqloop.database.schema import Schema
    >>> tree = sqlglot.parse_one("SELECT COUNT(*) FILTER(WHERE a > 1) FROM (SELECT a FROM s)", "postgres")
    >>> mend_parts(tree, Scopes(tree, Schema("mysql", ())))
    >>> tree.sql("mysql")
    'SELECT COUNT(CASE WHEN a > 1 THEN 1 END) FROM (SELECT a FROM s) AS t'
    """
    dialect = scopes.schema.dialect
    if dialect in ("mysql", "postgres"):
        _name_subqueries(tree)
    if dialect == "mysql":
        for part in list(tree.find_all(exp.Filter)):
            _choose_rows(part)
    if dialect == "postgres":
        for select in scopes.selects:
            _say_in_having(select)
        for folded in tree.find_all(exp.Sum, exp.Avg):
            if isinstance(folded.this.unnest(), TRUTHS):
                folded.set("this", exp.cast(exp.paren(folded.this.unnest().copy()), "INT"))
        for rounded in tree.find_all(exp.Round):
            if rounded.args.get("decimals") is not None and _is_inexact(rounded.this, scopes):
                rounded.set("this", exp.cast(rounded.this.copy(), "DECIMAL"))


def _name_subqueries(tree: exp.Expr) -> None:
    taken = {each.alias_or_name.lower() for each in tree.find_all(exp.Table, exp.Subquery, exp.CTE)}
    for subquery in tree.find_all(exp.Subquery):
        if isinstance(subquery.parent, exp.From | exp.Join) and not subquery.alias:
            name = next(text for n in range(1, 100) if (text := f"t{n if n > 1 else ''}") not in taken)
            taken.add(name)
            subquery.set("alias", exp.TableAlias(this=exp.to_identifier(name)))


def _choose_rows(part: exp.Expr) -> None:
    """An aggregate of the rows that meet a condition: ``COUNT(*) FILTER (WHERE paid)``."""
    folded, condition = part.this.copy(), part.expression.this
    counted = isinstance(folded.this, exp.Star)
    value = exp.Literal.number(1) if counted else folded.this
    distinct = isinstance(value, exp.Distinct) and len(value.expressions) == 1
    inner = value.expressions[0] if distinct else value
    case = exp.Case(ifs=[exp.If(this=condition.copy(), true=inner.copy())])
    folded.set("this", exp.Distinct(expressions=[case]) if distinct else case)
    part.replace(folded)


def _say_in_having(select: exp.Select) -> None:
    """Say in HAVING what is shown under an alias there: PostgreSQL knows none."""
    having = select.args.get("having")
    called = {each.alias.lower(): each.this for each in select.expressions if isinstance(each, exp.Alias)}
    for column in list(having.find_all(exp.Column)) if having is not None else ():
        meant = called.get(column.name.lower()) if not column.table else None
        if meant is not None and column.find_ancestor(exp.Select) is select and meant.find(exp.AggFunc):
            column.replace(exp.paren(meant.copy()) if isinstance(meant, exp.Binary) else meant.copy())


def _is_inexact(value: exp.Expr, scopes: Scopes) -> bool:
    """Whether PostgreSQL takes it for a double, which it rounds to whole numbers alone."""
    if isinstance(value, exp.Cast):
        return value.is_type("float", "double")
    if any(each.is_type("float", "double") for each in value.find_all(exp.Cast)):
        return True
    places = [scopes.place(each) for each in value.find_all(exp.Column)]
    return any(place is not None and _INEXACT.match(place.column.type) for place in places)
