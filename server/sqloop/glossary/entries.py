"""The glossary itself: entries, and descriptions for tables and columns that the database says nothing of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from sqloop.database.schema import Column, Schema, Table
from sqloop.glossary.definition import Definition, read_definition
from sqloop.glossary.matching import Stems, find_names, name_key
from sqloop.linking.question import Note

MOST_NOTES = 5
"""As many as a prompt shows."""


@dataclass(frozen=True)
class Entry:
    """What a name means, in words, in SQL or in both."""

    name: str
    means: str = ""
    sql: str = ""

    def define(self, schema: Schema) -> Definition | None:
        """Its SQL, where there is some that fits ``schema``."""
        fits = self.sql and not find_problem(self.sql, schema)
        return read_definition(self.sql, schema.dialect) if fits else None


@dataclass(frozen=True)
class Glossary:
    """``descriptions`` are pairs of a table or ``table.column`` and its text."""

    entries: tuple[Entry, ...] = ()
    descriptions: tuple[tuple[str, str], ...] = ()

    @cached_property
    def _by_key(self) -> dict[Stems, Entry]:
        return {name_key(entry.name): entry for entry in self.entries}

    def find(self, name: str) -> Entry | None:
        """The entry of that name, whatever its case and number."""
        return self._by_key.get(name_key(name))

    def notes(self, question: str, schema: Schema) -> tuple[Note, ...]:
        """What words of ``question`` mean, in their order: at most `MOST_NOTES`, those of the longest names.

        A model is told the SQL where it fits ``schema``, else the words; without words an entry is left out.
        """
        if not self.entries:
            return ()
        found: list[Note] = []
        for key, places in find_names(question, self._by_key).items():
            entry = self._by_key[key]
            if definition := entry.define(schema):
                found.append(Note(entry.name, definition.sql, places, definition.names))
            elif entry.means:
                found.append(Note(entry.name, entry.means, places))
        return tuple(sorted(found[:MOST_NOTES], key=lambda note: note.places))

    def describe(self, schema: Schema) -> Schema:
        """``schema`` with descriptions where it has no comments; the same one where there are none."""
        return _describe(schema, self.descriptions) if self.descriptions else schema

    def find_strangers(self, schema: Schema) -> list[str]:
        """The names of descriptions that ``schema`` has nothing for."""
        return [name for name, _ in self.descriptions if not _has(schema, name)]


def find_problem(sql: str, schema: Schema) -> str:
    """Why a definition does not fit ``schema``, in a few words; empty where it does."""
    try:
        unknown = read_definition(sql, schema.dialect).find_unknown(schema)
    except ValueError as error:
        return str(error)
    return f"there is no {', no '.join(unknown)}" if unknown else ""


@lru_cache(maxsize=4)
def _describe(schema: Schema, descriptions: tuple[tuple[str, str], ...]) -> Schema:
    told = {name.lower(): text for name, text in descriptions}

    def column(table: Table, each: Column) -> Column:
        text = told.get(f"{table.name}.{each.name}".lower())
        return replace(each, comment=text) if text and not each.comment else each

    def table(each: Table) -> Table:
        columns = tuple(column(each, inner) for inner in each.columns)
        comment = each.comment or told.get(each.name.lower(), "")
        same = comment == each.comment and all(a is b for a, b in zip(columns, each.columns, strict=True))
        return each if same else replace(each, columns=columns, comment=comment)

    return Schema(schema.dialect, tuple(map(table, schema.tables)))


def _has(schema: Schema, name: str) -> bool:
    owner, _, column = name.rpartition(".")
    table = schema.table(owner or name)
    return table is not None and (not owner or table.column(column) is not None)
