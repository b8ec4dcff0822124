"""What a query takes for "without": NULL in a column, or that no row of another table belongs to a row.

Read are IS NULL, also behind an outer join, NOT EXISTS and NOT IN over a subquery, and the NULL that makes
NOT IN hold for no row at all. Not read: EXCEPT, and counts that are compared with 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import exp

from sqloop.database.checking.budget import TooComplexError
from sqloop.database.schema import Column, Table
from sqloop.explanation.clauses import say_node
from sqloop.explanation.sources import Sources, list_conditions

LONGEST = 120
"""Characters of conditions that are said."""

_PASSED_BY_NO_NULL = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Between, exp.Like)


def find_null_traps(sources: Sources) -> Iterator[str]:
    """NOT IN over values of which one may be NULL: the condition is then true for no row."""
    for _, select in _excluded(sources):
        found = _chosen(select)
        if found is not None and _may_be_null(select, *found):
            name = f"{found[0].name}.{found[1].name}"
            yield f"As soon as one {name} is empty (NULL), NOT IN holds for no row: nothing is found then."


def find_absences(sources: Sources) -> Iterator[str]:
    """What counts as "without"."""
    for node in sources.own(exp.Is):
        if isinstance(node.expression, exp.Null) and not _is_denied(node):
            yield from _empty(node, sources)
    for node in sources.own(exp.Exists):
        query = node.this.unnest()
        if _is_denied(node) and isinstance(query, exp.Select):
            yield from _nothing_related(Sources(query, sources.schema), sources)
    for value, select in _excluded(sources):
        yield from _not_among(value, select, sources)


def _empty(node: exp.Expr, sources: Sources) -> Iterator[str]:
    """A column that is NULL: its value is missing, or an outer join found no row for it."""
    found = sources.find(node.this)
    if found is None:
        return
    table, column = found
    join = _outer_join(node, table, sources)
    rows = f"Rows whose {table.name}.{column.name} is empty (NULL)"
    if join is None:
        yield f"{rows} are taken to have none."
        return
    links, others = _split(join.args.get("on"))
    using = {each.name.lower() for each in join.args.get("using") or ()}
    joined = using | {side.name.lower() for link in links for side in _sides(link)}
    if column.name.lower() in joined or column.name in table.primary_key or not column.nullable:
        yield _say_without(_owner(links, node.this, sources), table.name, others)
    else:
        yield f"{rows}, or that have no {table.name}, are taken to have none."


def _outer_join(node: exp.Expr, table: Table, sources: Sources) -> exp.Expr | None:
    """The join that gives NULL for every column of ``table`` where it finds no row."""
    if node.find_ancestor(exp.Join, exp.Select) is not sources.select:
        return None
    name = node.this.table.lower() or next(key for key, each in sources.tables.items() if each is table)
    joins: list[exp.Expr] = sources.select.args.get("joins") or []
    for join in joins:
        side, is_joined = join.text("side").upper(), join.this.alias_or_name.lower() == name
        if side == "FULL" or side == ("LEFT" if is_joined else "RIGHT"):
            links = [link for link in _split(join.args.get("on"))[0] if name in _owners(link)]
            if is_joined or links:
                return join
    return None


def _nothing_related(inner: Sources, outer: Sources) -> Iterator[str]:
    """NOT EXISTS over rows that refer to those of the query around it, or that those refer to."""
    if not _is_plain(inner.select):
        return
    conditions = list_conditions(inner.select.args.get("where"))
    for condition in conditions:
        sides = _sides(condition) if isinstance(condition, exp.EQ) else ()
        own = [found for side in sides if (found := inner.find(side))]
        around = [found for side in sides if not inner.find(side) and (found := outer.find(side))]
        if own and around:
            names = dict.fromkeys([own[0][0].name, *(each.name for each in inner.tables.values())])
            others = [each for each in conditions if each is not condition]
            yield _say_without(around[0][0].name, " with ".join(names), others)
            return


def _not_among(value: exp.Expr, inner: Sources, outer: Sources) -> Iterator[str]:
    """NOT IN over the keys of another table, or over those that refer to one's own."""
    one, other = outer.find(value), _chosen(inner)
    if one is None or other is None or not _is_plain(inner.select):
        return
    if _refers(*other, *one, outer) or _refers(*one, *other, outer):
        yield _say_without(one[0].name, other[0].name, list_conditions(inner.select.args.get("where")), other)


