"""What a query must find to have an answer, read from its SQL.

Covered: conditions of a column and literals (=, <>, <, <=, >, >=, LIKE, IN, BETWEEN) in WHERE and ON, one
scene for each SELECT with the tables that it joins; the halves of an INTERSECT share the first table they
have in common. Not covered: HAVING, conditions between columns, correlated subqueries; their answers come
from the variety of rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqloop.database.checking.parsing import parse_statement
from sqloop.database.outcome import Value
from sqloop.database.schema import Schema

Key = tuple[str, str]
"""Table and column, in lower case."""


@dataclass(frozen=True)
class Scene:
    """Rows of ``tables`` that are joined by their keys and together hold ``values``.

    ``literals`` stand in their columns in other rows as well. Of the table that is ``shared`` it takes the
    same row as the scene before it.
    """

    tables: tuple[str, ...]
    values: Mapping[Key, Value] = field(default_factory=dict)
    literals: Mapping[Key, tuple[Value, ...]] = field(default_factory=dict)
    shared: str = ""


def scenes_of(sql: str, schema: Schema) -> list[Scene]:
    """One scene for each SELECT of the query that names tables; none when sqlglot cannot parse it.

    >>> from sqloop.database.schema import Column, Table
    >>> city = Table("city", (Column("name", "TEXT", "text"), Column("size", "INTEGER", "number")))
    >>> scenes_of("SELECT name FROM city WHERE size > 10", Schema("sqlite", (city,)))[0].values
    {('city', 'size'): 11}
    """
    try:
        tree = parse_statement(sql, schema.dialect)
    except SqlglotError:
        return []
    found: list[Scene] = []
    for select in tree.find_all(exp.Select):
        scene = _scene(select, schema)
        if not scene.tables:
            continue
        before = found[-1] if found else None
        shared = ""
        if before and isinstance(select.parent, exp.Intersect) and select.arg_key == "expression":
            shared = next((table for table in scene.tables if table in before.tables), "")
        found.append(Scene(scene.tables, scene.values, scene.literals, shared))
    return found


def _scene(select: exp.Select, schema: Schema) -> Scene:
    aliases = _aliases(select, schema)
    values: dict[Key, Value] = {}
    literals: dict[Key, tuple[Value, ...]] = {}
    for condition in select.find_all(
        exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Like, exp.In, exp.Between
    ):
        if condition.find_ancestor(exp.Select) is not select or condition.find_ancestor(exp.Having):
            continue
        column = condition.this
        key = _key(column, aliases, schema) if isinstance(column, exp.Column) else None
        operands = [each for each in _operands(condition, schema) if key and _fits(each, key, schema)]
        if key is None or not operands:
            continue
        literals[key] = literals.get(key, ()) + tuple(operands)
        if not isinstance(condition, exp.NEQ) and not condition.find_ancestor(exp.Not) and key not in values:
            values[key] = _satisfying(condition, operands)
    return Scene(tuple(dict.fromkeys(aliases.values())), values, literals)


def _aliases(select: exp.Select, schema: Schema) -> dict[str, str]:
    sources = [select.args.get("from_"), *(select.args.get("joins") or [])]
    tables = [each.this for each in sources if each is not None and isinstance(each.this, exp.Table)]
    return {table.alias_or_name.lower(): table.name.lower() for table in tables if schema.table(table.name)}


def _key(column: exp.Column, aliases: Mapping[str, str], schema: Schema) -> Key | None:
    candidates = (
        [aliases[column.table.lower()]] if column.table.lower() in aliases else list(aliases.values())
    )
    for name in candidates:
        table = schema.table(name)
        if table and table.column(column.name):
            return name, column.name.lower()
    return None


def _fits(value: Value, key: Key, schema: Schema) -> bool:
    """Whether a column of that kind can hold the value: a number column holds no words."""
    table = schema.table(key[0])
    column = table and table.column(key[1])
    return not (column and column.kind == "number" and isinstance(value, str))


def _operands(condition: exp.Condition, schema: Schema) -> list[Value]:
    if isinstance(condition, exp.In):
        nodes = list(condition.expressions)
    elif isinstance(condition, exp.Between):
        nodes = [condition.args["low"], condition.args["high"]]
    else:
        nodes = [condition.expression]
    return [value for node in nodes if (value := _literal(node, schema)) is not None]


def _literal(node: exp.Expression, schema: Schema) -> Value:
    if isinstance(node, exp.Neg):
        value = _literal(node.this, schema)
        return -value if isinstance(value, int | float) else None
    if isinstance(node, exp.Literal):
        if node.is_string:
            return str(node.this)
        number = float(node.this)
        return int(number) if number.is_integer() else number
    # SQLite reads "abc" as text when no column has that name, and Spider relies on it.
    if isinstance(node, exp.Column) and node.this.args.get("quoted") and not node.table:
        known = any(table.column(node.name) for table in schema.tables)
        return None if known else str(node.name)
    return None


def _satisfying(condition: exp.Condition, operands: list[Value]) -> Value:
    first = operands[0]
    if isinstance(condition, exp.GT):
        return shifted(first, 1)
    if isinstance(condition, exp.LT):
        return shifted(first, -1)
    if isinstance(condition, exp.Between):
        return first
    if isinstance(condition, exp.Like) and isinstance(first, str):
        return _matching(first)
    return first


def _matching(pattern: str) -> str:
    start, middle, end = pattern.startswith("%"), pattern.strip("%").replace("%", " "), pattern.endswith("%")
    return ("New " if start else "") + middle.replace("_", "a") + (" One" if end else "")


def shifted(value: Value, steps: int) -> Value:
    """The value moved up or down a little: numbers by whole steps, dates by days; other text stays.

    >>> shifted(5, 1), shifted("2020-02-28", 2), shifted("blue", 1)
    (6, '2020-03-01', 'blue')
    """
    if isinstance(value, int | float):
        return round(value + steps, 6)
    if isinstance(value, str):
        try:
            return (date.fromisoformat(value[:10]) + timedelta(days=steps)).isoformat() + value[10:]
        except ValueError:
            return value
    return value
