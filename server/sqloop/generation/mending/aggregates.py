"""Aggregates where no aggregate may stand: in WHERE and in GROUP BY. Works on the syntax tree, in place."""

from __future__ import annotations

from sqlglot import exp


def mend_aggregates(tree: exp.Expr) -> None:
    """Mend ``tree``, a query that the database would refuse, in place.

    >>> import sqlglot
    >>> tree = sqlglot.parse_one("SELECT a, SUM(b) FROM t WHERE c = 1 AND SUM(b) > 2 GROUP BY a, SUM(b)")
    >>> mend_aggregates(tree)
    >>> tree.sql()
    'SELECT a, SUM(b) FROM t WHERE c = 1 GROUP BY a HAVING SUM(b) > 2'
    """
    for select in tree.find_all(exp.Select):
        _group_by_columns(select)
        _move_to_having(select)


def _group_by_columns(select: exp.Select) -> None:
    group = select.args.get("group")
    kept = [each for each in group.expressions if not _aggregates(each)] if group is not None else []
    if kept and group is not None:
        group.set("expressions", kept)


def _move_to_having(select: exp.Select) -> None:
    where = select.args.get("where")
    if where is None:
        return
    conditions = list(where.this.flatten()) if isinstance(where.this, exp.And) else [where.this]
    moved = [each for each in conditions if _aggregates(each)]
    if not moved:
        return
    kept = [each for each in conditions if each not in moved]
    select.set("where", exp.Where(this=exp.and_(*kept, copy=False)) if kept else None)
    having = select.args.get("having")
    together = [having.this, *moved] if having is not None else moved
    select.set("having", exp.Having(this=exp.and_(*together, copy=False)))
    if select.args.get("group") is None:
        shown = [each.unalias() for each in select.expressions if not _aggregates(each)]
        columns = [each for each in shown if each.find(exp.Column)]
        if columns:
            select.set("group", exp.Group(expressions=[each.copy() for each in columns]))


def _aggregates(part: exp.Expr) -> bool:
    """Whether it holds an aggregate of the query that it stands in: no window, none of a subquery."""
    own = part.find_ancestor(exp.Select)
    return any(
        function.find_ancestor(exp.Select) is own and function.find_ancestor(exp.Window) is None
        for function in part.find_all(exp.AggFunc)
    )
