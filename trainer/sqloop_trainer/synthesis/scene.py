"""One filled database to ask about: its words, its values, and how tables hang together.

Everything that the patterns need to know, so that they read as sentences.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random

from sqloop.database.schema import Column, Table
from sqloop_trainer.synthesis.adjectives import Degrees, degrees_of
from sqloop_trainer.synthesis.schemas.domains import Domain
from sqloop_trainer.synthesis.schemas.lexicon import read_lexicon
from sqloop_trainer.synthesis.schemas.nouns import pluralize, singularize
from sqloop_trainer.synthesis.schemas.spelling import Words

_PEOPLE = frozenset(
    (
        "customer employee student teacher author member director actor artist player passenger guest "
        "patient doctor agent tenant user driver coach candidate officer scientist volunteer donor "
        "musician person people owner instructor professor staff client manager athlete singer"
    ).split()
)
IDLE_WORDS = 0.04
"""How often a noun has a word before it that no column knows: such a word filters nothing."""

_IDLE = (
    "International",
    "National",
    "Official",
    "Registered",
    "Known",
    "Existing",
    "Individual",
    "Professional",
    "Listed",
    "Recorded",
    "Various",
)
_NAMES = (
    "name",
    "title",
    "full name",
    "first name",
    "username",
    "label",
    "subject",
    "model",
    "number",
    "code",
)


@dataclass(frozen=True)
class Role:
    """What the key ``column`` refers to, where its table alone does not tell which row: ``noun`` does."""

    column: str
    table: Table
    noun: str


class Scene:
    """``value`` cells are drawn from the rows that are there, so that questions have answers."""

    def __init__(self, domain: Domain, connection: sqlite3.Connection, random: Random) -> None:
        self.domain = domain
        self.schema = domain.schema
        self.connection = connection
        self.random = random
        self._values: dict[tuple[str, str], list[str | int | float]] = {}
        self._counts: dict[tuple[str, str], int] = {}

    # Tables

    @cached_property
    def tables(self) -> list[Table]:
        """Tables with something to ask about, the richer ones more often."""
        return [table for table in self.schema.tables if self.plain(table)]

    def table(self) -> Table:
        """Any table worth asking about: those with more columns and more rows more often."""
        return self.random.choices(self.tables, self._weights)[0]

    @cached_property
    def _weights(self) -> list[float]:
        return [min(len(self.plain(table)), 5) * (self._count(table) + 1) ** 0.5 for table in self.tables]

    def is_detail(self, table: Table, owner: Table) -> bool:
        """Whether each row of ``owner`` has one row here at the most: nothing to count or to list."""
        for column, parent in self.parents(table):
            single = self._count(table) > 4 and self._count(table) == self._count(table, column)
            if parent is owner:
                return single
            if owner in self.ancestors(parent):
                return single and self.is_detail(parent, owner)
        return False

    def uniqueness(self, table: Table, column: Column) -> float:
        """How many of the rows have a value of their own: above 0 to 1."""
        return (self._count(table, column.name) + 1) / (self._count(table) + 1)

    def _count(self, table: Table, distinct: str = "") -> int:
        key = (table.name, distinct)
        if key not in self._counts:
            counted = f'DISTINCT "{distinct}"' if distinct else "*"
            found = self.connection.execute(f'SELECT COUNT({counted}) FROM "{table.name}"').fetchone()
            self._counts[key] = int(found[0])
        return self._counts[key]

    def noun(self, table: Table, plural: bool = True) -> str:
        """What rows of ``table`` are called, now and then with a word that means nothing here."""
        words = self._base(table)
        entity = read_lexicon().get("_".join(words))
        if entity and entity.synonyms and self.random.random() < 0.15:
            words = tuple(self.random.choice(entity.synonyms).split())
        if self.random.random() < IDLE_WORDS:
            words = (self.idle(), *words)
        return " ".join((*words[:-1], pluralize(words[-1]))) if plural else " ".join(words)

    def idle(self) -> str:
        """A word that filters nothing."""
        word = self.one_of(_IDLE)
        return word if self.random.random() < 0.5 else word.lower()

    def _base(self, table: Table) -> Words:
        words = self.domain.words[table.name, None]
        return (*words[:-1], singularize(words[-1]))

    def is_people(self, table: Table) -> bool:
        """Whether "who" asks for rows of ``table``."""
        return self._base(table)[-1] in _PEOPLE

    # Columns

    def plain(self, table: Table) -> list[Column]:
        """Columns that are no keys."""
        keys = self._keys(table)
        return [column for column in table.columns if column.name not in keys and column.kind != "other"]

    def _keys(self, table: Table) -> set[str]:
        keys = {name for key in table.foreign_keys for name in key.columns}
        if len(table.primary_key) == 1:
            keys.add(table.primary_key[0])
        return keys | {c.name for c in table.columns if self.domain.words[table.name, c.name][-1:] == ("id",)}

    def of_kind(self, table: Table, *kinds: str) -> list[Column]:
        """Columns of these kinds that are no keys."""
        return [column for column in self.plain(table) if column.kind in kinds]

    def measures(self, table: Table) -> list[Column]:
        """Numbers that can be added and averaged."""
        return [
            c
            for c in self.of_kind(table, "number")
            if not self.is_year(table, c) and not self._coded(table, c)
        ]

    def _coded(self, table: Table, column: Column) -> bool:
        words = self.words(table, column)
        return bool({"number", "code", "phone", "zip"} & set(words)) or words[-1:] in (("month",), ("day",))

    def is_year(self, table: Table, column: Column) -> bool:
        """Whether the column holds years."""
        return "year" in self.words(table, column)

    def categories(self, table: Table) -> list[Column]:
        """Columns whose values repeat, so that one can group by them."""
        found = []
        for column in self.of_kind(table, "text", "number"):
            values = self.values(table, column)
            if 2 <= len(set(values)) <= 0.6 * len(values) and (
                column.kind == "text" or self.is_year(table, column)
            ):
                found.append(column)
        return found

    def shown(self, table: Table) -> list[Column]:
        """The columns that stand for a row: its name, or first and last name, or its first plain column."""
        by_words = {" ".join(self.words(table, column)): column for column in self.plain(table)}
        if "first name" in by_words and "last name" in by_words:
            return [by_words["first name"], by_words["last name"]]
        for name in _NAMES:
            if name in by_words:
                return [by_words[name]]
        own = [c for words, c in by_words.items() if words.endswith(" name")]
        return own[:1] or [table.columns[0]]

    def words(self, table: Table, column: Column) -> Words:
        """The words of a column's name, those of its table left out."""
        words = self.domain.words[table.name, column.name]
        base = self._base(table)
        if len(words) > len(base) and words[: len(base)] == base:
            return words[len(base) :]
        return words

    def phrase(self, table: Table, column: Column) -> str:
        """How a question names a column."""
        words = self.words(table, column)
        if words[-1:] == ("on",) and len(words) > 1:
            words = (*words[:-1], "date")
        attribute = self.domain.attributes.get(words)
        if attribute and attribute.synonyms and self.random.random() < 0.25:
            return self.random.choice(attribute.synonyms)
        full = self.domain.words[table.name, column.name]
        return " ".join(full if self.random.random() < 0.1 else words)

    def adjectives(self, table: Table, column: Column) -> tuple[str, str]:
        """What the greatest and the least are called, where there are words: ("priciest", "cheapest")."""
        attribute = self.domain.attributes.get(self.words(table, column))
        known = self.degrees(table, column)
        if known and not (attribute and attribute.high and self.random.random() < 0.5):
            return self.one_of(known.most.split("|")), self.one_of(known.least.split("|"))
        return (attribute.high, attribute.low) if attribute else ("", "")

    def degrees(self, table: Table, column: Column) -> Degrees | None:
        """The words for more and less of a column, where any schema has them."""
        return degrees_of(self.words(table, column))

    # Rows

    def values(self, table: Table, column: Column) -> list[str | int | float]:
        """All values of a column that are not null."""
        key = (table.name, column.name)
        if key not in self._values:
            rows = self.connection.execute(
                f'SELECT "{column.name}" FROM "{table.name}" WHERE "{column.name}" IS NOT NULL LIMIT 200'
            )
            self._values[key] = [_whole(row[0]) for row in rows]
        return self._values[key]

    # Keys

    def parents(self, table: Table) -> list[tuple[str, Table]]:
        """Foreign key columns and the tables they refer to, where that is unambiguous and not itself."""
        found = []
        for key in table.foreign_keys:
            parent = self.schema.table(key.referred_table)
            alone = sum(other.referred_table == key.referred_table for other in table.foreign_keys) == 1
            if parent and parent.name != table.name and alone and len(key.columns) == 1:
                found.append((key.columns[0], parent))
        return found

    def roles(self, table: Table) -> list[Role]:
        """What keys to the table itself, or several keys to one table, refer to."""
        found = []
        for key in table.foreign_keys:
            parent = self.schema.table(key.referred_table)
            alone = sum(other.referred_table == key.referred_table for other in table.foreign_keys) == 1
            if parent and len(key.columns) == 1 and (parent.name == table.name or not alone):
                column = table.column(key.columns[0])
                words = self.domain.words[table.name, column.name] if column else ()
                kept = words[:-1] if words[-1:] in (("id",), ("code",), ("key",), ("number",)) else words
                if column and kept and len(table.primary_key) == 1:
                    found.append(Role(column.name, parent, " ".join(kept)))
        return found

    def ancestors(self, table: Table) -> list[Table]:
        """Tables that this one refers to, directly or through others, the nearest first."""
        found = [parent for _, parent in self.parents(table)]
        for one in found:
            found += [up for _, up in self.parents(one) if up not in found and up.name != table.name]
        return found

    def children(self, table: Table) -> list[tuple[str, Table]]:
        """Tables that refer to this one, with the column that does."""
        return [
            (column, child)
            for child in self.schema.tables
            for column, parent in self.parents(child)
            if parent.name == table.name
        ]

    def one_of(self, choices: Sequence[str]) -> str:
        """Any of ``choices``."""
        return self.random.choice(choices)


def _whole(value: str | int | float) -> str | int | float:
    """27.0 as people say it."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def ref(table: Table, column: Column | str) -> str:
    """A column in compact SQL."""
    name = column if isinstance(column, str) else column.name
    return f'"{table.name}"."{name}"'


def ref_through(table: Table, role: Role, column: Column | str) -> str:
    """A column of what ``role`` of ``table`` refers to, in compact SQL."""
    name = column if isinstance(column, str) else column.name
    return f'"{table.name}"."{role.column}"."{name}"'


def quote(value: str | int | float) -> str:
    """A literal."""
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value)
