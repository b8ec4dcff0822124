"""Groups and counts that a query cannot mean as they stand. Works on the syntax tree, in place."""

from __future__ import annotations

from sqlglot import exp

from sqloop.generation.mending.scopes import Scopes


def mend_groups(tree: exp.Query, scopes: Scopes) -> exp.Query:
    """``tree``, a query, mended; changed in place, but for its root."""
    for select in scopes.selects:
        _show_what_orders(select, scopes)
        _count_those_below(select, scopes)
    return _count_after(tree) if isinstance(tree, exp.Except | exp.Intersect) else tree


def _show_what_orders(select: exp.Select, scopes: Scopes) -> None:
    """Show the aggregate that groups are ordered or chosen by, where one of their rows would be shown.

    >>> import sqlglot
    >>> from sqloop.database.schema import Column, Schema, Table
    >>> columns = tuple(Column(name, "INT", "number") for name in ("id", "who", "total"))
    >>> bills = Schema("sqlite", (Table("bill", columns, ("id",)),))
    >>> tree = sqlglot.parse_one("SELECT who, total FROM bill GROUP BY who ORDER BY SUM(total) DESC")
    >>> mend_groups(tree, Scopes(tree, bills)).sql()
    'SELECT who, SUM(total) FROM bill GROUP BY who ORDER BY SUM(total) DESC'
    """
    group = select.args.get("group")
    if group is None or not group.expressions:
        return
    behind = [part for name in ("order", "having") if (part := select.args.get(name)) is not None]
    for shown in select.expressions:
        column = shown.unalias()
        if (
            not isinstance(column, exp.Column)
            or column in group.expressions
            or _is_settled(column, group, scopes)
        ):
            continue
        over = {each for part in behind for each in part.find_all(exp.AggFunc) if each.this == column}
        if len(over) == 1:
            column.replace(over.pop().copy())


def _count_those_below(select: exp.Select, scopes: Scopes) -> None:
    """Count the rows that refer to a row of the same table, where those that it refers to would be: one.

    >>> import sqlglot
    >>> from sqloop.database.schema import Column, ForeignKey, Schema, Table
    >>> columns = tuple(Column(name, "INT", "number") for name in ("id", "boss_id"))
    >>> staff = Table("staff", columns, ("id",), (ForeignKey(("boss_id",), "staff", ("id",)),))
    >>> tree = sqlglot.parse_one(
    ...     "SELECT s.id, COUNT(*) FROM staff AS s JOIN staff AS b ON b.id = s.boss_id GROUP BY s.id"
    ... )
    >>> mend_groups(tree, Scopes(tree, Schema("sqlite", (staff,)))).sql()
    'SELECT s.id, COUNT(*) FROM staff AS s JOIN staff AS b ON s.id = b.boss_id GROUP BY s.id'
    """
    joins, group = select.args.get("joins") or [], select.args.get("group")
    sources = scopes.sources(select)
    tables = {id(source.table) for source in sources.values()}
    equal = joins[0].args.get("on") if len(joins) == 1 and not joins[0].side else None
    if group is None or len(sources) != 2 or len(tables) != 1 or not isinstance(equal, exp.EQ):
        return
    grouped = [scopes.place(each) for each in group.expressions if isinstance(each, exp.Column)]
    for key, reference in ((equal.this, equal.expression), (equal.expression, equal.this)):
        places = [scopes.place(each) if isinstance(each, exp.Column) else None for each in (key, reference)]
        if places[0] is None or places[1] is None or places[0].source == places[1].source:
            continue
        above, below = places[0], places[1]
        single = above.table.primary_key == (above.column.name,)
        refers = any(each.columns == (below.column.name,) for each in below.table.foreign_keys)
        by_below = any(
            each is not None and each.source == below.source and each.column is above.column
            for each in grouped
        )
        uses = [place for each in select.find_all(exp.Column) if (place := scopes.place(each)) is not None]
        if single and refers and by_below and sum(place.source == above.source for place in uses) == 1:
            owners = key.args["table"].copy(), reference.args["table"].copy()
            key.set("table", owners[1])
            reference.set("table", owners[0])
            return


def _is_settled(column: exp.Column, group: exp.Expr, scopes: Scopes) -> bool:
    """Whether each group has one value of ``column``: grouped by the key of its table, or by its number."""
    place = scopes.place(column)
    if place is None or not all(isinstance(each, exp.Column) for each in group.expressions):
        return True
    grouped = [found for each in group.expressions if (found := scopes.place(each)) is not None]
    names = {found.column.name for found in grouped if found.source == place.source}
    return bool(place.table.primary_key) and names >= set(place.table.primary_key)


def _count_after(operation: exp.Query) -> exp.Query:
    """Count what is in one set and not in the other, where two counts would be taken from each other.

    >>> import sqlglot
    >>> tree = sqlglot.parse_one("SELECT COUNT(DISTINCT x) FROM a EXCEPT SELECT COUNT(DISTINCT x) FROM b")
    >>> _count_after(tree).sql()
    'SELECT COUNT(*) FROM (SELECT x FROM a EXCEPT SELECT x FROM b) AS t'
    """
    sides = operation.this, operation.expression
    counts = [_only_count(side) for side in sides]
    if None in counts or operation.args.get("order"):
        return operation
    for count in counts:
        if count is not None:
            counted = count.this.expressions[0] if isinstance(count.this, exp.Distinct) else count.this
            count.replace(counted.copy())
    inner = exp.Subquery(this=operation, alias=exp.TableAlias(this=exp.to_identifier("t")))
    return exp.select(exp.Count(this=exp.Star())).from_(inner)


def _only_count(side: exp.Expr) -> exp.Count | None:
    """The count that is all that ``side`` shows, of one column over all its rows."""
    if not isinstance(side, exp.Select) or side.args.get("group") or len(side.expressions) != 1:
        return None
    shown = side.expressions[0].unalias()
    if not isinstance(shown, exp.Count) or isinstance(shown.this, exp.Star):
        return None
    distinct = shown.this
    return None if isinstance(distinct, exp.Distinct) and len(distinct.expressions) != 1 else shown
