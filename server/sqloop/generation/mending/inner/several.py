"""One value held against a query of several rows: `customer_id = (SELECT customer_id FROM customer WHERE …)`.

Other engines refuse it as soon as there are two, SQLite takes the first: any of them is meant. Works on the
syntax tree, in place.
"""

from __future__ import annotations

from sqlglot import exp

from sqloop.generation.mending.groups import conditions_of
from sqloop.generation.mending.scopes import Scopes


def mend_several(tree: exp.Expr, scopes: Scopes) -> None:
    """Mend ``tree``, a query, in place; what gives one row for certain stays.

    >>> import sqlglot
    >>> from sqloop.database.schema import Column, Schema, Table
    >>> columns = tuple(Column(name, "INT", "number") for name in ("id", "town"))
    >>> schema = Schema("sqlite", (Table("users", columns, ("id",)),))
    >>> for inner in ("town FROM users WHERE town > 5", "town FROM users WHERE id = 5", "9 FROM users"):
    ...     tree = sqlglot.parse_one(f"SELECT id FROM users WHERE town = (SELECT {inner})")
    ...     mend_several(tree, Scopes(tree, schema))
    ...     tree.sql()
    'SELECT id FROM users WHERE town IN (SELECT town FROM users WHERE town > 5)'
    'SELECT id FROM users WHERE town = (SELECT town FROM users WHERE id = 5)'
    'SELECT id FROM users WHERE town = (SELECT 9 FROM users)'
    """
    for compared in list(tree.find_all(exp.EQ, exp.NEQ)):
        _write_in(compared)
        column, held = compared.this, compared.expression
        inner = held.this if isinstance(held, exp.Subquery) else None
        if not isinstance(column, exp.Column) or not isinstance(inner, exp.Select):
            continue
        asked = compared.find_ancestor(exp.Where, exp.Having, exp.Join, exp.Select)
        if isinstance(asked, exp.Select) or not _may_be_several(inner, scopes):
            continue
        any_of = exp.In(this=column, query=held)
        compared.replace(exp.Not(this=any_of) if isinstance(compared, exp.NEQ) else any_of)


def _write_in(compared: exp.Expr) -> None:
    """`= ANY (SELECT …)` and `<> ALL (SELECT …)`, which SQLite does not know, as IN and NOT IN."""
    held = compared.expression
    meant = exp.Any if isinstance(compared, exp.EQ) else exp.All
    inner = held.this if isinstance(held, meant) else None
    inner = inner.this if isinstance(inner, exp.Subquery | exp.Paren) else inner
    if isinstance(inner, exp.Query):
        any_of = exp.In(this=compared.this, query=exp.Subquery(this=inner))
        compared.replace(any_of if meant is exp.Any else exp.Not(this=any_of))


def _may_be_several(inner: exp.Select, scopes: Scopes) -> bool:
    """Whether a query shows a column of its rows, and not of one that is known by its key."""
    cut = any(inner.args.get(part) for part in ("limit", "group", "having", "offset"))
    shown = inner.expressions[0].unalias() if len(inner.expressions) == 1 else None
    place = scopes.place(shown) if isinstance(shown, exp.Column) else None
    if cut or place is None or place.select is not inner:
        return False
    given = {
        own.column.name
        for condition in conditions_of(inner)
        if isinstance(condition, exp.EQ)
        for side in (condition.this, condition.expression)
        if isinstance(side, exp.Column)
        and (own := scopes.place(side)) is not None
        and own.source == place.source
    }
    alone = len(scopes.sources(inner)) == 1
    keys = [key for key in (place.table.primary_key, *place.table.unique) if key]
    return not (alone and any(given.issuperset(key) for key in keys))
