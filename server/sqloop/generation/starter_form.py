"""How the starter model is asked and how it answers.

Prompt: the schema, each table and column before a handle of one token, then the question, then the words of
it that may name something, each with the handles of what it may name. Answer: compact SQL in which handles
stand for names and values. So a small model points and never spells. A handle stands behind its description
and the list behind the whole question, because a causal model only looks back. `to_sql` makes the user's SQL
of an answer; `from_sql` writes the same form from SQL, for training.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqlglot import exp

from sqloop.database.link import MAX_MATCHES, ValueLink
from sqloop.database.schema import Column, Schema, Table
from sqloop.database.words import fold, identifier_words, split_text
from sqloop.generation import starter_tokens
from sqloop.generation.compact import compact
from sqloop.generation.expand import expand
from sqloop.generation.forms import Asked
from sqloop.generation.hints import find_hints, mentioned_tables
from sqloop.generation.mentions import NameIndex, Target, find_mentions, shared_prefix
from sqloop.generation.paths import owner_of, path_column, referred
from sqloop.generation.rendering import lift, literal_of, render
from sqloop.generation.selects import NotCompactableError, parse_query
from sqloop.generation.starter_grammar import starter_grammar
from sqloop.generation.starter_tokens import token

_HANDLE = re.compile(r"[tcv]\d+\Z")


@dataclass(frozen=True)
class _Handles:
    """The handle of each table and column, by their order in the schema, both ways."""

    of: dict[Target, str]
    names: dict[str, Target]

    def named(self, handle: str) -> Target:
        """What ``handle`` stands for; raises ValueError when the prompt does not show it."""
        if handle not in self.names:
            raise ValueError(f"an unknown handle: {handle}")
        return self.names[handle]


def _read_handles(schema: Schema) -> _Handles:
    tables = [Target(table.name, None) for table in schema.tables]
    columns = [Target(table.name, column.name) for table in schema.tables for column in table.columns]
    of = {target: f"t{i}" for i, target in enumerate(tables)}
    of |= {target: f"c{i}" for i, target in enumerate(columns)}
    return _Handles(of, {handle: target for target, handle in of.items()})


class StarterForm:
    """The prompt form of the starter model; holds no state."""

    name = "starter"

    def prefix(self, schema: Schema) -> str:
        """The schema: ``words t0 words kind key ref t1 c0 ...`` for each table."""
        handles = _read_handles(schema)
        skipped = len(shared_prefix(schema))
        parts = [token("schema")]
        for table in schema.tables:
            words = identifier_words(table.name)[skipped:]
            parts.append(_spaced(words) + token(handles.of[Target(table.name, None)]))
            parts += [_show_column(table, column, handles) for column in table.columns]
        return "".join(parts)

    def suffix(self, asked: Asked) -> str:
        """The question, its values behind their words, and then what its words and values may name."""
        schema, links = asked.schema, asked.links
        mentions = find_mentions(asked.question, NameIndex(schema), links)
        hints = find_hints(asked.question, schema, mentions, links)
        order = {table.name: i for i, table in enumerate(mentioned_tables(schema, mentions, links))}
        marks: dict[tuple[int, int], tuple[str, list[Target]]] = {}
        for mention in mentions:
            said = _say(asked.question[mention.start : mention.end])
            marks[mention.start, mention.end] = said, [*mention.targets, *hints.pop(mention.end, ())]
        for link in links:
            matches = sorted(link.matches, key=lambda match: order.get(match.table, len(order)))
            columns = [Target(match.table, match.column) for match in matches]
            said = token(link.handle)
            marks[link.start, link.end] = said, [*columns, *hints.pop(link.end, ())]
        for word in split_text(asked.question):
            if word.end in hints:
                marks[word.start, word.end] = _say(word.text), list(hints[word.end])
        values = {link.end: token(link.handle) for link in links}
        shown = "".join(_Marks(schema).show(said, targets) for _, (said, targets) in sorted(marks.items()))
        return f"{token('q')}{_insert(asked.question, values)}{token('names')}{shown}{token('sql')}"

    def grammar(self, asked: Asked) -> str:
        """Lark text that allows only what this prompt shows."""
        tables = asked.schema.tables
        columns = [Target(table.name, column.name) for table in tables for column in table.columns]
        number = {target: i for i, target in enumerate(columns)}
        values = [_columns_of(link, number) for link in asked.links]
        return starter_grammar(len(tables), len(columns), _measures(asked.schema), values)

    def to_sql(self, completion: str, asked: Asked) -> str:
        """SQL in the dialect of the schema; raises ValueError when the completion is none."""
        tree = parse_query(starter_tokens.to_sql(completion), asked.schema.dialect)
        _name_handles(tree, asked)
        return render(expand(tree, asked.schema), asked.schema.dialect)

    def from_sql(self, sql: str, asked: Asked) -> str:
        """The completion that `to_sql` turns into ``sql``; raises ValueError where there is none."""
        return self.write(lift(compact(sql, asked.schema)), asked)

    def write(self, tree: exp.Query, asked: Asked) -> str:
        """The completion of a compact ``tree``, which is used up."""
        handles = _read_handles(asked.schema)
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


def _columns_of(link: ValueLink, number: dict[Target, int]) -> list[int] | None:
    """The columns that hold a linked text; None for numbers, free text, and where there may be more."""
    targets = [Target(match.table, match.column) for match in link.matches]
    shown = [number[target] for target in targets if target in number]
    if not isinstance(link.value, str) or not shown or len(targets) >= MAX_MATCHES:
        return None
    return shown


def _measures(schema: Schema) -> list[int]:
    """The columns that can be added up: numbers, else all."""
    columns = [column for table in schema.tables for column in table.columns]
    return [i for i, column in enumerate(columns) if column.kind == "number"] or list(range(len(columns)))


def _spaced(words: Iterable[str]) -> str:
    return "".join(f" {word}" for word in words)


def _show_column(table: Table, column: Column, handles: _Handles) -> str:
    text = _spaced(identifier_words(column.name)) + token(column.kind)
    if column.name in table.primary_key:
        text += token("key")
    for key in table.foreign_keys:
        referred = handles.of.get(Target(key.referred_table, None))
        if column.name in key.columns and referred:
            text += token("ref") + token(referred)
    return text + token(handles.of[Target(table.name, column.name)])


def _say(text: str) -> str:
    return _spaced(fold(word.text) for word in split_text(text) if word.text[0].isalnum())


def _insert(question: str, values: dict[int, str]) -> str:
    """The words of ``question`` with a handle behind each value."""
    out = []
    for word in split_text(question):
        if word.text[0].isalnum():
            out.append(f" {fold(word.text)}")
        out += [values[end] for end in sorted(values) if word.start < end <= word.end]
    return "".join(out)


class _Marks:
    """Writes what words may name: table, kind and handle of each column."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._handles = _read_handles(schema)

    def show(self, said: str, targets: Iterable[Target]) -> str:
        """``said`` and its targets that the prompt shows; nothing where there is none."""
        parts, table_name = [], ""
        for target in dict.fromkeys(target for target in targets if target in self._handles.of):
            table = self._schema.table(target.table)
            column = table.column(target.column) if table and target.column else None
            if target.table != table_name:
                table_name = target.table
                parts.append(token(self._handles.of[Target(table_name, None)]))
            if table and column:
                kind = "key" if column.name in table.primary_key else column.kind
                parts.append(token(kind) + token(self._handles.of[target]))
        return said + "".join(parts)


@dataclass(frozen=True)
class _Owners:
    """Which table a column belongs to."""

    schema: Schema
    aliases: dict[str, str]

    def of(self, column: exp.Column) -> str:
        """The table at the end of its path."""
        return owner_of(column, self.schema, self.aliases)


def _name_handles(tree: exp.Query, asked: Asked) -> None:
    """Put tables, columns and values in the place of their handles."""
    handles = _read_handles(asked.schema)
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


def _name_column(column: exp.Column, handles: _Handles, owners: _Owners) -> exp.Column:
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


def _hide_name(node: exp.Column, handles: _Handles, owners: _Owners) -> exp.Column:
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
