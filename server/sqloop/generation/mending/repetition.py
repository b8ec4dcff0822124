"""Joins that only ask whether there is a row: they repeat what they do not mean to. Mended in place.

`SELECT user.name FROM user JOIN orders ON orders.user_id = user.id` shows a user once for each of their
orders, though nothing of an order is asked for. Such a join becomes the condition that it stands for, which
keeps one row a user, and two users of the same name.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from sqlglot import exp

from sqloop.generation.mending.scopes import Place, Scopes, tables_of


def mend_repetition(tree: exp.Expr, scopes: Scopes) -> None:
    """Mend ``tree``, a query, in place.

    >>> import sqlglot
    >>> from sqloop.database.schema import Column, ForeignKey, Schema, Table
    >>> nr, user = (Column(name, "INT", "number") for name in ("id", "user_id"))
    >>> orders = Table("orders", (nr, user), ("id",), (ForeignKey(("user_id",), "user", ("id",)),))
    >>> tree = sqlglot.parse_one("SELECT u.id FROM user AS u JOIN orders AS o ON o.user_id = u.id")
    >>> mend_repetition(tree, Scopes(tree, Schema("sqlite", (Table("user", (nr,), ("id",)), orders))))
    >>> tree.sql()
    'SELECT u.id FROM user AS u WHERE u.id IN (SELECT user_id FROM orders)'
    """
    if not isinstance(tree, exp.Select) or not _shows_rows(tree, scopes):
        return
    for join in list(tree.args.get("joins") or []):
        witness = _find_witness(join, tree, scopes)
        if witness is not None:
            _ask_for(witness, join, tree)


@dataclass(frozen=True)
class _Witness:
    """A table of which a row is only to exist, that in which ``own`` equals ``other``."""

    table: exp.Expr
    own: exp.Column
    other: exp.Column


def _shows_rows(select: exp.Select, scopes: Scopes) -> bool:
    """Whether all that is shown is of one table, and no row of it is folded with others."""
    folded = any(select.args.get(part) for part in ("distinct", "group", "having"))
    if folded or select.find(exp.AggFunc, exp.Window):
        return False
    places = [scopes.place(column) for shown in select.expressions for column in shown.find_all(exp.Column)]
    return len({place.source for place in places if place is not None}) == 1 and None not in places


def _find_witness(join: exp.Join, select: exp.Select, scopes: Scopes) -> _Witness | None:
    """The table that ``join`` brings, or that it is joined to, where the query names it nowhere else."""
    equal = join.args.get("on")
    if join.side or join.kind not in ("", "INNER") or not isinstance(equal, exp.EQ):
        return None
    sources = {table.alias_or_name.lower(): table for table in tables_of(select)}
    first = select.args["joins"][0] is join
    for own, other in ((equal.this, equal.expression), (equal.expression, equal.this)):
        place = scopes.place(own) if isinstance(own, exp.Column) else None
        if place is None or place.select is not select or not isinstance(other, exp.Column):
            continue
        table = sources[place.source]
        apart = table is join.this or (first and table is select.args["from_"].this)
        if apart and _refers(place) and _count_uses(place.source, select, scopes) == 1:
            return _Witness(table, own, other)
    return None


def _refers(place: Place) -> bool:
    """Whether a column refers to a row that several rows may refer to."""
    name = place.column.name
    return place.table.primary_key != (name,) and any(
        key.columns == (name,) for key in place.table.foreign_keys
    )


def _count_uses(source: str, select: exp.Select, scopes: Scopes) -> float:
    """How many columns of a source the query names; endless where one may be its own."""
    places = [scopes.place(column) for column in select.find_all(exp.Column)]
    if None in places or select.find(exp.Star):
        return inf
    return sum(place.source == source and place.select is select for place in places if place is not None)


def _ask_for(witness: _Witness, join: exp.Join, select: exp.Select) -> None:
    if witness.table is not join.this:
        select.args["from_"].set("this", join.this)
    select.args["joins"].remove(join)
    table = witness.table.copy()
    table.set("alias", None)
    inner = exp.select(exp.column(witness.own.this.copy())).from_(table)
    select.where(exp.In(this=witness.other.copy(), query=exp.Subquery(this=inner)), copy=False)
