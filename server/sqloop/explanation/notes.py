"""Whether a query takes a word for what the glossary says: its condition, expression or join is in the tree.

What a model writes need not be spelt as the definition: columns may go by an alias, sides may be turned, and
``status IN ('A')`` or ``status <> 'A'`` use ``status = 'A'``. So a part of the tree counts that has its
columns and values and is of its kind. Of a meaning in plain words, the names of the schema are looked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqloop.database.checking.parsing import parse_statement
from sqloop.database.schema import Schema
from sqloop.explanation.sources import Sources, list_conditions
from sqloop.glossary import read_definition
from sqloop.linking.question import Note

_CHAINS = {exp.In: (exp.Or,), exp.Or: (exp.In,), exp.Between: (exp.And,)}
"""What else a condition may be written as."""

_SWITCHES = {"0", "1"}
"""Values that a condition may do without: ``WHERE active``."""


@dataclass(frozen=True)
class _Part:
    """``columns`` are pairs of table and column, with an empty table where it is not known."""

    columns: set[tuple[str, str]]
    values: set[str]
    kinds: set[type[exp.Expr]]

    def is_in(self, other: _Part) -> bool:
        """Whether ``other`` has all of it."""
        named = all(any(_is_same(each, its) for its in other.columns) for each in self.columns)
        return named and self.values <= other.values and self.kinds <= other.kinds


def uses_note(note: Note, tree: exp.Expr, schema: Schema) -> bool:
    """Whether the query takes ``note`` for granted; also where neither SQL nor a name of the schema tells.

    >>> from sqloop.database.schema import Column, Table
    >>> columns = Column("id", "INT", "number"), Column("status", "TEXT", "text")
    >>> shop = Schema("sqlite", (Table("clients", columns),))
    >>> active = Note("active", "clients.status = 'A'", names=("status",))
    >>> queries = "SELECT id FROM clients AS c WHERE c.status = 'A'", "SELECT status FROM clients"
    >>> [uses_note(active, parse_statement(each, "sqlite"), shop) for each in queries]
    [True, False]
    """
    if not note.names:
        return _names_alike(note.meaning, tree, schema)
    try:
        definition = read_definition(note.meaning, schema.dialect)
        if definition.kind == "join":
            return {name.lower() for name in definition.tables} <= _tables(tree)
        (meaning,) = parse_statement(f"SELECT {note.meaning}", schema.dialect).expressions
    except (SqlglotError, ValueError):  # It is of another database.
        return False
    return all(_occurs(part, tree, schema) for part in list_conditions(meaning))


def _names_alike(words: str, tree: exp.Expr, schema: Schema) -> bool:
    said = {word.lower() for word in re.findall(r"\w+", words)}
    columns = said & {column.name.lower() for table in schema.tables for column in table.columns}
    tables = said & {table.name.lower() for table in schema.tables}
    if columns:
        return not columns.isdisjoint(column.name.lower() for column in tree.find_all(exp.Column))
    return not tables or not tables.isdisjoint(_tables(tree))


def _tables(tree: exp.Expr) -> set[str]:
    return {table.name.lower() for table in tree.find_all(exp.Table)}


def _occurs(part: exp.Expr, tree: exp.Expr, schema: Schema) -> bool:
    while isinstance(part, exp.Not | exp.Paren):
        part = part.this
    wanted = _read(part, schema)
    wanted = replace(wanted, values=wanted.values - _SWITCHES)
    if part.find(exp.Query, exp.Case):  # It may stand in several places: a CASE becomes a WHERE.
        return _tables(part) <= _tables(tree) and wanted.is_in(_read(tree, schema))
    return any(wanted.is_in(_read(each, schema)) for each in _candidates(part, tree))


def _candidates(part: exp.Expr, tree: exp.Expr) -> list[exp.Expr]:
    """The parts of the tree that may say the same; of a chain the whole."""
    if isinstance(part, exp.Is) or not isinstance(part, exp.Predicate | exp.Connector):
        return _find(tree, type(part))
    written = [each for kind, others in _CHAINS.items() if isinstance(part, kind) for each in others]
    found = _find(tree, type(part), exp.Predicate, *written)
    alone = [
        each for each in tree.find_all(exp.Column) if isinstance(each.parent, exp.Where | exp.And | exp.Not)
    ]
    return [*alone, *(each for each in found if not isinstance(each, exp.Is | exp.Exists))]


def _find(tree: exp.Expr, *kinds: type[exp.Expr]) -> list[exp.Expr]:
    return [each for each in tree.find_all(*kinds) if type(each.parent) is not type(each)]


def _read(node: exp.Expr, schema: Schema) -> _Part:
    columns = {(_owner(each, schema), each.name.lower()) for each in node.find_all(exp.Column)}
    values = {_value(each) for each in node.find_all(exp.Literal)}
    return _Part(columns, values, {type(each) for each in node.find_all(exp.AggFunc, exp.Distinct)})


def _is_same(one: tuple[str, str], other: tuple[str, str]) -> bool:
    return one[1] == other[1] and (one[0] == other[0] or "" in (one[0], other[0]))


def _owner(column: exp.Column, schema: Schema) -> str:
    """The table of a column in lower case; empty where that is not known."""
    select = column.find_ancestor(exp.Select)
    while select is not None:
        if found := Sources(select, schema).find(column):
            return found[0].name.lower()
        select = select.find_ancestor(exp.Select)
    return column.table.lower() if schema.table(column.table) else ""


def _value(literal: exp.Literal) -> str:
    """Its text, the same for 5 and 5.0."""
    try:
        return literal.name if literal.is_string else f"{float(literal.name):g}"
    except ValueError:
        return literal.name
