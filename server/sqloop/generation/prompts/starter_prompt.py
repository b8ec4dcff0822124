"""What the starter model reads: a schema, and a question with what its words may name.

See `starter_form` for the order of things and its reasons.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqloop.database.schema import Column, Schema, Table
from sqloop.database.words import Word, fold, identifier_words, split_text
from sqloop.generation.prompts.forms import Asked
from sqloop.generation.prompts.starter_tokens import token
from sqloop.linking.mentions import Target, shared_prefix


@dataclass(frozen=True)
class Handles:
    """The handle of each table and column, by their order in the schema, both ways."""

    of: dict[Target, str]
    names: dict[str, Target]

    def named(self, handle: str) -> Target:
        """What ``handle`` stands for; raises ValueError when the prompt does not show it."""
        if handle not in self.names:
            raise ValueError(f"an unknown handle: {handle}")
        return self.names[handle]


def read_handles(schema: Schema) -> Handles:
    """Handles of everything that a prompt on ``schema`` shows."""
    tables = [Target(table.name, None) for table in schema.tables]
    columns = [Target(table.name, column.name) for table in schema.tables for column in table.columns]
    of = {target: f"t{i}" for i, target in enumerate(tables)}
    of |= {target: f"c{i}" for i, target in enumerate(columns)}
    return Handles(of, {handle: target for target, handle in of.items()})


def show_schema(schema: Schema) -> str:
    """``words t0 words kind key ref t1 c0 ...`` for each table."""
    handles = read_handles(schema)
    skipped = len(shared_prefix(schema))
    parts = [token("schema")]
    for table in schema.tables:
        words = identifier_words(table.name)[skipped:]
        parts.append(_spaced(words) + token(handles.of[Target(table.name, None)]))
        parts += [_show_column(table, column, handles) for column in table.columns]
    return "".join(parts)


def show_question(asked: Asked) -> str:
    """The question, its values behind their words, and then what its words and values may name."""
    links, hints, order = asked.links, dict(asked.linked.hints), asked.linked.order
    marks: dict[tuple[int, int], tuple[str, list[Target]]] = {}
    for mention in asked.linked.mentions:
        said = _say(asked.question[mention.start : mention.end])
        marks[mention.start, mention.end] = said, [*mention.targets, *hints.pop(mention.end, ())]
    for link in links:
        matches = sorted(link.matches, key=lambda match: order.get(match.table, len(order)))
        columns = [Target(match.table, match.column) for match in matches]
        said = token(link.handle)
        marks[link.start, link.end] = said, [*columns, *hints.pop(link.end, ())]
    for word in asked.linked.words:
        if word.end in hints:
            marks[word.start, word.end] = _say(word.text), list(hints[word.end])
    values = {link.end: token(link.handle) for link in links}
    shown = "".join(_Marks(asked.schema).show(said, targets) for _, (said, targets) in sorted(marks.items()))
    return f"{token('q')}{_insert(asked.linked.words, values)}{token('names')}{shown}{token('sql')}"


def _spaced(words: Iterable[str]) -> str:
    return "".join(f" {word}" for word in words)


def _show_column(table: Table, column: Column, handles: Handles) -> str:
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


def _insert(words: Iterable[Word], values: dict[int, str]) -> str:
    """The words of a question with a handle behind each value."""
    out = []
    for word in words:
        if word.text[0].isalnum():
            out.append(f" {fold(word.text)}")
        out += [values[end] for end in sorted(values) if word.start < end <= word.end]
    return "".join(out)


class _Marks:
    """Writes what words may name: table, kind and handle of each column."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._handles = read_handles(schema)

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
