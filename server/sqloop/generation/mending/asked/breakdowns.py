"""One figure for each of what stands behind "per", where a query folds all rows into one.

Works on the syntax tree, in place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sqlglot import exp

from sqloop.database.schema import Table
from sqloop.database.words import identifier_stems, split_text
from sqloop.generation.mending.paths import name_of
from sqloop.generation.mending.scopes import Scopes

_PER = re.compile(r"\b(?:per|(?:for|in|of|at)\s+(?:each|every))\s+", re.IGNORECASE)
_END = re.compile(
    r"\s*(?:$|[,.;:?]|(?:for|in|of|at|on|from|to|with|and|but|since|during|between|before|after|over|among|"
    r"who|that|which|where)\b)",
    re.IGNORECASE,
)
"""What ends the name of a group."""
_LONGEST = 3
_OTHERWISE = ("group", "having", "order", "limit", "distinct", "with_", "windows")


def break_down(tree: exp.Expr, question: str, scopes: Scopes) -> None:
    """Mend ``tree``, a query that answers ``question``, in place.

    Only where all that it shows are aggregates over all rows, and the words behind "per" are the name of one
    column of texts or days of a table that it reads, alone or behind the table's name.

    >>> import sqlglot
    >>> from sqloop.database.schema import Column, Schema, Table
    >>> columns = Column("brand", "TEXT", "text"), Column("fee", "REAL", "number")
    >>> schema = Schema("sqlite", (Table("skates", columns),))
    >>> for question in ("What is the fee per skate brand in 2024?", "What is the fee per month?"):
    ...     tree = sqlglot.parse_one("SELECT AVG(s.fee) FROM skates AS s")
    ...     break_down(tree, question, Scopes(tree, schema))
    ...     tree.sql()
    'SELECT brand, AVG(s.fee) FROM skates AS s GROUP BY brand'
    'SELECT AVG(s.fee) FROM skates AS s'
    """
    if not isinstance(tree, exp.Select) or any(tree.args.get(part) for part in _OTHERWISE):
        return
    if not all(isinstance(each.unalias(), exp.AggFunc) for each in tree.expressions):
        return
    sources = scopes.sources(tree)
    tables = [(source.name, source.table) for source in sources.values() if source.table is not None]
    if len(tables) < len(sources):
        return
    for match in _PER.finditer(question):
        found = _find(question[match.end() :], tables)
        read = {column.name.lower() for column in tree.find_all(exp.Column)}
        if len(found) == 1 and found[0][1].lower() not in read:  # one figure for each may stand side by side
            source, name = found[0]
            owner = source.copy() if len(tables) > 1 else None
            column = exp.Column(this=name_of(name, scopes.schema), table=owner)
            tree.set("expressions", [column, *tree.expressions])
            tree.set("group", exp.Group(expressions=[column.copy()]))
            return


def _find(text: str, tables: Sequence[tuple[exp.Expression, Table]]) -> list[tuple[exp.Expression, str]]:
    """The columns that the first words of a text name, with nothing more of a name behind them."""
    words = split_text(text)[:_LONGEST]
    for count, last in enumerate(words, 1):
        if _END.match(text[last.end :]):
            said = tuple(word.stem for word in words[:count])
            return [(source, name) for source, table in tables for name in _called(said, table)]
    return []


def _called(said: tuple[str, ...], table: Table) -> Iterator[str]:
    """The columns of texts or days that are called so, alone or behind the name of their table."""
    keys = {name for key in table.foreign_keys for name in key.columns} | {*table.primary_key}
    for column in table.columns:
        own = identifier_stems(column.name)
        if (
            column.kind in ("text", "date")
            and column.name not in keys
            and said in (own, _end_of(table) + own)
        ):
            yield column.name


def _end_of(table: Table) -> tuple[str, ...]:
    """The stem of the last word of its name."""
    return identifier_stems(table.name)[-1:]
