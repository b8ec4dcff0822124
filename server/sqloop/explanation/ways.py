"""The way that a query takes between two tables, where the keys of the schema offer another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sqlglot import exp

from sqloop.database.schema import Schema
from sqloop.explanation.sources import Sources

_LONGER = 1
"""Keys that another way may have more and still be meant."""

_MOST = 500
"""Ways that are followed at once."""


def find_other_ways(sources: Sources) -> Iterator[str]:
    """A sentence for each two tables that are joined by way of others of which nothing else is used.

    >>> import sqlglot
    >>> from sqloop.database.schema import Column, ForeignKey, Table
    >>> def table(name, *refers):
    ...     keys = tuple(ForeignKey((f"{each}_id",), each, ("id",)) for each in refers)
    ...     names = ("id", "name", *(f"{each}_id" for each in refers))
    ...     return Table(name, tuple(Column(each, "INT", "number") for each in names), ("id",), keys)
    >>> tables = table("ward"), table("doctor", "ward"), table("bed", "ward"), table("stay", "bed", "doctor")
    >>> sql = "SELECT w.name FROM stay s JOIN doctor d ON d.id = s.doctor_id JOIN ward w ON w.id = d.ward_id"
    >>> list(find_other_ways(Sources(sqlglot.parse_one(sql), Schema("sqlite", tables))))
    ['stay is joined to ward by way of doctor; another way goes by bed.']
    """
    links = _links(sources)
    used = _used(sources) | set(list(sources.tables)[:1])
    for middle in _groups(sources.tables.keys() - used, links):
        met = {name for link in links if set(link) & middle for name in link} - middle
        ends = sorted({sources.tables[name].name for name in met})
        if len(ends) != 2:
            continue
        between = {sources.tables[name].name for name in middle}
        ways = _ways(sources.schema, ends[0], ends[1], len(between) + 1 + _LONGER)
        others = [way for way in ways if between.isdisjoint(way)]
        if others:
            way = min(others, key=len)
            other = f"another way goes by {' and '.join(way)}" if way else "a key joins them as well"
            joined = f"{ends[0]} is joined to {ends[1]} by way of {' and '.join(sorted(between))}"
            yield f"{joined}; {other}."


def _links(sources: Sources) -> set[tuple[str, str]]:
    """The sources that conditions hold against each other."""
    found = set()
    for equal in sources.own(exp.EQ):
        names = [each.table.lower() for each in _sides(equal) if isinstance(each, exp.Column)]
        if len(names) == 2 and names[0] != names[1] and set(names) <= sources.tables.keys():
            found.add((names[0], names[1]))
    return found


def _sides(equal: exp.Expr) -> tuple[exp.Expr, exp.Expr]:
    return equal.this, equal.args["expression"]


def _used(sources: Sources) -> set[str]:
    """The sources of which the query takes more than keys to join by."""
    found: set[str] = set()
    for column in sources.own(exp.Column):
        parent = column.parent
        joins = isinstance(parent, exp.EQ) and all(isinstance(each, exp.Column) for each in _sides(parent))
        if not joins and isinstance(column, exp.Column):
            found |= {column.table.lower()} if column.table else set(sources.tables)
    return found


def _groups(names: set[str], links: set[tuple[str, str]]) -> list[set[str]]:
    """The names, those together that hang together."""
    groups = [{name} for name in sorted(names)]
    for link in links:
        met = [group for group in groups if group & set(link)]
        if len(met) > 1:
            groups = [*(group for group in groups if group not in met), set().union(*met)]
    return groups


def _ways(schema: Schema, start: str, end: str, most: int) -> list[list[str]]:
    """The tables between two, for each way of at most so many keys.

    No way goes up to a table and down again: that two things are of one country does not join them.
    """
    steps: dict[str, set[tuple[str, bool]]] = defaultdict(set)
    for table in schema.tables:
        for key in table.foreign_keys:
            referred = schema.table(key.referred_table)
            if referred is not None:
                steps[table.name].add((referred.name, True))
                steps[referred.name].add((table.name, False))
    ways: list[tuple[list[str], bool]] = [([start], False)]
    found = []
    for _ in range(most):
        ways = [
            ([*way, other], up)
            for way, rose in ways
            for other, up in sorted(steps[way[-1]])
            if other not in way and (up or not rose)
        ]
        found += [way[1:-1] for way, _ in ways if way[-1] == end]
        ways = [each for each in ways if each[0][-1] != end][:_MOST]
    return found
