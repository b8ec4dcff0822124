"""What becomes of the rows that an outer join keeps, and of those that a join on an empty value loses."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sqloop.explanation.joining import Joining
from sqloop.explanation.sources import Sources, list_conditions

_PASSED_BY_NO_NULL = (
    *(exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE),
    *(exp.In, exp.Between, exp.Like, exp.ILike),
)


def find_undone(sources: Sources) -> Iterator[str]:
    """An outer join whose kept rows a condition leaves out again."""
    for name in _undone(sources):
        joined = sources.tables[name].name
        yield f"The join keeps rows without any {joined}, but a condition on {joined} leaves them out again."


def find_counted_alone(sources: Sources) -> Iterator[str]:
    """COUNT(*) of groups over an outer join: a row without any other counts as one, not as none."""
    joining = Joining(sources.select, sources.schema)
    counts = [
        node
        for node in sources.own(exp.Count)
        if isinstance(node.this, exp.Star | exp.Literal) and not node.find_ancestor(exp.Window, exp.Filter)
    ]
    base = next(iter(joining.nodes), "")
    many = joining.nodes.keys() - joining.determined((base,)) if base else set()
    spoken = {each.text("table").lower() for each in sources.own(exp.Column) if each.find_ancestor(exp.Where)}
    grouped = sources.select.args.get("group") is not None
    for name in joining.nodes if counts and grouped and base in sources.tables else ():
        if name in joining.outer & many - spoken and name in sources.tables:
            one, other = sources.tables[base].name, sources.tables[name].name
            yield f"COUNT(*) gives 1, not 0, for a row of {one} without any {other}."
            return


def find_lost(sources: Sources) -> Iterator[str]:
    """Rows that an inner join drops as the value that it goes by is empty."""
    for condition in _inner_conditions(sources):
        sides = (condition.this, condition.expression) if isinstance(condition, exp.EQ) else ()
        found = [each for side in sides if (each := sources.find(side)) is not None]
        if len(found) != 2:
            continue
        for (table, column), (other, _) in zip(found, reversed(found), strict=True):
            if table.name not in sources.shown and other.name in sources.shown:
                continue  # What is asked for is the other, with those that belong to it.
            if column.nulls and column.nullable and column.name not in table.primary_key:
                yield f"Rows whose {table.name}.{column.name} is empty (NULL) are left out."


def find_unequal(sources: Sources) -> Iterator[str]:
    """A denied comparison that NULL does not pass, where one could think that it does."""
    for condition in list_conditions(sources.select.args.get("where")):
        for found in filter(None, map(sources.find, _denied(condition))):
            if found[1].nullable and found[1].name not in found[0].primary_key:
                yield f"Rows whose {found[0].name}.{found[1].name} is empty (NULL) are left out."


def _denied(condition: exp.Expr) -> Iterator[exp.Expr]:
    """The values that must not be what a condition says."""
    if isinstance(condition, exp.NEQ):
        yield condition.this
    if isinstance(condition, exp.Not):
        inner = condition.this.unnest()
        for each in inner.flatten() if isinstance(inner, exp.Or) else [inner]:
            if isinstance(each, _PASSED_BY_NO_NULL) and not each.args.get("query"):
                yield each.this


def _undone(sources: Sources) -> list[str]:
    """The outer tables on which a condition holds that no NULL passes, by what the query calls them."""
    told = {
        side.table.lower()
        for condition in _inner_conditions(sources)
        for side in _needed(condition)
        if isinstance(side, exp.Column)
    }
    lefts = [
        join.this.alias_or_name.lower()
        for join in sources.select.args.get("joins") or ()
        if join.side.upper() == "LEFT"
    ]
    return [name for name in lefts if name in told and name in sources.tables]


def _inner_conditions(sources: Sources) -> list[exp.Expr]:
    """What has to hold for every row of the answer."""
    found = list_conditions(sources.select.args.get("where"))
    for join in sources.select.args.get("joins") or ():
        if not join.side and join.kind.upper() not in ("SEMI", "ANTI"):
            found += list_conditions(join.args.get("on"))
    return found


def _needed(condition: exp.Expr) -> Iterator[exp.Expr]:
    """The values that are not NULL where a condition holds."""
    inner = condition.this.unnest() if isinstance(condition, exp.Not) else condition
    if isinstance(inner, exp.Is):
        is_null = isinstance(inner.expression, exp.Null)
        yield from [inner.this] if isinstance(condition, exp.Not) and is_null else []
    elif isinstance(inner, _PASSED_BY_NO_NULL):
        yield from (each for each in (inner.this, inner.args.get("expression")) if each is not None)
