"""The same database as somebody else would have set it up: names spelled in another style, another dialect.

A model that has seen ``user_name``, ``UserName`` and ``USER_NAME`` for the same thing reads names, and does
not expect one company's habits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random

import sqlglot
from sqlglot import exp

from sqloop.database.link import ValueLink
from sqloop.database.schema import ForeignKey, Schema, Table
from sqloop.database.words import split_name

_STYLES: tuple[Callable[[tuple[str, ...]], str], ...] = (
    lambda words: "_".join(words),
    lambda words: "".join(word.capitalize() for word in words),
    lambda words: words[0] + "".join(word.capitalize() for word in words[1:]),
    lambda words: "_".join(words).upper(),
    lambda words: "".join(words),
    lambda words: " ".join(word.capitalize() for word in words),
)
_MYSQL = {"INTEGER": "int", "REAL": "double", "TEXT": "varchar", "BLOB": "blob", "NUMERIC": "decimal"}


class Spelling:
    """One style for all names of ``schema``; `usable` where no two names become one."""

    def __init__(self, schema: Schema, random: Random) -> None:
        style = random.choice(_STYLES)
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

    def sql(self, sql: str, schema: Schema) -> str:
        """A query on the schema, rewritten. Raises SqlglotError."""
        tree = sqlglot.parse_one(sql, read=schema.dialect)
        for name in tree.find_all(exp.Identifier):
            spelled = self.of(str(name.this))
            if spelled != name.this:
                name.replace(
                    exp.to_identifier(spelled, quoted=not spelled.replace("_", "").isalnum() or None)
                )
        return tree.sql(schema.dialect)

    def link(self, link: ValueLink) -> ValueLink:
        """A link to stored values, to the same columns."""
        matches = tuple(
            replace(match, table=self.of(match.table), column=self.of(match.column)) for match in link.matches
        )
        return replace(link, matches=matches)

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


def as_mysql(schema: Schema) -> Schema:
    """The schema as MariaDB would introspect it."""
    tables = tuple(
        replace(
            table,
            columns=tuple(
                replace(column, type=_MYSQL.get(column.type.upper(), column.type.lower()))
                for column in table.columns
            ),
        )
        for table in schema.tables
    )
    return Schema("mysql", tables)


def crowd(schema: Schema, others: Mapping[str, Schema], most_columns: int, random: Random) -> Schema:
    """``schema`` among tables of another one: most of a large database is beside the point."""
    taken = {table.name.lower() for table in schema.tables}
    room = most_columns - sum(len(table.columns) for table in schema.tables)
    added: list[Table] = []
    for table in random.choice(list(others.values())).tables:
        room -= len(table.columns)
        if room >= 0 and table.name.lower() not in taken:
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
