"""Columns of what a foreign key refers to: ``employee.boss_id.name`` is the name of an employee's boss.

Compact SQL writes them where tables do not tell rows apart: a table that refers to itself, or two keys to one
table. `read_roles` finds the sources of a SELECT that such keys join, `join_paths` joins them again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from sqlglot import exp

from sqloop.database.identifiers import quote_name
from sqloop.database.schema import Schema, Table
from sqloop.generation.compact.selects import (
    NotCompactableError,
    joins_of,
    own_columns,
    own_nodes,
    set_sources,
    sources_of,
)

LONGEST = 2
"""Keys that one path may follow: the boss of the boss."""

Roles = dict[str, tuple[str, ...]]
"""By alias, the alias of the source that refers to it and the column that does, or columns on the way."""

_KEY_WORD = re.compile(r"(?<=[a-z0-9])_?(?:id|code|key|no|fk)\Z|(?<=[a-z0-9])I[dD]\Z", re.IGNORECASE)


def base_of(column: exp.Column) -> str:
    """The table or alias that a column begins with; empty where it has none."""
    return str(column.parts[0].name) if column.table else ""


def is_path(column: exp.Column) -> bool:
    """Whether the column belongs to what a key refers to."""
    return bool(column.args.get("db"))


def path_column(name: str, *steps: str) -> exp.Column:
    """``steps`` are a table and the keys that lead from it."""
    return exp.column(name, *reversed(steps))


def referred(table: str, column: str, schema: Schema) -> tuple[Table, str]:
    """The table and column that a foreign key of one column refers to; else `NotCompactableError`."""
    found = schema.table(table)
    for key in found.foreign_keys if found else ():
        other = schema.table(key.referred_table)
        if other and len(key.columns) == 1 and key.columns[0].lower() == column.lower():
            return other, key.referred_columns[0]
    raise NotCompactableError(f"{table}.{column} refers to nothing")


def owner_of(column: exp.Column, schema: Schema, aliases: Mapping[str, str]) -> str:
    """The table that a column of a compact tree belongs to."""
    first, *keys, _ = (part.name for part in column.parts) if column.table else ("", "")
    table = aliases.get(first, first)
    for key in keys:
        table = referred(table, key, schema)[0].name
    return table


def join_paths(select: exp.Select, schema: Schema) -> None:
    """Join what the paths of ``select`` lead to, each under a name of its own that its columns get."""
    names: dict[tuple[str, ...], str] = {}
    joins = joins_of(select)
    for column in reversed(own_columns(select)):
        if not is_path(column):
            continue
        first, *keys = (part.name for part in column.parts[:-1])
        before, table = first, first
        for count, key in enumerate(keys, 1):
            target, other = referred(table, key, schema)
            path = (first, *keys[:count])
            if path not in names:
                stem = _KEY_WORD.sub("", key) or key
                stem = f"{before}_{stem}" if before in names.values() else stem
                names[path] = _name(stem, target.name, schema, set(names.values()))
                source = exp.alias_(exp.Table(this=exp.to_identifier(target.name)), names[path], table=True)
                on = exp.EQ(this=exp.column(key, before), expression=exp.column(other, names[path]))
                joins.append(exp.Join(this=source, on=on))
            before, table = names[path], target.name
        column.replace(exp.column(column.name, before))
    select.set("joins", joins or None)


def _name(stem: str, table: str, schema: Schema, taken: set[str]) -> str:
    """What the row that a key refers to is called: ``boss`` by ``boss_id``."""
    used = {each.lower() for each in taken} | {each.name.lower() for each in schema.tables}
    choices = [stem, f"{stem}_{table}", *(f"{stem}_{number}" for number in range(2, len(used) + 3))]
    free = [each for each in choices if each.lower() not in used]
    return next((each for each in free if quote_name(each, schema.dialect) == each), free[0])


def read_roles(select: exp.Select, sources: Mapping[str, str | None], schema: Schema) -> Roles:
    """The sources that only a path tells from others; none where not all of them can be written so.

    Columns of ``select`` stand behind their aliases, spelled as in the schema.
    """
    edges = _edges(select, sources, schema)
    if edges is None:
        return {}
    entering = Counter(to for _, _, to in edges)
    came = {to: (start, key) for start, key, to in edges if key and entering[to] == 1}
    tables = Counter(sources.values())
    roles = {
        to
        for to, (start, _) in came.items()
        if tables[sources[to]] > 1 or _has_twins(str(sources[start]), sources[to], schema)
    }
    while more := {to for to, (start, _) in came.items() if start in roles} - roles:
        roles |= more
    rest = [name for alias, name in sources.items() if alias not in roles]
    touched = any(start in roles or to in roles for start, key, to in edges if not (key and to in came))
    if not roles or touched or len(set(rest)) < len(rest):
        return {}
    paths: Roles = {}
    for alias in roles:
        start, key = came[alias]
        path = [key]
        while start in roles:
            start, key = came[start]
            path.insert(0, key)
        if len(path) > LONGEST:
            return {}
        paths[alias] = (start, *path)
    return paths if _are_named(select, paths) else {}


def _edges(
    select: exp.Select, sources: Mapping[str, str | None], schema: Schema
) -> list[tuple[str, str, str]] | None:
    """``(alias, key, alias it refers to)`` for each join, ``key`` empty where none is; None for others."""
    edges = []
    for join in joins_of(select):
        on = join.args.get("on")
        if not isinstance(on, exp.EQ) or join.side or join.kind not in ("", "INNER"):
            return None
        if not isinstance(on.this, exp.Column) or not isinstance(on.expression, exp.Column):
            return None
        ends = [(each.table.lower(), each.name) for each in (on.this, on.expression)]
        if not all(sources.get(alias) for alias, _ in ends):
            return None
        (left, one), (right, two) = ends
        if _refers(sources[left], one, sources[right], two, schema):
            edges.append((left, one, right))
        elif _refers(sources[right], two, sources[left], one, schema):
            edges.append((right, two, left))
        else:
            edges.append((left, "", right))
    return edges


def _refers(table: str | None, column: str, other: str | None, key: str, schema: Schema) -> bool:
    try:
        target, name = referred(table or "", column, schema)
    except NotCompactableError:
        return False
    return target.name == other and name.lower() == key.lower()


def _has_twins(table: str, other: str | None, schema: Schema) -> bool:
    """Whether several keys of ``table`` refer to ``other``."""
    found = schema.table(table)
    keys = found.foreign_keys if found else ()
    return sum(key.referred_table.lower() == (other or "").lower() for key in keys) > 1


def _are_named(select: exp.Select, paths: Roles) -> bool:
    """Whether columns of this SELECT alone name every role that none is reached through, and no star does."""
    outside = [each for each in own_columns(select) if each.find_ancestor(exp.Join, exp.Select) is select]
    named = {column.table.lower() for column in outside}
    ends = {alias for alias, path in paths.items() if not any(path == p[:-1] for p in paths.values())}
    stars = [node for node in own_nodes(select) if isinstance(node, exp.Star)]
    return ends <= named and all(isinstance(star.parent, exp.Count) for star in stars)


def drop_roles(select: exp.Select, roles: Roles) -> None:
    """Leave what paths give back out of FROM."""
    kept = [source for source in sources_of(select) if source.alias_or_name.lower() not in roles]
    joins = [join for join in joins_of(select) if any(join.this is source for source in kept[1:])]
    set_sources(select, kept[0].name, joins)
    select.args["from_"].set("this", kept[0])
