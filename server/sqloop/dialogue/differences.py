"""The least parts in which two queries differ, names and spelling apart.

What decides nothing is taken off before: the names of columns of the result, what tables are called where
each stands in the query once, rounding, and whether a number is written 60 or 60.0.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlglot import exp

from sqloop.database.checking.parsing import parse_statement
from sqloop.database.checking.spelling import name_tables, put_in_aliases, take_off_owner
from sqloop.database.schema import Column, Schema, Table
from sqloop.explanation.sources import Sources

Part = exp.Expr | None

_WHOLE = (exp.Column, exp.Literal, exp.Table, exp.In, exp.Or)
"""What is told apart as a whole."""


@dataclass(frozen=True)
class Query:
    """A query without what decides nothing."""

    tree: exp.Expr
    schema: Schema

    @classmethod
    def read(cls, sql: str, schema: Schema) -> Query:
        """Raises SqlglotError."""
        tree = parse_statement(sql, schema.dialect).copy().transform(_even)
        tree.meta["dialect"] = schema.dialect
        for name in tree.find_all(exp.Identifier):
            name.set("quoted", not name.name.isidentifier())
        name_tables(tree)
        for select in list(tree.find_all(exp.Select)):
            put_in_aliases(select)
            take_off_owner(select)
            _name_owners(select, schema)
        return cls(tree, schema)

    @cached_property
    def first(self) -> str:
        """The table that the query begins with; empty where it begins with none."""
        source = self.tree.args.get("from_")
        return source.this.name if source and isinstance(source.this, exp.Table) else ""

    def find(self, column: exp.Column) -> tuple[Table, Column] | None:
        """Which column of the schema that is."""
        select = column.find_ancestor(exp.Select)
        return Sources(select, self.schema).find(column) if select is not None else None

    def is_date(self, node: exp.Expr) -> bool:
        """Whether a part is about columns that hold dates, and no others."""
        found = [self.find(each) for each in node.find_all(exp.Column)]
        return bool(found) and all(each is not None and each[1].kind == "date" for each in found)


@dataclass(frozen=True)
class Difference:
    """``one`` stands in the first query for ``other`` in the second, None for nothing; ``places`` are all
    places in the first query, or the second, where it does."""

    one: Part
    other: Part
    places: tuple[exp.Expr, ...]

    def is_in(self, kind: type[exp.Expr]) -> bool:
        """Whether any of its places is within such a node."""
        return any(each.find_ancestor(kind) is not None for each in self.places)


def find_differences(one: Query, other: Query) -> list[Difference]:
    """Each only once, wherever it occurs."""
    found: dict[tuple[str, str], Difference] = {}
    for pair in _compare(one.tree, other.tree):
        mine, theirs = _lift(*pair)
        key, place = (_sql(mine), _sql(theirs)), mine if mine is not None else theirs
        places = (*found[key].places,) if key in found else ()
        found[key] = Difference(mine, theirs, (*places, *([place] if place is not None else [])))
    return list(found.values())


def _even(node: exp.Expr) -> exp.Expr:
    """A number without the zeros behind its point, and a value that is not rounded."""
    if isinstance(node, exp.Round):
        return _even(node.this)
    if isinstance(node, exp.Literal) and not node.is_string and set(node.name.partition(".")[2]) == {"0"}:
        return exp.Literal.number(node.name.partition(".")[0])
    return node


def _name_owners(select: exp.Select, schema: Schema) -> None:
    """The table of each column where there are several."""
    if not select.args.get("joins"):
        return
    sources = Sources(select, schema)
    columns: Any = sources.own(exp.Column)
    for column in columns:
        if not column.table and (found := sources.find(column)):
            name = next(name for name, table in sources.tables.items() if table is found[0])
            column.set("table", exp.to_identifier(name))


def _compare(one: exp.Expr, other: exp.Expr) -> Iterator[tuple[Part, Part]]:
    """The least parts in which two trees differ."""
    if one == other:
        return
    if isinstance(one, exp.And) or isinstance(other, exp.And):
        yield from _compare_parts(list(_conjuncts(one)), list(_conjuncts(other)))
        return
    if type(one) is not type(other) or isinstance(one, _WHOLE):
        yield one, other
        return
    for name in dict.fromkeys([*one.args, *other.args]):
        mine, theirs = one.args.get(name) or None, other.args.get(name) or None
        if mine == theirs:
            continue
        if isinstance(mine, list) and isinstance(theirs, list):
            yield from _compare_parts(mine, theirs)
        elif isinstance(mine, exp.Where | exp.Having) or isinstance(theirs, exp.Where | exp.Having):
            yield from _compare_parts(
                *(list(_conjuncts(each.this)) if each else [] for each in (mine, theirs))
            )
        elif isinstance(mine, exp.Expr) and isinstance(theirs, exp.Expr):
            yield from _compare(mine, theirs)
        else:
            yield one, other


def _compare_parts(mine: list[exp.Expr], theirs: list[exp.Expr]) -> Iterator[tuple[Part, Part]]:
    """Parts that only one side has, in pairs where both have as many."""
    left = [each for each in mine if each not in theirs]
    right = [each for each in theirs if each not in mine]
    if len(left) == len(right):
        for one, other in zip(left, right, strict=True):
            yield from _compare(one, other)
    elif not left or not right:
        for each in left:
            yield each, None
        for each in right:
            yield None, each
    else:
        yield mine[0].parent, theirs[0].parent
        yield None, None  # More than one decision.


def _conjuncts(node: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(node, exp.And):
        yield from _conjuncts(node.left)
        yield from _conjuncts(node.right)
    else:
        yield node.unnest()


def _lift(one: Part, other: Part) -> tuple[Part, Part]:
    """Parts around these that can be understood: a value with what is compared with it, or worked out of it.

    The two columns of a comparison belong together as well: "late" is one date after another.
    """
    while one is not None and other is not None and one.parent is not None and other.parent is not None:
        above, beside = one.parent, other.parent
        if type(above) is not type(beside) or not isinstance(above, exp.Condition | exp.Interval):
            break
        values = [each for each in (one, other) if each.find(exp.Column, exp.Star, exp.Query) is None]
        two = isinstance(above, exp.Predicate) and all(
            isinstance(e, exp.Column) for e in above.iter_expressions()
        )
        if not (values or two) or above.find_ancestor(exp.Join):
            break
        one, other = above, beside
    return one, other


def _sql(node: Part) -> str:
    return node.sql() if node is not None else ""
