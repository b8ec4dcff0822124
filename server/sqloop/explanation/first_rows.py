"""Which rows come first where a query asks for some only: chance among equals, and empty values first."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sqloop.explanation.joining import Joining, list_groups
from sqloop.explanation.sources import Sources, find_limit, has_ties, list_conditions


def find_ties(sources: Sources) -> Iterator[str]:
    """Rows of which no order says which come first, where there may be several."""
    select, limit = sources.select, find_limit(sources.select)
    if limit is None or has_ties(select) or isinstance(select.parent, exp.Exists):
        return
    keys = [each.this for each in _keys(select)]
    if _is_settled([_meant(key, select) for key in keys], sources):
        return
    count = limit.sql()
    if not keys:
        first = "row comes" if count == "1" else f"{count} rows come"
        yield f"Nothing says which {first} first: the database may choose."
    else:
        first = "which is the first" if count == "1" else f"which are among the first {count}"
        yield f"Where rows are equal in the order, {first} is left to chance."


def find_empty_first(sources: Sources) -> Iterator[str]:
    """Empty values that a limited order puts first."""
    if find_limit(sources.select) is None:
        return
    for key in _keys(sources.select)[:1]:
        found = sources.find(_meant(key.this, sources.select))
        if found is None or not found[1].nulls or not key.args.get("nulls_first"):
            continue
        conditions = list_conditions(sources.select.args.get("where"))
        if not any(sources.find(each) == found for node in conditions for each in node.find_all(exp.Column)):
            yield f"Rows whose {found[0].name}.{found[1].name} is empty (NULL) come first."


def _keys(select: exp.Select) -> list[exp.Expr]:
    order = select.args.get("order")
    return list(order.expressions) if order else []


def _meant(key: exp.Expr, select: exp.Select) -> exp.Expr:
    """What a key of an order stands for: a position, a name that the query gave, or itself."""
    place = int(key.name) if isinstance(key, exp.Literal) and key.is_int else 0
    if 0 < place <= len(select.selects):
        return select.selects[place - 1].unalias()
    named = {each.alias.lower(): each.unalias() for each in select.selects if each.alias}
    is_name = isinstance(key, exp.Column) and not key.table
    return named.get(key.name.lower(), key) if is_name else key


def _is_settled(keys: list[exp.Expr], sources: Sources) -> bool:
    """Whether no two rows can have the same values of all keys."""
    select = sources.select
    joining, groups = Joining(select, sources.schema), list_groups(select)
    if groups:
        values = groups
    elif any(not each.find_ancestor(exp.Window) for each in sources.own(exp.AggFunc)):
        return True  # There is one row.
    elif select.args.get("distinct") is not None:
        values = [each.unalias() for each in select.selects]
    else:
        return (
            bool(joining.nodes) and joining.is_clear and joining.determined((), keys) == joining.nodes.keys()
        )
    known = joining.determined((), keys)
    return all(each in keys or joining.owner(each) in known for each in values)
