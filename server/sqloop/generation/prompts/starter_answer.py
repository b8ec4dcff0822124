"""The starter model's answers: names and values in the place of their handles, and back.

See `starter_form`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlglot import exp

from sqloop.database.schema import Schema
from sqloop.database.words import fold
from sqloop.generation.compact.paths import owner_of, path_column, referred
from sqloop.generation.compact.rendering import literal_of
from sqloop.generation.compact.selects import NotCompactableError
from sqloop.generation.prompts import starter_tokens
from sqloop.generation.prompts.forms import Asked
from sqloop.generation.prompts.starter_prompt import Handles, read_handles
from sqloop.linking.link import ValueLink
from sqloop.linking.mentions import Target

_HANDLE = re.compile(r"[tcv]\d+\Z")


def write_answer(tree: exp.Query, asked: Asked) -> str:
    """The completion that says a compact ``tree``, which is used up."""
    handles = read_handles(asked.schema)
    aliases = {table.alias: table.name for table in tree.find_all(exp.Table) if table.alias}
    owners = _Owners(asked.schema, aliases)
    for literal in list(tree.find_all(exp.Literal)):
        handle = _find_value(literal, asked.links, owners)
        if handle:
            literal.replace(exp.column(handle))
    for node in list(tree.find_all(exp.Column)):
        if node.table and not isinstance(node.this, exp.Star):
            node.replace(_hide_name(node, handles, owners))
    for table in list(tree.find_all(exp.Table)):
        table.set("this", exp.to_identifier(handles.of[Target(table.name, None)]))
    return starter_tokens.from_sql(_write_functions(tree).sql())


@dataclass(frozen=True)
class _Owners:
    """Which table a column belongs to."""

    schema: Schema
    aliases: dict[str, str]

    def of(self, column: exp.Column) -> str:
        """The table at the end of its path."""
        return owner_of(column, self.schema, self.aliases)


def name_handles(tree: exp.Query, asked: Asked) -> None:
    """Put tables, columns and values in the place of their handles."""
    handles = read_handles(asked.schema)
    links = {link.handle: link for link in asked.links}
    owners = _Owners(asked.schema, {})
    for table in tree.find_all(exp.Table):
        name = handles.named(table.name).table
        if table.alias:
            owners.aliases[table.alias] = name
        table.set("this", exp.to_identifier(name))
    values = []
    for column in list(tree.find_all(exp.Column)):
        if column.name in links:
            values.append((column, links[column.name]))
        elif _HANDLE.match(column.name):
            column.replace(_name_column(column, handles, owners))
    for node, link in values:
        node.replace(_write_value(node, link, owners))


def _name_column(column: exp.Column, handles: Handles, owners: _Owners) -> exp.Column:
    """A column by its names; each key before it must lead to the table of what follows."""
    parts = [part.name for part in column.parts]
    alias = "" if _HANDLE.match(parts[0]) else parts.pop(0)
    targets = [handles.named(part) for part in parts]
    tables = [owners.aliases.get(alias) if alias else targets[0].table]
    tables += [referred(each.table, each.column or "", owners.schema)[0].name for each in targets[:-1]]
    if [each.table for each in targets] != tables:
        raise NotCompactableError("a column of another table")
    return path_column(
        targets[-1].column or "", alias or targets[0].table, *(t.column or "" for t in targets[:-1])
    )


def _write_value(node: exp.Column, link: ValueLink, owners: _Owners) -> exp.Expr:
    """The literal of ``link`` as the column that it is compared with stores it."""
    parent = node.parent
    if isinstance(parent, exp.Like):
        return exp.Literal.string(f"%{link.value}%")
    if isinstance(parent, (exp.StartsWith, exp.EndsWith)):
        return exp.Literal.string(str(link.value))
    beside = _compared_with(node)
    table = owners.schema.table(owners.of(beside)) if beside else None
    column = table.column(beside.name) if table and beside else None
    if table is None or column is None:
        return literal_of(link.value, None)
    return literal_of(link.stored(table.name, column.name), column)


def _compared_with(node: exp.Column) -> exp.Column | None:
    """The column on the other side of the comparison that ``node`` stands in."""
    parent = node.parent
    if not isinstance(parent, (exp.Predicate, exp.Between, exp.In)):
        return None
    other = parent.args.get("this")
    if other is node and isinstance(parent, exp.Binary):
        other = parent.args.get("expression")
    if isinstance(other, exp.Window) and isinstance(other.this, (exp.Lag, exp.Lead)):
        other = other.this.this
    return other if isinstance(other, exp.Column) and other is not node else None


def _write_functions(tree: exp.Query) -> exp.Query:
    """Spell what the language has its own token for, and drop what it has none for."""
    for node in list(tree.find_all(exp.StartsWith, exp.EndsWith, exp.Year, exp.Month, exp.Day)):
        arguments = [node.this, node.expression] if node.expression else [node.this]
        node.replace(exp.Anonymous(this=node.sql_name(), expressions=arguments))
    for division in tree.find_all(exp.Div):
        division.set("safe", False)
        division.set("typed", False)
    for ordered in tree.find_all(exp.Ordered):
        descending = bool(ordered.args.get("desc"))
        ordered.set("desc", descending or None)
        ordered.set("nulls_first", not descending)
    return tree


def _find_value(literal: exp.Literal, links: tuple[ValueLink, ...], owners: _Owners) -> str | None:
    """The handle of the link that means ``literal``: stored so in its column, stored so, or read so."""
    text = fold(literal.name)
    if text in ("1.0", "100.0"):
        return None  # Factors of ratios and shares, which no question says so.
    parent = literal.parent
    column = parent.args.get("this") if parent else None
    beside = (owners.of(column), column.name) if isinstance(column, exp.Column) else None
    unused: str | None = None
    for link in links:
        for match in link.matches:
            if fold(match.value) == text:
                if beside == (match.table, match.column):
                    return link.handle
                unused = unused or link.handle
        if unused is None and (fold(str(link.value)) == text or _same_number(link.value, text)):
            unused = link.handle
    return unused


def _same_number(value: str | int | float, text: str) -> bool:
    try:
        return not isinstance(value, str) and float(value) == float(text)
    except ValueError:
        return False


def _hide_name(node: exp.Column, handles: Handles, owners: _Owners) -> exp.Column:
    """The handles of a column: an alias stays before it, so does each key that leads to it."""
    first, *names = (part.name for part in node.parts)
    steps, table = [first] if first in owners.aliases else [], owners.aliases.get(first, first)
    for count, name in enumerate(names, 1):
        handle = handles.of.get(Target(table, name))
        if handle is None:
            raise NotCompactableError(f"no handle for {table}.{name}")
        steps.append(handle)
        if count < len(names):
            table = referred(table, name, owners.schema)[0].name
    return path_column(steps[-1], *steps[:-1])
