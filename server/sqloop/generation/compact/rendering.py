"""From an expanded tree to the SQL that the user sees: literals, dates and quoting of the dialect.

Compact SQL has YEAR, MONTH, DAY, STARTS_WITH and ENDS_WITH in every dialect; here they become what the
database knows. `lift` is the way back.
"""

from __future__ import annotations

import re

from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqloop.database.checking.parsing import write_statement
from sqloop.database.identifiers import quote_name
from sqloop.database.schema import Column, Dialect, split_name

_DATE_PARTS: dict[type[exp.Expr], str] = {exp.Year: "%Y", exp.Month: "%m", exp.Day: "%d"}
_NUMERIC = re.compile(r"-?\d+(?:\.\d+)?\Z")


def literal_of(value: str | int | float, column: Column | None) -> exp.Expr:
    """``value`` as a literal to compare with ``column``: text is quoted, numbers are not."""
    text = str(value)
    as_number = _NUMERIC.match(text) and (
        not isinstance(value, str) if column is None else column.kind in ("number", "boolean")
    )
    if as_number:
        return exp.Literal.number(text)
    if column is not None and column.kind == "boolean" and text.lower() in ("true", "false"):
        return exp.Boolean(this=text.lower() == "true")
    return exp.Literal.string(text)


def render(tree: exp.Query, dialect: Dialect) -> str:
    """One line of SQL in ``dialect``, names quoted where they must be. Raises ValueError: it is too long."""
    tree = tree.copy()
    for node in list(tree.walk()):
        replacement = _for_dialect(node, dialect)
        if replacement is not None:
            node.replace(replacement)
    name_schemas(tree, dialect)
    for name in tree.find_all(exp.Identifier):
        name.set("quoted", quote_name(name.name, dialect) != name.name)
    try:
        return write_statement(tree, dialect)
    except SqlglotError as error:
        raise ValueError(str(error)) from error


def name_schemas(tree: exp.Expr, dialect: Dialect) -> None:
    """Write what a table is called with its schema as two names, in place; also before a column."""
    for node in tree.find_all(exp.Table, exp.Column):
        key = "this" if isinstance(node, exp.Table) else "table"
        schema, name = split_name(node.text(key), dialect)
        if schema:
            node.set(key, exp.to_identifier(name))
            node.set("db", exp.to_identifier(schema))


def _for_dialect(node: exp.Expr, dialect: Dialect) -> exp.Expr | None:
    if isinstance(node, (exp.StartsWith, exp.EndsWith)):
        text = node.expression.name
        pattern = f"{text}%" if isinstance(node, exp.StartsWith) else f"%{text}"
        return exp.Like(this=node.this.copy(), expression=exp.Literal.string(pattern))
    part = _DATE_PARTS.get(type(node))
    if part and dialect == "sqlite":
        text = exp.Anonymous(this="STRFTIME", expressions=[exp.Literal.string(part), node.this.copy()])
        return exp.cast(text, "INTEGER", dialect="sqlite")
    return None


def lift(tree: exp.Query) -> exp.Query:
    """Write patterns of LIKE and STRFTIME as STARTS_WITH, ENDS_WITH, YEAR, MONTH and DAY."""
    for like in list(tree.find_all(exp.Like)):
        pattern = like.expression
        if isinstance(pattern, exp.Literal) and pattern.is_string:
            _lift_like(like, pattern.name)
    for cast in list(tree.find_all(exp.Cast)):
        _lift_date_part(cast)
    for text in list(tree.find_all(exp.TimeToStr)):
        _lift_date_part(text)
    for part in tree.find_all(*_DATE_PARTS):
        if isinstance(part.this, exp.TsOrDsToDate):
            part.set("this", part.this.this)
    return tree


def _lift_like(like: exp.Like, pattern: str) -> None:
    text = pattern.strip("%")
    if "%" in text or "_" in text or not text:
        return
    if pattern.startswith("%") and pattern.endswith("%"):
        like.set("expression", exp.Literal.string(text))
    elif pattern.endswith("%"):
        like.replace(exp.StartsWith(this=like.this, expression=exp.Literal.string(text)))
    elif pattern.startswith("%"):
        like.replace(exp.EndsWith(this=like.this, expression=exp.Literal.string(text)))
    else:
        like.replace(exp.EQ(this=like.this, expression=exp.Literal.string(text)))


def _lift_date_part(node: exp.Expr) -> None:
    inner = node.this if isinstance(node, exp.Cast) else node
    if not isinstance(inner, exp.TimeToStr):
        return
    kind = {part: kind for kind, part in _DATE_PARTS.items()}.get(inner.args["format"].name)
    if kind and node.parent is not None:
        column = inner.this.this if isinstance(inner.this, (exp.Cast, exp.TsOrDsToTimestamp)) else inner.this
        node.replace(kind(this=column))
