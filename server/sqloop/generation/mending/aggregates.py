"""Aggregates where no aggregate may stand: in WHERE and in GROUP BY. Works on the syntax tree, in place."""

from __future__ import annotations

from sqlglot import exp

from sqloop.generation.mending.scopes import tables_of


def mend_aggregates(tree: exp.Expr) -> None:
    """Mend ``tree``, a query that the database would refuse, in place.

    >>> import sqlglot
    >>> tree = sqlglot.parse_one("SELECT a, SUM(b) FROM t WHERE c = 1 AND SUM(b) > 2 GROUP BY a, SUM(b)")
    >>> mend_aggregates(tree)
    >>> tree.sql()
    'SELECT a, SUM(b) FROM t WHERE c = 1 GROUP BY a HAVING SUM(b) > 2'
    """
    for select in list(tree.find_all(exp.Select)):
        _nest(select)
        _group_by_columns(select)
        _move_to_having(select)


def _nest(select: exp.Select) -> None:
    """Take the average, say, of sums over the groups of the query around, of the same tables.

    >>> import sqlglot
    >>> inner = "SELECT AVG(SUM(b)) FROM t AS u"
    >>> tree = sqlglot.parse_one(f"SELECT a FROM t GROUP BY t.a HAVING SUM(b) > ({inner})")
    >>> mend_aggregates(tree)
    >>> tree.find(exp.Having).sql()
    'HAVING SUM(b) > (SELECT AVG(n) FROM (SELECT SUM(b) AS n FROM t AS u GROUP BY u.a) AS s)'
    """
    outer = select.expressions[0].unalias() if len(select.expressions) == 1 else None
    inner = outer.this if isinstance(outer, exp.AggFunc) else None
    around = select.find_ancestor(exp.Select)
    group = around.args.get("group") if around is not None else None
    plain = not any(select.args.get(part) for part in ("group", "having", "order", "limit", "with_"))
    if outer is None or not isinstance(inner, exp.AggFunc) or around is None or group is None or not plain:
        return
    names = {
        each.name.lower(): each.alias_or_name for each in tables_of(select) if isinstance(each, exp.Table)
    }
    tables = {each.alias_or_name.lower(): each.name.lower() for each in tables_of(around)}
    columns = []
    for column in group.expressions:
        source = names.get(tables.get(column.table.lower(), "")) if isinstance(column, exp.Column) else None
        if source is None:
            return
        columns.append(exp.column(column.this.copy(), table=source))
    query = exp.select(exp.alias_(inner.copy(), "n")).group_by(*columns)
    for part in ("from_", "joins", "where"):
        query.set(part, select.args.get(part))
        select.set(part, None)
    outer.set("this", exp.column("n"))
    select.from_(exp.Subquery(this=query, alias=exp.TableAlias(this=exp.to_identifier("s"))), copy=False)


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
