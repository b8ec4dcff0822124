"""The same database as somebody else would have set it up: names spelled in another style, another dialect.

A model that has seen ``user_name``, ``UserName`` and ``USER_NAME`` for the same thing reads names, and does
not expect one company's habits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from random import Random

import sqlglot
from sqlglot import exp

from sqloop.database.schema import Dialect, ForeignKey, Schema, Table
from sqloop.database.words import split_name
from sqloop.linking.link import ValueLink

Style = Callable[[tuple[str, ...]], str]

ALL: tuple[Style, ...] = (
    lambda words: "_".join(words),
    lambda words: "".join(word.capitalize() for word in words),
    lambda words: words[0] + "".join(word.capitalize() for word in words[1:]),
    lambda words: "_".join(words).upper(),
    lambda words: "".join(words),
    lambda words: " ".join(word.capitalize() for word in words),
)
FOLDED: tuple[Style, ...] = (ALL[0], ALL[4])
"""Those that PostgreSQL keeps as they are."""

_DOTTED = re.compile(r"\b([A-Za-z_]\w*)\.([A-Za-z_]\w*)\b")


class Spelling:
    """One style for all names of ``schema``; `usable` where no two names become one."""

    def __init__(self, schema: Schema, random: Random, styles: Sequence[Style] = ALL) -> None:
        style = random.choice(styles)
        self._names: dict[str, str] = {}
        self.usable = True
        for table in schema.tables:
            for name in (table.name, *(column.name for column in table.columns)):
                words = tuple(word.lower() for word in split_name(name)) or (name,)
                self._names[name.lower()] = style(words)
            columns = {self._names[column.name.lower()].lower() for column in table.columns}
            self.usable &= len(columns) == len(table.columns)
        tables = {self._names[table.name.lower()].lower() for table in schema.tables}
        self.usable &= len(tables) == len(schema.tables)

    def of(self, name: str) -> str:
        """The name in this style; what is no name of the schema stays."""
        return self._names.get(name.lower(), name)

    def schema(self, schema: Schema) -> Schema:
        """The schema in this style."""
        return Schema(schema.dialect, tuple(map(self._table, schema.tables)))

    def sql(self, sql: str, dialect: Dialect) -> str:
        """A query, rewritten. Raises SqlglotError."""
        tree = sqlglot.parse_one(sql, read=dialect)
        for name in tree.find_all(exp.Identifier):
            spelled = self.of(str(name.this))
            if spelled != name.this:
                name.replace(
                    exp.to_identifier(spelled, quoted=not spelled.replace("_", "").isalnum() or None)
                )
        return tree.sql(dialect)

    def text(self, text: str) -> str:
        """A text in which columns are named with their tables."""
        return _DOTTED.sub(lambda found: ".".join(map(self._bare, found.groups())), text)

    def link(self, link: ValueLink) -> ValueLink:
        """A link to stored values, to the same columns."""
        return rename_link(link, self.of)

    def _bare(self, name: str) -> str:
        spelled = self.of(name)
        return spelled if spelled.replace("_", "").isalnum() else f'"{spelled}"'

    def _table(self, table: Table) -> Table:
        return replace(
            table,
            name=self.of(table.name),
            columns=tuple(replace(column, name=self.of(column.name)) for column in table.columns),
            primary_key=tuple(map(self.of, table.primary_key)),
            foreign_keys=tuple(
                ForeignKey(
                    tuple(map(self.of, key.columns)),
                    self.of(key.referred_table),
                    tuple(map(self.of, key.referred_columns)),
                )
                for key in table.foreign_keys
            ),
        )


def rename_link(link: ValueLink, of: Callable[[str], str]) -> ValueLink:
    """A link to the same stored values where ``of`` tells how tables and columns are called now."""
    matches = (replace(match, table=of(match.table), column=of(match.column)) for match in link.matches)
    return replace(link, matches=tuple(matches))


def crowd(schema: Schema, others: Mapping[str, Schema], most_columns: int, random: Random) -> Schema:
    """``schema`` among tables of others: most of a large database is beside the point."""
    taken = {table.name.lower() for table in schema.tables}
    room = most_columns - sum(len(table.columns) for table in schema.tables)
    added: list[Table] = []
    for other in random.sample(list(others.values()), min(5, len(others))):
        for table in other.tables:
            if len(table.columns) <= room and table.name.lower() not in taken:
                room -= len(table.columns)
                taken.add(table.name.lower())
                added.append(table)
    names = {table.name for table in added}
    kept = [
        replace(table, foreign_keys=tuple(key for key in table.foreign_keys if key.referred_table in names))
        for table in added
    ]
    tables = [*schema.tables, *kept]
    random.shuffle(tables)
    return replace(schema, tables=tuple(tables))
