"""Compact SQL: no FROM and JOIN where foreign keys imply them.

``SELECT MIN(Medal.year) WHERE Athlete.name = 'x'`` stands for the SQL that joins the two tables along
the shortest path of foreign keys. `compact` and `expand` are inverse up to layout. A SELECT keeps an
explicit FROM where dropping it would change its meaning: outer joins, joins by other columns, derived
tables, correlation. Where tables do not tell rows apart, a column stands behind the key that leads to
it (`paths`), or else behind an alias, ``a0``, ``a1``. Conditions on windows stand in WHERE and HAVING
(`windows`). A FROM without conditions (``FROM a, b``) only adds tables that no column names, so a cross
join has no compact form. Covers queries; else `NotCompactableError`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlglot import exp

from sqloop.database.joins import implied_joins
from sqloop.database.schema import ColumnName, Schema
from sqloop.generation.compact.paths import Roles, drop_roles, path_column, read_roles
from sqloop.generation.compact.selects import (
    NotCompactableError,
    joins_of,
    nested_queries,
    own_columns,
    own_nodes,
    parse_query,
    set_sources,
    sources_of,
    table_named,
)
from sqloop.generation.compact.windows import unnest_windows

_Edges = set[frozenset[ColumnName]]


def compact(sql: str, schema: Schema) -> exp.Query:
    """Compact form of ``sql`` as a tree whose columns are all qualified by their table."""
    tree = unnest_windows(parse_query(sql, schema.dialect))
    if tree.find(exp.With):
        raise NotCompactableError("common table expressions are not compacted")
    _compact_query(tree, schema, None)
    return tree


@dataclass
class _Scope:
    """The sources of one SELECT: alias to table name, or to None for a derived table."""

    sources: dict[str, str | None] = field(default_factory=dict)
    outer: _Scope | None = None
    roles: Roles = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    """What sources are called where their tables do not tell them apart."""

    @property
    def tables(self) -> set[str]:
        """The tables that are read directly."""
        return {name for name in self.sources.values() if name}

    @property
    def repeats(self) -> bool:
        """Whether two sources are the same table: then only aliases tell them apart."""
        return len(set(self.sources.values())) < len(self.sources)

    @property
    def around(self) -> list[_Scope]:
        """The scopes of the queries around, the nearest first."""
        return [self.outer, *self.outer.around] if self.outer else []

    def give_aliases(self) -> None:
        """Call the sources by names that no query around has."""
        used = sum(len(scope.aliases) for scope in self.around)
        self.aliases = {alias: f"a{used + i}" for i, alias in enumerate(self.sources)}

    def resolve(self, column: exp.Column, schema: Schema) -> _Resolved | None:
        """What ``column`` means, or None for a derived one."""
        qualifier = column.table.lower()
        for alias, table_name in self.sources.items():
            if qualifier and alias != qualifier:
                continue
            if table_name is None:
                if qualifier:
                    return None
                continue
            table = schema.table(table_name)
            found = table.column(column.name) if table else None
            if table and found:
                return _Resolved(self, alias, table.name, found.name)
        if self.outer:
            return self.outer.resolve(column, schema)
        raise NotCompactableError(f"unknown column {column.sql()}")


@dataclass(frozen=True)
class _Resolved:
    """A column, and the source that it belongs to."""

    scope: _Scope
    alias: str
    table: str
    column: str


def _compact_query(query: exp.Expr, schema: Schema, outer: _Scope | None) -> None:
    if isinstance(query, exp.SetOperation):
        _compact_query(query.left, schema, outer)
        _compact_query(query.right, schema, outer)
    elif isinstance(query, exp.Subquery):
        _compact_query(query.this, schema, outer)
    elif isinstance(query, exp.Select):
        _compact_select(query, schema, outer)
    else:
        raise NotCompactableError(f"unsupported query {query.key}")


def _compact_select(select: exp.Select, schema: Schema, outer: _Scope | None) -> None:
    scope = _read_sources(select, schema, outer)
    _inline_aliases(select)
    found = _resolve(select, scope, schema)
    scope.roles = read_roles(select, scope.sources, schema)
    if scope.roles:
        drop_roles(select, scope.roles)
    correlated = any(each.scope is not scope for _, each in found)
    shadows = any(scope.tables & each.tables for each in scope.around)
    plain = None not in scope.sources.values()
    if plain and ((scope.repeats and not scope.roles) or (correlated and shadows)):
        scope.give_aliases()
    mentioned = _qualify(select, scope, found)
    for nested in nested_queries(select):
        _compact_query(nested, schema, scope)
    if not plain and correlated:
        raise NotCompactableError("a correlated query on a derived table")
    if correlated and not mentioned:
        raise NotCompactableError("a correlated query that names none of its own columns")
    if not plain:
        return
    for source in sources_of(select):
        alias = scope.aliases.get(source.alias_or_name.lower())
        source.set("alias", exp.TableAlias(this=exp.to_identifier(alias)) if alias else None)
    if not correlated and not scope.aliases:
        _drop_from(select, schema, mentioned, {source.name for source in sources_of(select)})


def _read_sources(select: exp.Select, schema: Schema, outer: _Scope | None) -> _Scope:
    scope = _Scope(outer=outer)
    for source in sources_of(select):
        alias = source.alias_or_name.lower()
        if isinstance(source, exp.Table):
            table = schema.table(source.name)
            if table is None:
                raise NotCompactableError(f"unknown table {source.name}")
            source.set("this", exp.to_identifier(table.name))
            source.set("db", None)
            scope.sources[alias] = table.name
        elif isinstance(source, exp.Subquery):
            scope.sources[alias or f"derived{len(scope.sources)}"] = None
        else:
            raise NotCompactableError("unsupported source")
    return scope


def _inline_aliases(select: exp.Select) -> None:
    """Put the expressions of SELECT where ORDER BY, GROUP BY and HAVING use their names or positions."""
    named = {item.alias.lower(): item.this for item in select.expressions if isinstance(item, exp.Alias)}
    items = [item.unalias() for item in select.expressions]
    select.set("expressions", items)
    for part in ("group", "having", "order"):
        clause = select.args.get(part)
        if clause is None:
            continue
        for column in list(clause.find_all(exp.Column)):
            if not column.table and column.name.lower() in named:
                column.replace(named[column.name.lower()].copy())
        for number in list(clause.find_all(exp.Literal)):
            stands_alone = isinstance(number.parent, (exp.Group, exp.Ordered))
            if stands_alone and number.is_int and 1 <= int(number.name) <= len(items):
                number.replace(items[int(number.name) - 1].copy())


def _resolve(select: exp.Select, scope: _Scope, schema: Schema) -> list[tuple[exp.Column, _Resolved]]:
    """What each column of ``select`` means; its own get their aliases."""
    resolved = []
    for column in own_columns(select):
        if _is_string(column, scope, schema):
            column.replace(exp.Literal.string(column.name))
            continue
        found = scope.resolve(column, schema)
        if found is None:
            raise NotCompactableError("a column of a derived table")
        column.set("this", exp.to_identifier(found.column))
        if found.scope is scope:
            column.set("table", exp.to_identifier(found.alias))
        resolved.append((column, found))
    return resolved


def _qualify(select: exp.Select, scope: _Scope, found: list[tuple[exp.Column, _Resolved]]) -> set[str]:
    """Write each column with its table, path or alias; the tables that are named outside of joins."""
    mentioned: set[str] = set()
    for column, each in found:
        start, *keys = each.scope.roles.get(each.alias, (each.alias,))
        table = each.scope.sources[start] or ""
        if each.scope is scope and column.find_ancestor(exp.Join, exp.Select) is select:
            mentioned.add(table)
        column.replace(path_column(each.column, each.scope.aliases.get(start, table), *keys))
    return mentioned


def _is_string(column: exp.Column, scope: _Scope, schema: Schema) -> bool:
    """SQLite reads a double-quoted name that no table has as a string."""
    if column.table or not column.this.quoted:
        return False
    try:
        scope.resolve(column, schema)
    except NotCompactableError:
        return True
    return False


def _drop_from(select: exp.Select, schema: Schema, mentioned: set[str], sources: set[str]) -> None:
    """Leave out FROM, or all of it but the tables that no column names, where keys give it back."""
    edges = _inner_edges(select)
    if edges is None:
        return
    stars = [node for node in own_nodes(select) if isinstance(node, exp.Star)]
    if not all(isinstance(star.parent, exp.Count) for star in stars):
        mentioned = set()
    unnamed = sorted(sources - mentioned)
    for count in range(len(unnamed) + 1):
        kept = unnamed[:count]
        if _is_implied(mentioned | set(kept), sources, edges, schema):
            select.set("joins", None)
            select.set("from_", None)
            if kept:
                set_sources(select, kept[0], [exp.Join(this=table_named(name)) for name in kept[1:]])
            return


def _is_implied(tables: set[str], sources: set[str], edges: _Edges, schema: Schema) -> bool:
    """Whether naming ``tables`` joins exactly ``sources`` by ``edges``."""
    implied = implied_joins(tables, schema)
    if implied is None:
        return False
    first, joins = implied
    return {first, *(join.table for join in joins)} == sources and edges == {
        frozenset(pair) for join in joins for pair in join.pairs
    }


def _inner_edges(select: exp.Select) -> _Edges | None:
    """The pairs of columns that the joins equate, or None where a join is anything else."""
    edges: _Edges = set()
    for join in joins_of(select):
        condition = join.args.get("on")
        if condition is None and not join.args.get("using"):
            raise NotCompactableError("a cross join")
        if join.side or join.args.get("using") or join.kind not in ("", "INNER") or condition is None:
            return None
        for part in condition.flatten() if isinstance(condition, exp.And) else [condition]:
            left, right = part.args.get("this"), part.args.get("expression")
            if not (
                isinstance(part, exp.EQ) and isinstance(left, exp.Column) and isinstance(right, exp.Column)
            ):
                return None
            edges.add(frozenset({(left.table, left.name), (right.table, right.name)}))
    return edges