def _refers(table: Table, column: Column, to: Table, key: Column, sources: Sources) -> bool:
    return any(
        sources.schema.table(each.referred_table) is to
        and (column.name, key.name) in zip(each.columns, each.referred_columns, strict=False)
        for each in table.foreign_keys
    )


def _say_without(
    owner: str, name: str, conditions: Sequence[exp.Expr], told: tuple[Table, Column] | None = None
) -> str:
    """``told`` is the column of which one knows that it is not NULL."""
    meant = [each for each in conditions if not (told and _is_not_null(each, told[1].name))]
    where = f" where {said}" if (said := _say_all(meant)) else " that is asked for" if meant else ""
    return f"A row of {owner} counts as one without {name} if no row of {name}{where} belongs to it."


def _say_all(conditions: Sequence[exp.Expr]) -> str:
    """The conditions in words; empty where these are too many."""
    try:
        said = " and ".join(map(say_node, conditions))
    except (TooComplexError, RecursionError):
        return ""
    return said if len(said) <= LONGEST else ""


def _excluded(sources: Sources) -> Iterator[tuple[exp.Expr, Sources]]:
    """What must not be among the rows of a subquery, with each SELECT of that."""
    for node in sources.own(exp.In):
        query = node.args.get("query")
        if query is not None and _is_denied(node):
            yield from ((node.this, Sources(each, sources.schema)) for each in _branches(query.unnest()))


def _branches(query: exp.Expr) -> Iterator[exp.Select]:
    queries = [query]
    while queries:
        found = queries.pop()
        if isinstance(found, exp.Union):
            queries += [found.right.unnest(), found.left.unnest()]
        elif isinstance(found, exp.Select):
            yield found


def _chosen(sources: Sources) -> tuple[Table, Column] | None:
    """The column that a SELECT gives, if it is one of a table."""
    shown = sources.select.selects
    return sources.find(shown[0].unalias()) if len(shown) == 1 else None


def _may_be_null(sources: Sources, table: Table, column: Column) -> bool:
    if column.name in table.primary_key or not column.nullable or (table.view and not column.nulls):
        return False
    joins = [join for join in sources.select.args.get("joins") or () if not join.side]
    conditions = list_conditions(sources.select.args.get("where"))
    conditions += [each for join in joins for each in list_conditions(join.args.get("on"))]
    return not any(_keeps_null_out(each, (table, column), sources) for each in conditions)


def _keeps_null_out(condition: exp.Expr, found: tuple[Table, Column], sources: Sources) -> bool:
    inner = condition.this.unnest() if isinstance(condition, exp.Not) else condition
    if isinstance(inner, exp.Is):
        return _is_not_null(condition, found[1].name) and sources.find(inner.this) == found
    sides = (inner.this, inner.args.get("expression"))
    return isinstance(inner, _PASSED_BY_NO_NULL) and any(
        sources.find(each) == found for each in sides if each
    )


def _is_not_null(condition: exp.Expr, name: str) -> bool:
    inner = condition.this.unnest() if isinstance(condition, exp.Not) else None
    is_null = isinstance(inner, exp.Is) and isinstance(inner.expression, exp.Null)
    return is_null and inner is not None and inner.this.name.lower() == name.lower()


def _is_plain(select: exp.Select) -> bool:
    return not any(select.args.get(each) for each in ("group", "having", "limit", "offset"))


def _is_denied(node: exp.Expr) -> bool:
    parent = node.parent
    while isinstance(parent, exp.Paren):
        parent = parent.parent
    return isinstance(parent, exp.Not)


def _split(on: exp.Expr | None) -> tuple[list[exp.Expr], list[exp.Expr]]:
    """What holds columns of two sources against each other, and the other conditions."""
    found = list_conditions(on)
    links: list[exp.Expr] = [each for each in found if isinstance(each, exp.EQ) and len(_owners(each)) == 2]
    return links, [each for each in found if each not in links]


def _sides(equal: exp.Expr) -> tuple[exp.Expr, exp.Expr]:
    return equal.this, equal.args["expression"]


def _owners(equal: exp.Expr) -> set[str]:
    return {each.table.lower() for each in _sides(equal) if isinstance(each, exp.Column)}


def _owner(links: Sequence[exp.Expr], column: exp.Expr, sources: Sources) -> str:
    """The table whose rows an outer join keeps."""
    names = [name for link in links for name in sorted(_owners(link)) if name != column.text("table").lower()]
    name = next(iter(names), "") or sources.select.args["from_"].this.alias_or_name.lower()
    table = sources.tables.get(name)
    return table.name if table is not None else name
