"""How much two queries are built alike: the same tables, joins and aggregates, whatever they are called.

Read from the syntax trees. Aliases are resolved; case, the order of tables, of both sides of a join and of
conditions, and what stands in WHERE beside joins do not count. Not known without a schema, and so left out:
whose an unqualified column of a join is, and what NATURAL JOIN compares.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqloop.database.checking.parsing import parse_statement
from sqloop.database.schema import Dialect
from sqloop.generation.mending.scopes import tables_of

Part = Counter[tuple[str, ...]]

_REMEMBERED = 10_000
"""Queries: a policy draws the same again and again."""


def likeness(given: str, wanted: str, dialect: Dialect) -> float:
    """The mean of F1 over tables, joins and aggregates, of those that either query has; 0.0 to 1.0.

    0.0 where one of them cannot be read.

    >>> wanted = "SELECT c.name, SUM(o.total) FROM c JOIN o ON o.c_id = c.id GROUP BY c.name"
    >>> same = "select SUM(t1.Total), name from O t1, C t2 where t2.id = t1.c_id group by NAME"
    >>> likeness(same, wanted, "sqlite")
    1.0
    >>> round(likeness("SELECT SUM(total) FROM o", wanted, "sqlite"), 2)  # 2/3 of tables and aggregates
    0.44
    """
    both = _read(given, dialect), _read(wanted, dialect)
    if None in both:
        return 0.0
    parts = [(a, b) for a, b in zip(*both, strict=True) if a or b]  # type: ignore[arg-type]
    return sum(2 * (a & b).total() / (a.total() + b.total()) for a, b in parts) / len(parts) if parts else 1.0


@lru_cache(_REMEMBERED)
def _read(sql: str, dialect: Dialect) -> tuple[Part, Part, Part] | None:
    """Tables, joins and aggregates."""
    try:
        tree = parse_statement(sql, dialect)
    except SqlglotError:
        return None
    made = {each.alias_or_name.lower() for each in tree.find_all(exp.CTE)}
    tables = (each.name.lower() for each in tree.find_all(exp.Table))
    return (
        Counter((name,) for name in tables if name not in made),
        Counter(_joins(tree)),
        Counter(_aggregates(tree)),
    )


def _joins(tree: exp.Expr) -> Iterator[tuple[str, ...]]:
    """Pairs of columns of two tables that must be equal: by ON, USING, WHERE or IN (SELECT ...)."""
    for equal in tree.find_all(exp.EQ):
        left, right = equal.this, equal.expression
        if isinstance(left, exp.Column) and isinstance(right, exp.Column) and left.table != right.table:
            yield _pair(_place(left), _place(right))
    for within in tree.find_all(exp.In):
        query = within.args.get("query")
        inner = query.this.selects if query is not None and isinstance(query.this, exp.Select) else []
        if isinstance(within.this, exp.Column) and len(inner) == 1 and isinstance(inner[0], exp.Column):
            yield _pair(_place(within.this), _place(inner[0]))
    for select in tree.find_all(exp.Select):
        names = [each.name.lower() for each in tables_of(select)]
        for before, (name, join) in zip(
            names, zip(names[1:], select.args.get("joins") or (), strict=True), strict=False
        ):
            for column in join.args.get("using") or ():
                yield _pair(f"{before}.{column.name.lower()}", f"{name}.{column.name.lower()}")


def _pair(one: str, other: str) -> tuple[str, ...]:
    return tuple(sorted((one, other)))


def _place(column: exp.Column) -> str:
    """The table of a column and its name; without a table where that is not certain."""
    owner, select = column.table.lower(), column.find_ancestor(exp.Select)
    while select is not None:
        sources = {each.alias_or_name.lower(): each.name.lower() for each in tables_of(select)}
        if not owner and len(sources) == 1:
            (owner,) = sources
        if owner in sources:
            return f"{sources[owner]}.{column.name.lower()}"
        select = select.find_ancestor(exp.Select)
    return column.name.lower()


def _aggregates(tree: exp.Expr) -> Iterator[tuple[str, ...]]:
    """Functions with the columns below them, and columns that are grouped by; COUNT counts rows."""
    for each in tree.find_all(exp.AggFunc):
        distinct = each.find(exp.Distinct) is not None
        counts_rows = isinstance(each, exp.Count) and not distinct
        columns = () if counts_rows else (column.name.lower() for column in each.find_all(exp.Column))
        yield each.key, "distinct" if distinct else "", *sorted(columns)
    for group in tree.find_all(exp.Group):
        for column in group.find_all(exp.Column):
            yield "group", column.name.lower()
