"""From compact SQL back to full SQL: FROM and JOIN where foreign keys imply them."""

from __future__ import annotations

from sqlglot import exp

from sqloop.database.joins import Join, implied_joins
from sqloop.database.schema import Schema
from sqloop.generation.compact.paths import base_of, is_path, join_paths
from sqloop.generation.compact.selects import (
    NotCompactableError,
    joins_of,
    nested_queries,
    own_columns,
    set_sources,
    sources_of,
    table_named,
)
from sqloop.generation.compact.windows import nest_windows


def expand(tree: exp.Query, schema: Schema) -> exp.Query:
    """Full SQL of a compact tree; raises `NotCompactableError` where tables cannot be joined.

    >>> from sqloop.database.schema import Column, ForeignKey, Table
    >>> from sqloop.generation.compact.selects import parse_query
    >>> city = Table("city", (Column("id", "INT", "number"), Column("name", "TEXT", "text")), ("id",))
    >>> key = ForeignKey(("city",), "city", ("id",))
    >>> shop = Table("shop", (Column("city", "INT", "number"),), (), (key,))
    >>> tree = parse_query("SELECT COUNT(*) FROM shop WHERE city.name = 'Ulm'", "sqlite")
    >>> expand(tree, Schema("sqlite", (shop, city))).sql()
    "SELECT COUNT(*) FROM shop JOIN city ON shop.city = city.id WHERE city.name = 'Ulm'"
    """
    tree = tree.copy()
    selects = list(tree.find_all(exp.Select))
    for select in selects:
        _drop_impossible(select)
        _expand_select(select, schema)
        join_paths(select, schema)
    for select in reversed(selects):
        nest_windows(select)
    return tree


def _drop_impossible(select: exp.Select) -> None:
    """Take away a FROM that joins a table twice under one name, or lacks tables that are named.

    Small models write such; the tables that the other clauses name are joined by their keys instead.
    """
    sources = sources_of(select)
    if not _is_explicit(select) or any(
        not isinstance(source, exp.Table) or source.alias for source in sources
    ):
        return
    names = {source.name for source in sources}
    around = _tables(select.parent_select) if select.parent_select else set()
    named = {base_of(each) for each in own_columns(select)} - {""}
    if len(names) < len(sources) or not named <= names | around:
        select.set("joins", None)
        select.set("from_", None)
        if not own_columns(select):
            set_sources(select, sources[0].name, [])


def _expand_select(select: exp.Select, schema: Schema) -> None:
    if _is_explicit(select):
        return
    columns = own_columns(select)
    sources, named = {source.name for source in sources_of(select)}, {base_of(each) for each in columns}
    outer = named - sources if _is_correlated(select, sources, named) else set()
    tables = (sources | named) - outer
    if not tables:
        return
    implied = implied_joins(tables, schema)
    if implied is None:
        raise NotCompactableError(f"no keys join {', '.join(sorted(tables))}")
    first, steps = implied
    set_sources(select, first, [_join(step) for step in steps])
    paths = any(map(is_path, columns))
    if not steps and not outer and not paths and first not in _outer_tables(select):
        for column in columns:
            column.set("table", None)


def _is_explicit(select: exp.Select) -> bool:
    """Whether FROM says more than which tables take part; SQLite's comma is read as CROSS."""
    joined = any(
        join.args.get("on") or join.side or join.kind not in ("", "CROSS") for join in joins_of(select)
    )
    return joined or any(
        not isinstance(source, exp.Table) or bool(source.alias) for source in sources_of(select)
    )


def _is_correlated(select: exp.Select, sources: set[str], named: set[str]) -> bool:
    """Whether the tables that ``select`` names beyond its FROM are those of a query around it.

    FROM beside implied joins only adds tables that no column names: one that is named, or a star, says that
    FROM is complete.
    """
    around = select.parent_select
    complete = bool(sources & named) or any(isinstance(item, exp.Star) for item in select.expressions)
    return complete and around is not None and named - sources <= _tables(around)


def _tables(select: exp.Select) -> set[str]:
    """The tables of a select and of those around it."""
    own = {source.alias_or_name for source in sources_of(select)} | {
        base_of(column) for column in own_columns(select)
    }
    around = select.parent_select
    return own | _tables(around) if around else own


def _outer_tables(select: exp.Select) -> set[str]:
    """Tables whose columns a nested query names although they are not its own: keep those qualified."""
    return {base_of(column) for nested in nested_queries(select) for column in nested.find_all(exp.Column)}


def _join(step: Join) -> exp.Join:
    pairs = [
        exp.EQ(this=exp.column(left, table=left_table), expression=exp.column(right, table=right_table))
        for (left_table, left), (right_table, right) in step.pairs
    ]
    return exp.Join(this=table_named(step.table), on=exp.and_(*pairs) if len(pairs) > 1 else pairs[0])
