"""Compact SQL: no aliases, no FROM and JOIN where foreign keys imply them.

``SELECT MIN(Medal.year) WHERE Athlete.name = 'x'`` stands for the SQL that joins the two tables along
the shortest path of foreign keys. `compact` and `expand` are inverse up to layout. A SELECT keeps an
explicit FROM where dropping it would change its meaning: self-joins, outer joins, joins by other
columns, derived tables, correlation. A FROM without conditions (``FROM a, b``) only adds tables that no
column names, so a cross join has no compact form. Covers queries; else `NotCompactableError`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from sqloop.database.schema import Dialect, Schema
from sqloop.generation.joins import Join, implied_joins


class NotCompactableError(ValueError):
    """The SQL cannot be written in, or read from, compact form."""


@dataclass
class _Scope:
    """The sources of one SELECT: alias to table name, or to None for a derived table."""

    sources: dict[str, str | None] = field(default_factory=dict)
    outer: _Scope | None = None

    def resolve(self, column: exp.Column, schema: Schema) -> tuple[_Scope, str, str, str] | None:
        """Scope, alias, table and column that ``column`` means, or None for a derived one."""
        name, qualifier = column.name, column.table.lower()
        for alias, table_name in self.sources.items():
            if qualifier and alias != qualifier:
                continue
            if table_name is None:
                if qualifier:
                    return None
                continue
            table = schema.table(table_name)
            found = table.column(name) if table else None
            if table and found:
                return self, alias, table.name, found.name
        if self.outer:
            return self.outer.resolve(column, schema)
        raise NotCompactableError(f"unknown column {column.sql()}")


def parse_query(sql: str, dialect: Dialect) -> exp.Query:
    """The tree of one query; raises `NotCompactableError`."""
    try:
        tree = parse_one(sql, read=dialect)
    except (SqlglotError, RecursionError) as error:
        raise NotCompactableError("not parsable") from error
    if not isinstance(tree, exp.Query):
        raise NotCompactableError("not a query")
    return tree


def compact(sql: str, schema: Schema) -> exp.Query:
    """Compact form of ``sql`` as a tree whose columns are all qualified by their table."""
    tree = parse_query(sql, schema.dialect)
    if tree.find(exp.With):
        raise NotCompactableError("common table expressions are not compacted")
    _compact_query(tree, schema, None)
    return tree


def _compact_query(query: exp.Expression, schema: Schema, outer: _Scope | None) -> None:
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
    correlated = False
    mentioned: set[str] = set()
    repeated = len(set(scope.sources.values())) < len(scope.sources)
    columns = list(_own_columns(select))
    for column in columns:
        if _is_string(column, scope, schema):
            column.replace(exp.Literal.string(column.name))
            continue
        resolved = scope.resolve(column, schema)
        if resolved is None:
            raise NotCompactableError("a column of a derived table")
        owner, alias, table, name = resolved
        correlated |= owner is not scope
        if owner is scope and not _in_join(column, select):
            mentioned.add(table)
        qualifier = alias if repeated and owner is scope else table
        column.replace(exp.column(name, table=qualifier))
    for nested in _nested_queries(select):
        _compact_query(nested, schema, scope)
    shadows = outer is not None and bool(set(scope.sources.values()) & set(outer.sources.values()))
    if repeated or None in scope.sources.values() or (correlated and shadows):
        if correlated:
            raise NotCompactableError("a correlated self-join")
        return
    for alias, name in scope.sources.items():
        _unalias(select, alias, name or "")
    if not correlated:
        _drop_from(select, schema, mentioned, {name for name in scope.sources.values() if name})


def _is_string(column: exp.Column, scope: _Scope, schema: Schema) -> bool:
    """SQLite reads a double-quoted name that no table has as a string."""
    if column.table or not column.this.quoted:
        return False
    try:
        scope.resolve(column, schema)
    except NotCompactableError:
        return True
    return False


def _read_sources(select: exp.Select, schema: Schema, outer: _Scope | None) -> _Scope:
    scope = _Scope(outer=outer)
    from_ = select.args.get("from_")
    joins = select.args.get("joins") or []
    for source in ([from_.this] if from_ else []) + [join.this for join in joins]:
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
            position = number.parent
            direct = isinstance(position, exp.Group) or isinstance(position, exp.Ordered)
            if direct and number.is_int and 1 <= int(number.name) <= len(items):
                number.replace(items[int(number.name) - 1].copy())


def _own(select: exp.Expression) -> list[exp.Expression]:
    """The nodes of this SELECT, nested queries left out."""
    nodes = []
    stack = list(select.iter_expressions())
    while stack:
        node = stack.pop()
        nodes.append(node)
        if not isinstance(node, (exp.Select, exp.SetOperation)):
            stack.extend(node.iter_expressions())
    return nodes


def _own_columns(select: exp.Select) -> list[exp.Column]:
    return [
        node for node in _own(select) if isinstance(node, exp.Column) and not isinstance(node.this, exp.Star)
    ]


def _nested_queries(select: exp.Select) -> list[exp.Expression]:
    return [node for node in _own(select) if isinstance(node, (exp.Select, exp.SetOperation))]


def _in_join(column: exp.Column, select: exp.Select) -> bool:
    join = column.find_ancestor(exp.Join, exp.Select)
    return isinstance(join, exp.Join)


def _unalias(select: exp.Select, alias: str, name: str) -> None:
    from_ = select.args.get("from_")
    joins = select.args.get("joins") or []
    for source in ([from_.this] if from_ else []) + [join.this for join in joins]:
        if isinstance(source, exp.Table) and source.alias.lower() == alias:
            source.set("alias", None)


def _drop_from(select: exp.Select, schema: Schema, mentioned: set[str], sources: set[str]) -> None:
    edges = _inner_edges(select)
    if edges is None:
        return
    if any(isinstance(node, exp.Star) and not isinstance(node.parent, exp.Count) for node in _own(select)):
        mentioned = set()
    extra: set[str] = set()
    for name in [None, *sorted(sources - mentioned)]:
        if name:
            extra.add(name)
        implied = implied_joins(mentioned | extra, schema)
        if implied is None:
            continue
        first, joins = implied
        if {first, *(join.table for join in joins)} != sources:
            continue
        if {frozenset(pair) for join in joins for pair in join.pairs} == edges:
            select.set("joins", None)
            select.set("from_", None)
            if extra:
                _set_from(select, sorted(extra))
            return


def _inner_edges(select: exp.Select) -> set[frozenset[tuple[str, str]]] | None:
    """The pairs of columns that the joins equate, or None where a join is anything else."""
    edges: set[frozenset[tuple[str, str]]] = set()
    for join in select.args.get("joins") or []:
        condition = join.args.get("on")
        if condition is None and not join.args.get("using"):
            raise NotCompactableError("a cross join")
        if join.side or join.args.get("using") or join.kind not in ("", "INNER") or condition is None:
            return None
        for part in condition.flatten() if isinstance(condition, exp.And) else [condition]:
            if not (
                isinstance(part, exp.EQ)
                and isinstance(part.left, exp.Column)
                and isinstance(part.right, exp.Column)
            ):
                return None
            edges.add(frozenset({(part.left.table, part.left.name), (part.right.table, part.right.name)}))
    return edges


def _set_from(select: exp.Select, tables: list[str]) -> None:
    select.set("from_", exp.From(this=exp.Table(this=exp.to_identifier(tables[0]))))
    joins = [exp.Join(this=exp.Table(this=exp.to_identifier(name))) for name in tables[1:]]
    select.set("joins", joins or None)


def expand(tree: exp.Query, schema: Schema) -> exp.Query:
    """Full SQL of a compact tree; raises `NotCompactableError` where tables cannot be joined."""
    tree = tree.copy()
    for select in list(tree.find_all(exp.Select)):
        _expand_select(select, schema)
    return tree


def _expand_select(select: exp.Select, schema: Schema) -> None:
    from_ = select.args.get("from_")
    joins = select.args.get("joins") or []
    sources = ([from_.this] if from_ else []) + [join.this for join in joins]
    explicit = any(not isinstance(source, exp.Table) or source.alias for source in sources) or any(
        join.args.get("on") or join.side or join.kind for join in joins
    )
    if explicit:
        return
    tables = {source.name for source in sources} | {column.table for column in _own_columns(select)}
    if not tables:
        return
    implied = implied_joins(tables, schema)
    if implied is None:
        raise NotCompactableError(f"no keys join {', '.join(sorted(tables))}")
    first, steps = implied
    select.set("from_", exp.From(this=exp.Table(this=exp.to_identifier(first))))
    select.set("joins", [_join(step) for step in steps] or None)
    if not steps and first not in _outer_tables(select):
        for column in _own_columns(select):
            column.set("table", None)


def _outer_tables(select: exp.Select) -> set[str]:
    """Tables whose columns a nested query names although they are not its own: keep those qualified."""
    return {column.table for nested in _nested_queries(select) for column in nested.find_all(exp.Column)}


def _join(step: Join) -> exp.Join:
    condition: exp.Expression | None = None
    for (left_table, left), (right_table, right) in step.pairs:
        pair = exp.EQ(
            this=exp.column(left, table=left_table), expression=exp.column(right, table=right_table)
        )
        condition = exp.and_(condition, pair) if condition else pair
    return exp.Join(this=exp.Table(this=exp.to_identifier(step.table)), on=condition)
