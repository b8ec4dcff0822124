"""Conditions on window functions: compact SQL has them in WHERE and HAVING, databases want a query around.

``SELECT employee.name WHERE RANK() OVER (PARTITION BY employee.city ORDER BY employee.pay DESC) <= 2`` asks
for the two best paid of each city. The other conditions of the clause hold before rows are ranked; in HAVING
groups are ranked. `nest_windows` writes the query around, `unnest_windows` reads it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, count

from sqlglot import exp

from sqloop.generation.compact.selects import NotCompactableError, own_nodes, sources_of

NAME, PLACE = "ranked", "place"
"""What the inner query is called, and its rank."""

_INSIDE = ("from_", "joins", "where", "group", "having")
_UNITS = (exp.Window, exp.AggFunc, exp.Column)


def nest_windows(select: exp.Select) -> None:
    """Write the query around, where a condition of ``select``, which has its FROM, is on a window.

    >>> from sqloop.generation.compact.selects import parse_query
    >>> tree = parse_query("SELECT a FROM t WHERE b > 0 AND RANK() OVER (ORDER BY b) <= 3", "sqlite")
    >>> nest_windows(tree)
    >>> tree.sql("sqlite")
    'WITH ranked AS (SELECT a, RANK() OVER (ORDER BY b) AS place FROM t WHERE b > 0) \
SELECT a FROM ranked WHERE place <= 3'
    """
    clause = next((name for name in ("having", "where") if _windows(select.args.get(name))), None)
    if clause is None:
        return
    if any(isinstance(item.unalias(), exp.Star) for item in select.expressions):
        raise NotCompactableError("a star beside a condition on a window")
    parts = list(_parts(select.args[clause].this))
    before = [part for part in parts if not _windows(part)]
    after = [part for part in parts if _windows(part)]
    inner = exp.Select()
    for name in _INSIDE if clause == "having" else _INSIDE[:3]:
        inner.set(name, select.args.get(name))
        select.set(name, None)
    kind = exp.Having if clause == "having" else exp.Where
    inner.set(clause, kind(this=exp.and_(*before, copy=False)) if before else None)
    select.set("where", exp.Where(this=exp.and_(*after, copy=False)))
    _carry(select, inner, exp.Column if clause == "where" else _UNITS)
    taken = {table.name.lower() for table in [*inner.find_all(exp.Table), *select.find_all(exp.Table)]}
    name = next(each for each in chain((NAME,), (f"{NAME}_{i}" for i in count(2))) if each not in taken)
    named = exp.TableAlias(this=exp.to_identifier(name))
    if select.parent is None:
        select.set("with_", exp.With(expressions=[exp.CTE(this=inner, alias=named)]))
        select.set("from_", exp.From(this=exp.Table(this=exp.to_identifier(name))))
    else:
        select.set("from_", exp.From(this=exp.Subquery(this=inner, alias=named)))


def _windows(node: exp.Expr | None) -> bool:
    return node is not None and any(isinstance(each, exp.Window) for each in [node, *own_nodes(node)])


def _parts(condition: exp.Expr) -> Iterable[exp.Expr]:
    return condition.flatten() if isinstance(condition, exp.And) else [condition]


def _carry(outer: exp.Select, inner: exp.Select, kinds: type[exp.Expr] | tuple[type[exp.Expr], ...]) -> None:
    """Let ``inner`` select the windows and all of ``kinds`` of ``outer``, which then names its items."""
    nodes = [*outer.expressions, *(outer.args.get(each) for each in ("group", "having", "order", "where"))]
    units = [unit for node in nodes if node for unit in _units(node, kinds)]
    names = _names({unit.sql(): unit for unit in units})
    for key, unit in {unit.sql(): unit for unit in units}.items():
        plain = isinstance(unit, exp.Column) and unit.name == names[key]
        item = unit.copy()
        inner.append("expressions", item if plain else exp.alias_(item, names[key], copy=False))
    for unit in units:
        unit.replace(exp.column(names[unit.sql()]))


def _units(node: exp.Expr, kinds: type[exp.Expr] | tuple[type[exp.Expr], ...]) -> Iterator[exp.Expr]:
    """The outermost nodes of ``kinds`` and windows, those of nested queries left out."""
    if isinstance(node, (exp.Window, kinds)):
        yield node
    elif not isinstance(node, exp.Query):
        for child in node.iter_expressions():
            yield from _units(child, kinds)


def _names(units: Mapping[str, exp.Expr]) -> dict[str, str]:
    """What the inner query calls each of its items: columns of one name together with their tables."""
    columns = Counter(unit.name.lower() for unit in units.values() if isinstance(unit, exp.Column))
    names: dict[str, str] = {}
    taken: set[str] = set()
    for key, unit in units.items():
        function = unit.this if isinstance(unit, exp.Window) else unit
        column: exp.Column | None = function.find(exp.Column)
        name = column.name if column else "rows"
        if isinstance(function, exp.Rank):
            name = PLACE
        elif function is not column:
            name = f"{function.key}_{name}"
        elif column is not None and columns[name.lower()] > 1:
            name = f"{column.table}_{name}"
        free = (each for each in (name, *(f"{name}_{i}" for i in range(2, 99))) if each.lower() not in taken)
        names[key] = next(free)
        taken.add(names[key].lower())
    return names


def unnest_windows(tree: exp.Query) -> exp.Query:
    """Write queries on a query with window functions as one, where that means the same.

    Raises `NotCompactableError` where it does not; changes ``tree``.
    """
    common = {each.alias.lower(): each for each in tree.ctes}
    for outer in list(tree.find_all(exp.Select)):
        sources = sources_of(outer)
        if len(sources) != 1:
            continue
        source = common.get(sources[0].name.lower()) if isinstance(sources[0], exp.Table) else sources[0]
        inner = source.this if source else None
        if source is None or not isinstance(inner, exp.Select) or not any(map(_windows, inner.expressions)):
            continue
        if source.args["alias"] and source.args["alias"].columns:
            raise NotCompactableError("columns named behind a query")
        _merge(outer, inner)
        if isinstance(source, exp.CTE):
            del common[source.alias.lower()]
            source.pop()
    if tree.args.get("with_") and not tree.ctes:
        tree.set("with_", None)
    return tree


def _aggregates(select: exp.Select) -> bool:
    return any(isinstance(node, exp.AggFunc) for node in own_nodes(select))


def _merge(outer: exp.Select, inner: exp.Select) -> None:
    if any(inner.args.get(each) for each in ("distinct", "limit", "offset", "order", "with_", "windows")):
        raise NotCompactableError("a query on a limited query")
    grouped = bool(inner.args.get("group"))
    if grouped and (outer.args.get("group") or _aggregates(outer)):
        raise NotCompactableError("groups of groups")
    meant = {item.alias_or_name.lower(): item.unalias() for item in inner.expressions}
    for node in own_nodes(outer):
        if isinstance(node, exp.Column) and not isinstance(node.this, exp.Star):
            expression = meant.get(node.name.lower())
            node.replace(expression.copy() if expression else exp.column(node.this.copy()))
    where = outer.args.get("where")
    conditions = list(_parts(where.this)) if where else []
    if not all(map(_windows, conditions)):
        raise NotCompactableError("a condition behind a window")
    for name in _INSIDE if grouped else _INSIDE[:3]:
        outer.set(name, inner.args.get(name))
    clause = "having" if grouped else "where"
    own = outer.args.get(clause)
    parts = [*([own.this] if own else []), *conditions]
    kind = exp.Having if grouped else exp.Where
    outer.set(clause, kind(this=exp.and_(*parts, copy=False)) if parts else None)
