"""Groups and counts that a query cannot mean as they stand. Works on the syntax tree, in place."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sqloop.generation.mending.scopes import Scopes, conjuncts

Of = tuple[str, str]
"""A source in lower case, and the name of its column."""

_OF_VALUES = (exp.Sum, exp.Avg, exp.Min, exp.Max)
"""Aggregates of the values themselves: one that is counted is shown for what it is."""


def mend_groups(tree: exp.Query, scopes: Scopes) -> exp.Query:
    """``tree``, a query, mended; changed in place, but for its root."""
    for select in scopes.selects:
        _show_what_groups(select, scopes)
        _show_what_orders(select, scopes)
        _count_those_below(select, scopes)
        _bound_once(select)
        _look_at_all(select, scopes)
    return _count_after(tree) if isinstance(tree, exp.Except | exp.Intersect) else tree


def _show_what_groups(select: exp.Select, scopes: Scopes) -> None:
    """Show the month of a group, or what else it is made by of a column, where a column of one row would be.

    >>> import sqlglot
    >>> from sqloop.database.schema import Column, Schema, Table
    >>> bills = Schema("sqlite", (Table("bill", (Column("day", "DATE", "date"),)),))
    >>> tree = sqlglot.parse_one("SELECT day, COUNT(*) FROM bill GROUP BY YEAR(day) ORDER BY day")
    >>> mend_groups(tree, Scopes(tree, bills)).sql()
    'SELECT YEAR(day), COUNT(*) FROM bill GROUP BY YEAR(day) ORDER BY YEAR(day)'
    """
    group, order = select.args.get("group"), select.args.get("order")
    grouped = group.expressions if group is not None else []
    bare = {each.sql() for each in grouped if isinstance(each, exp.Column)}
    for key in grouped:
        columns = {each.sql(): each for each in key.find_all(exp.Column)}
        if len(columns) != 1 or isinstance(key, exp.Column | exp.Lower | exp.Upper | exp.Trim):
            continue
        ((text, column),) = columns.items()
        if text in bare or scopes.place(column) is None:
            continue
        shown = [each.unalias() for each in select.expressions]
        sorted_by = [each.this for each in order.expressions] if order is not None else []
        for each in (*shown, *sorted_by):
            if isinstance(each, exp.Column) and each.sql() == text:
                each.replace(key.copy())


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
    grouped = _grouped_by(select, scopes)
    if grouped is None:
        return
    settled = settled_by(grouped, select, scopes)
    for shown in select.expressions:
        column = shown.unalias()
        place = scopes.place(column) if isinstance(column, exp.Column) else None
        if place is None or place.select is not select or (place.source, place.column.name) in settled:
            continue
        over = {each for part in behind for each in part.find_all(*_OF_VALUES) if each.this == column}
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


def _bound_once(select: exp.Select) -> None:
    """Bound the sum of a group alone, where each of its rows is held against the same bound as well.

    >>> import sqlglot
    >>> tree = sqlglot.parse_one("SELECT port FROM catch WHERE kg > 500 GROUP BY port HAVING SUM(kg) > 500")
    >>> _bound_once(tree)
    >>> tree.sql()
    'SELECT port FROM catch GROUP BY port HAVING SUM(kg) > 500'
    """
    where = select.args.get("where")
    bounds = [
        type(each)(this=each.this.this, expression=each.expression)
        for each in conjuncts(select.args.get("having"))
        if isinstance(each, exp.GT | exp.GTE | exp.LT | exp.LTE) and isinstance(each.this, exp.Sum)
    ]
    kept = [each for each in conjuncts(where) if each not in bounds]
    if where is not None and len(kept) < len(conjuncts(where)):
        select.set("where", exp.Where(this=exp.and_(*kept)) if kept else None)


def _look_at_all(select: exp.Select, scopes: Scopes) -> None:
    """Look at all rows of a group for what it is not to have, where WHERE has left those of another kind.

    >>> import sqlglot
    >>> from sqloop.database.schema import Column, Schema, Table
    >>> columns = tuple(Column(name, "TEXT", "text") for name in ("mason", "status"))
    >>> permits = Schema("sqlite", (Table("permit", columns),))
    >>> tree = sqlglot.parse_one(
    ...     "SELECT mason FROM permit WHERE status = 'approved' GROUP BY mason "
    ...     "HAVING SUM(CASE WHEN status = 'refused' THEN 1 ELSE 0 END) = 0"
    ... )
    >>> print(mend_groups(tree, Scopes(tree, permits)).sql(pretty=True))
    SELECT
      mason
    FROM permit
    GROUP BY
      mason
    HAVING
      SUM(CASE WHEN status = 'refused' THEN 1 ELSE 0 END) = 0
      AND SUM(CASE WHEN status = 'approved' THEN 1 ELSE 0 END) > 0
    """
    where, having, order = (select.args.get(name) for name in ("where", "having", "order"))
    shown = [*select.expressions, *(order.expressions if order is not None else [])]
    if where is None or having is None or any(each.find(exp.AggFunc) for each in shown):
        return
    for test in conjuncts(having):
        none = _tested_for_none(test)
        if none is None:
            continue
        for given in conjuncts(where):
            if _is_other_kind(given, none, scopes):
                rest = [each for each in conjuncts(where) if each is not given]
                select.set("where", exp.Where(this=exp.and_(*rest)) if rest else None)
                some = exp.GT(this=_count_if(given.copy()), expression=exp.Literal.number(0))
                select.set("having", exp.Having(this=exp.and_(having.this, some)))
                return


def _tested_for_none(test: exp.Expr) -> exp.Expr | None:
    """The condition of which a group is to have no row: `SUM(CASE WHEN it THEN 1 ELSE 0 END) = 0`."""
    if not isinstance(test, exp.EQ) or test.expression != exp.Literal.number(0):
        return None
    condition = test.this.this.args["ifs"][0].this if _counts_by_case(test.this) else None
    return condition if isinstance(condition, exp.EQ) else None


def _counts_by_case(node: exp.Expr) -> bool:
    return isinstance(node, exp.Sum) and isinstance(node.this, exp.Case) and len(node.this.args["ifs"]) == 1


def _is_other_kind(given: exp.Expr, none: exp.Expr, scopes: Scopes) -> bool:
    """Whether two equations give one column of one source different texts."""
    if not isinstance(given, exp.EQ) or not (given.expression.is_string and none.expression.is_string):
        return False
    sides = [each.this for each in (given, none)]
    places = [scopes.place(side) if isinstance(side, exp.Column) else None for side in sides]
    same = places[0] is not None and places[1] is not None and places[0].source == places[1].source
    return same and sides[0].name == sides[1].name and given.expression != none.expression


def _count_if(condition: exp.Expr) -> exp.Sum:
    case = exp.Case(ifs=[exp.If(this=condition, true=exp.Literal.number(1))])
    case.set("default", exp.Literal.number(0))
    return exp.Sum(this=case)


def _grouped_by(select: exp.Select, scopes: Scopes) -> frozenset[Of] | None:
    """The columns that a query is grouped by, if under their aliases; None where something else is."""
    aliases = {each.alias.lower(): each.this for each in select.expressions if isinstance(each, exp.Alias)}
    found: set[Of] = set()
    for each in select.args["group"].expressions:
        alias = aliases.get(each.name.lower()) if isinstance(each, exp.Column) and not each.table else None
        places = [scopes.place(meant) for meant in (each, alias) if isinstance(meant, exp.Column)]
        if not any(places):
            return None
        found.update((place.source, place.column.name) for place in places if place is not None)
    return frozenset(found)


def settled_by(known: frozenset[Of], select: exp.Select, scopes: Scopes) -> frozenset[Of]:
    """The columns that have one value wherever those ``known`` do: set equal to them, or found by their key.

    >>> import sqlglot
    >>> from sqloop.database.schema import Column, Schema, Table
    >>> columns = tuple(Column(name, "INT", "number") for name in ("id", "who", "total"))
    >>> bills = Schema("sqlite", (Table("bill", columns, ("id",)), Table("line", columns[:1])))
    >>> tree = sqlglot.parse_one("SELECT 1 FROM bill JOIN line ON line.id = bill.id")
    >>> sorted(settled_by(frozenset({("line", "id")}), tree, Scopes(tree, bills)))
    [('bill', 'id'), ('bill', 'total'), ('bill', 'who'), ('line', 'id')]
    """
    sources = {name: source.table for name, source in scopes.sources(select).items() if source.table}
    equal: list[set[Of]] = []
    for join in select.args.get("joins") or []:
        for column in join.args.get("using") or []:
            found = {(name, table.column(column.name)) for name, table in sources.items()}
            equal.append({(name, own.name) for name, own in found if own is not None})
    for condition in conditions_of(select):
        sides = condition.this, condition.expression
        if isinstance(condition, exp.EQ) and all(isinstance(side, exp.Column) for side in sides):
            places = [scopes.place(side) for side in sides]
            equal.append({(place.source, place.column.name) for place in places if place is not None})
    while True:
        more = {each for pair in equal if not known.isdisjoint(pair) for each in pair}
        for name, table in sources.items():
            keys = [key for key in (table.primary_key, *table.unique) if key]
            if any(all((name, column) in known for column in key) for key in keys):
                more.update((name, column.name) for column in table.columns)
        if more <= known:
            return known
        known |= more


def conditions_of(select: exp.Select) -> Iterator[exp.Expr]:
    """What has to hold of each row, in WHERE and ON."""
    joins = select.args.get("joins") or []
    for top in (select.args.get("where"), *(each.args.get("on") for each in joins)):
        yield from conjuncts(top)


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
