"""Two queries of a dialogue side by side: the one before, and the one that was written for what was said."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqloop.database.checking.parsing import parse_statement, write_statement
from sqloop.database.schema import Dialect

_OTHERWISE = ("with_", "distinct", "windows", "qualify", "laterals")


def read_both(sql: str, before: str, dialect: Dialect) -> tuple[exp.Select, exp.Select] | None:
    """The trees of ``before`` and ``sql``, with the same names of tables; None where they differ too much."""
    try:
        old, new = (parse_statement(each, dialect).copy() for each in (before, sql))
    except SqlglotError:
        return None
    names = _same_tables(old, new)
    if names is None or not isinstance(old, exp.Select) or not isinstance(new, exp.Select):
        return None
    _rename(old, names)
    return old, new


def write_tree(tree: exp.Expr, dialect: Dialect) -> str | None:
    """Its text; None where it cannot be written."""
    try:
        return write_statement(tree, dialect)
    except SqlglotError:
        return None


def _same_tables(old: exp.Expr, new: exp.Expr) -> dict[str, str] | None:
    """What the new query calls each source of the old one; None where the two cannot be compared."""
    found = []
    for tree in (old, new):
        plain = isinstance(tree, exp.Select) and not any(tree.args.get(part) for part in _OTHERWISE)
        tables = list(own_tables(tree)) if plain else []
        by_name = {table.name.lower(): table.alias_or_name for table in tables}
        if not tables or len(by_name) < len(tables) or tree.find(exp.Subquery):
            return None
        found.append(by_name)
    if not found[0].keys() <= found[1].keys():
        return None
    return {alias.lower(): found[1][name] for name, alias in found[0].items()}


def own_tables(tree: exp.Expr) -> Iterator[exp.Table]:
    """Those of its FROM and its joins."""
    source = tree.args.get("from_")
    for each in [source, *(tree.args.get("joins") or [])]:
        if each is not None and isinstance(each.this, exp.Table):
            yield each.this


def _rename(tree: exp.Expr, names: dict[str, str]) -> None:
    """Write every column with the source that the other query has for it."""
    for column in tree.find_all(exp.Column):
        alias = column.table.lower() or (next(iter(names)) if len(names) == 1 else "")
        if alias in names:
            column.set("table", exp.to_identifier(names[alias]))


def groups_of(tree: exp.Expr) -> list[exp.Expr]:
    """What it groups by."""
    group = tree.args.get("group")
    return list(group.expressions) if group is not None else []


def key_of(node: exp.Expr, sources: list[str]) -> str:
    """A text that is the same for the same expression; a column without a table is of the only source."""
    node = node.copy()
    for column in node.find_all(exp.Column):
        if not column.table and len(sources) == 1:
            column.set("table", exp.to_identifier(sources[0]))
    return node.sql().lower()
