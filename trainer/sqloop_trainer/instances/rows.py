"""Fill a schema with random rows: an SQLite database in which keys hold and queries find something.

Columns are made one by one: first those of their own, then foreign keys, which copy from the rows they refer
to. Some parents have many children, some none, so that counts and joins differ. Scenes (see `scenes`)
take the first rows of their tables. The same schema, seed and scenes give the same rows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from sqloop.database.knowledge.keys import complete_keys
from sqloop.database.outcome import Value
from sqloop.database.schema import Column, ForeignKey, Schema, Table
from sqloop.database.words import split_name
from sqloop_trainer.instances.ddl import ddl, quoted
from sqloop_trainer.instances.near import around, counter
from sqloop_trainer.instances.scenes import Key, Scene
from sqloop_trainer.instances.values import Generator, generator_for

NULLABLE_COLUMNS, NULLS = 0.3, 0.08
"""The share of nullable columns that hold NULLs, and of NULLs in these."""

FERTILE = 0.8
"""The share of rows that others refer to."""

ORPHANED = 0.15
"""The share of nullable foreign keys that hold NULLs: low, since one NULL empties every NOT IN."""

TRIES = 25
"""How often another value is drawn for a column that must not repeat, before a number is appended."""


def fill(
    schema: Schema,
    seed: int,
    rows: int = 30,
    scenes: Sequence[Scene] = (),
    words: Mapping[str, str] | None = None,
    path: str | Path = ":memory:",
) -> sqlite3.Connection:
    """An open database at `path` with about `rows` rows a table, more in tables that refer to others.

    Keys that nobody declared hold as well, as far as names suggest them: in real databases they do, and what
    is inferred of a database is held against its rows.

    `words` says what identifiers mean where their names do not ("stuid" -> "student id"); its keys are
    ``table`` and ``table.column`` in lower case.
    """
    data = _Instance(complete_keys(schema), Random(seed), rows, scenes, words or {}).make()
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("PRAGMA synchronous = OFF")
        for statement in ddl(schema):
            connection.execute(statement)
        for table in schema.tables:
            columns = data[table.name.lower()]
            marks = ", ".join("?" * len(columns))
            lines = zip(*columns.values(), strict=True)
            connection.executemany(f"INSERT OR IGNORE INTO {quoted(table.name)} VALUES ({marks})", lines)
    return connection


Data = dict[str, dict[str, list[Value]]]
"""Cells by table and column, both in lower case; all columns of a table are equally long."""


@dataclass
class _Instance:
    schema: Schema
    random: Random
    rows: int
    scenes: Sequence[Scene]
    words: Mapping[str, str]
    data: Data = field(default_factory=dict)
    places: list[dict[str, int]] = field(default_factory=list)
    """For each scene the row that it takes in each of its tables."""
    lengths: dict[str, int] = field(default_factory=dict)

    def make(self) -> Data:
        self._take_places()
        self._set_lengths()
        links = [(table, key) for table in self.schema.tables for key in table.foreign_keys]
        linked = {(table.name.lower(), name.lower()) for table, key in links for name in key.columns}
        for table in self.schema.tables:
            self.data[table.name.lower()] = {column.name.lower(): [] for column in table.columns}
            for column in table.columns:
                if (table.name.lower(), column.name.lower()) not in linked:
                    self._make_column(table, column)
        self._link_all(links)
        return self.data

    def _take_places(self) -> None:
        """Give each scene a row in each of its tables, and in those where its foreign keys come from."""
        taken: dict[str, int] = {}
        for scene in self.scenes:
            place: dict[str, int] = {}
            for name in (*scene.tables, *(self._root((t, c))[0] for t, c in scene.values)):
                if name == scene.shared and self.places and name in self.places[-1]:
                    place[name] = self.places[-1][name]
                elif name not in place:
                    place[name] = taken.get(name, 0)
                    taken[name] = place[name] + 1
            self.places.append(place)
        self.lengths = taken

    def _set_lengths(self) -> None:
        for table in self.schema.tables:
            name, share = table.name.lower(), 1.3 if table.foreign_keys else 0.8
            self.lengths[name] = self.lengths.get(name, 0) + round(
                self.rows * share * self.random.uniform(0.8, 1.2)
            )

    def _root(self, key: Key) -> Key:
        """The column that a foreign key's value comes from in the end; the key itself when it is none."""
        for _ in self.schema.tables:
            following = self._referred(key)
            if following is None:
                break
            key = following
        return key

    def _referred(self, key: Key) -> Key | None:
        table = self.schema.table(key[0])
        for link in table.foreign_keys if table else ():
            for own, theirs in zip(link.columns, link.referred_columns, strict=True):
                if own.lower() == key[1]:
                    return link.referred_table.lower(), theirs.lower()
        return None

    def _make_column(self, table: Table, column: Column) -> None:
        key = table.name.lower(), column.name.lower()
        unique = table.primary_key == (column.name,) or bool(self._referring(key))
        generate = self._generator(table, column, unique)
        count = self.lengths[key[0]]
        cells = self._distinct(generate, count) if unique else [generate(self.random) for _ in range(count)]
        in_key = unique or column.name in table.primary_key
        if column.nullable and not in_key and self.random.random() < NULLABLE_COLUMNS:
            cells = [None if self.random.random() < NULLS else cell for cell in cells]
        self.data[key[0]][key[1]] = cells
        self._place(key, cells, unique)

    def _referring(self, key: Key) -> list[Column]:
        """The columns that refer to this one alone."""
        return [
            column
            for table in self.schema.tables
            for link in table.foreign_keys
            if (link.referred_table.lower(), *(name.lower() for name in link.referred_columns)) == key
            if (column := table.column(link.columns[0]))
        ]

    def _generator(self, table: Table, column: Column, unique: bool) -> Generator:
        key = table.name.lower(), column.name.lower()
        # A text column that numbers refer to holds numbers: SQLite compares them as such.
        if unique and "number" in {column.kind, *(each.kind for each in self._referring(key))}:
            return counter(self.random)
        table_words = self.words.get(table.name.lower()) or " ".join(split_name(table.name))
        given = self.words.get(f"{table.name}.{column.name}".lower())
        generate = generator_for(
            given or " ".join(split_name(column.name)), table_words, column.kind, self.random
        )
        literals = self._literals(key)
        return generate if unique or not literals else around(literals, generate)

    def _literals(self, key: Key) -> list[Value]:
        found = [
            v for scene in self.scenes for k, vs in scene.literals.items() if self._root(k) == key for v in vs
        ]
        found += [v for scene in self.scenes for k, v in scene.values.items() if self._root(k) == key]
        return found

    def _distinct(self, generate: Generator, count: int) -> list[Value]:
        cells: dict[Value, None] = {}
        while len(cells) < count:
            value = next((v for _ in range(TRIES) if (v := generate(self.random)) not in cells), None)
            cells[value if value is not None else f"{generate(self.random)!s} {len(cells)}"] = None
        return list(cells)

    def _place(self, key: Key, cells: list[Value], unique: bool) -> None:
        """Put the values of the scenes into their rows; a unique value changes places with another."""
        for scene, place in zip(self.scenes, self.places, strict=True):
            for own, value in scene.values.items():
                if self._root(own) != key:
                    continue
                row = place[key[0]]
                if unique and value in cells:
                    cells[cells.index(value)] = cells[row]
                cells[row] = value

    def _link_all(self, links: list[tuple[Table, ForeignKey]]) -> None:
        """Link tables to those that are made; a circle is cut by making one target afresh."""
        pending = list(links)
        while pending:
            ready = [each for each in pending if self._is_made(each[1])]
            if not ready:
                self._cut(pending[0][1])
                continue
            for table, link in ready:
                self._link(table, link)
                pending.remove((table, link))

    def _is_made(self, link: ForeignKey) -> bool:
        parent = self.data[link.referred_table.lower()]
        return all(parent[name.lower()] for name in link.referred_columns)

    def _cut(self, link: ForeignKey) -> None:
        parent = self.schema.table(link.referred_table)
        for name in link.referred_columns:
            column = parent and parent.column(name)
            if parent and column and not self.data[parent.name.lower()][name.lower()]:
                self._make_column(parent, column)

    def _link(self, table: Table, link: ForeignKey) -> None:
        own, parent = self.data[table.name.lower()], self.data[link.referred_table.lower()]
        columns = [
            (name.lower(), other.lower())
            for name, other in zip(link.columns, link.referred_columns, strict=True)
        ]
        if any(own[name] for name, _ in columns):
            return
        chosen = self._choose_parents(table, link)
        for name, other in columns:
            own[name] = [None if row is None else parent[other][row] for row in chosen]

    def _choose_parents(self, table: Table, link: ForeignKey) -> list[int | None]:
        count, name, parent = (
            self.lengths[table.name.lower()],
            table.name.lower(),
            link.referred_table.lower(),
        )
        total = self.lengths[parent]
        order = self.random.sample(range(total), total)
        # Parents without children make NOT IN and outer joins differ from their opposites.
        families = order[: max(1, round(total * FERTILE))]
        chosen: list[int | None]
        if set(link.columns) == set(table.primary_key):
            # One child at most for each parent: surplus rows repeat a key and are ignored when inserted.
            chosen = [families[row % len(families)] for row in range(count)]
        else:
            weights = [(rank + 1) ** -0.6 for rank in range(len(families))]
            chosen = list(self.random.choices(families, weights, k=count))
            if (
                all(self._may_be_null(table, column) for column in link.columns)
                and self.random.random() < ORPHANED
            ):
                chosen = [None if self.random.random() < NULLS else row for row in chosen]
        for place in self.places:
            if name in place and parent in place and name != parent:
                row = place[name]
                if set(link.columns) == set(table.primary_key) and place[parent] in chosen:
                    chosen[chosen.index(place[parent])] = chosen[row]
                chosen[row] = place[parent]
        return chosen

    def _may_be_null(self, table: Table, name: str) -> bool:
        column = table.column(name)
        return column is not None and column.nullable and name not in table.primary_key
