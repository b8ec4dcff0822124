"""Conditions that compare a column with itself, and so say nothing. Works on the syntax tree, in place."""

from __future__ import annotations

from sqlglot import exp

from sqloop.database.schema import Schema
from sqloop.generation.mending.scopes import Scopes, find_table


def mend_correlation(tree: exp.Expr, schema: Schema) -> None:
    """Mend ``tree``, a query on ``schema``, in place.

    `(SELECT AVG(price) FROM item WHERE kind = item.kind)` means the kind of the query around it, which reads
    the same table: the inner one gets a name of its own.
    """
    for equal in list(tree.find_all(exp.EQ)):
        left, right = equal.this, equal.expression
        if not isinstance(left, exp.Column) or not isinstance(right, exp.Column):
            continue
        scopes = Scopes(tree, schema)
        own, other = scopes.place(left), scopes.place(right)
        if own is None or other is None or own.select is not other.select or own.source != other.source:
            continue
        if own.column is other.column:
            _refer_outwards(own.select, own.source, left, right, scopes)


def _refer_outwards(
    select: exp.Select, source: str, left: exp.Column, right: exp.Column, scopes: Scopes
) -> None:
    table = scopes.sources(select)[source].table
    around = select.find_ancestor(exp.Select)
    if around is None or table is None or len(scopes.sources(select)) > 1:
        return
    outer = [each for each in scopes.sources(around).values() if each.table is table]
    inner = select.args["from_"].this
    if len(outer) != 1 or not isinstance(inner, exp.Table) or find_table(inner, scopes.schema) is not table:
        return
    outwards = left if left.table and not right.table else right
    taken = {name for each in scopes.selects for name in scopes.sources(each)}
    alias = next(name for n in range(2, 100) if (name := f"{table.name[:1].lower()}{n}") not in taken)
    for column in list(select.find_all(exp.Column)):
        place = scopes.place(column)
        if column is not outwards and place is not None and place.select is select:
            column.set("table", exp.to_identifier(alias))
    inner.set("alias", exp.TableAlias(this=exp.to_identifier(alias)))
    outwards.set("table", outer[0].name.copy())
