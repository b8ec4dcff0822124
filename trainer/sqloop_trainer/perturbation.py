"""Perturbed copies of a SQLite database: the same tables with other facts, for judging SQL by more than one.

In each table a tenth of the rows is left out, with all that refers to them, and the values of every column
that is no key are shuffled among the rows. Keys stay, so joins find their partners and gold SQL, run on the
copy, gives the right answer there; a constant, or a query that was right by chance, gives another one.

Not covered: other engines, and what only holds in the original (a year beside the date that it is taken
from). Whole tables are held in memory.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random

from sqlalchemy.engine import URL, make_url

from sqloop.database.connect import Database
from sqloop.database.outcome import Value
from sqloop.database.schema import ForeignKey, Schema, Table
from sqloop.errors import DatabaseError, SettingsError
from sqloop_trainer.instances.ddl import quoted

_LEFT_OUT = 10
"""One row in so many, and at least one of a table that has `_FEWEST`."""

_FEWEST = 4

Row = list[Value]


def perturb(database: Database, seed: int, path: Path) -> str:
    """Write a perturbed copy to `path`, the same one for the same `seed`; its URL.

    Raises SettingsError for a database that is not SQLite, DatabaseError when it cannot be read.
    """
    if database.dialect != "sqlite":
        raise SettingsError(f"{database.url} is not SQLite: only such databases are copied.")
    source = Path(str(make_url(database.url).database))
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as original,
            closing(sqlite3.connect(path)) as copy,
        ):
            original.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, whatever the original has
            _perturb(copy, database.schema(), seed)
            copy.commit()
    except sqlite3.Error as error:
        raise DatabaseError(f"{source} cannot be copied to {path}: {error}.") from error
    return URL.create("sqlite", database=str(path)).render_as_string()


def _perturb(copy: sqlite3.Connection, schema: Schema, seed: int) -> None:
    _drop_triggers(copy)
    tables = _stored(schema, copy)
    rows = {name: _read(table, copy) for name, table in tables.items()}
    _leave_out(tables, rows, seed)
    for name, table in tables.items():
        _shuffle(table, rows[name], _keys(table, tables.values(), copy), seed)
        _write(table, rows[name], copy)


def _stored(schema: Schema, copy: sqlite3.Connection) -> dict[str, Table]:
    """The tables that hold rows of their own, without computed columns and the keys over those."""
    stored = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
    names = {name for (name,) in copy.execute(stored)}
    tables = {table.name: _plain(table, copy) for table in schema.tables if table.name in names}
    return {
        name: replace(
            table, foreign_keys=tuple(key for key in table.foreign_keys if _joins(key, table, tables))
        )
        for name, table in tables.items()
    }


def _plain(table: Table, copy: sqlite3.Connection) -> Table:
    query = "SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0"
    names = {name for (name,) in copy.execute(query, (table.name,))}
    return replace(table, columns=tuple(column for column in table.columns if column.name in names))


def _joins(key: ForeignKey, table: Table, tables: dict[str, Table]) -> bool:
    referred = tables.get(key.referred_table)
    return (
        referred is not None
        and all(map(table.column, key.columns))
        and all(map(referred.column, key.referred_columns))
    )


def _drop_triggers(copy: sqlite3.Connection) -> None:
    """Or they would do their work again as rows are written."""
    for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        copy.execute(f"DROP TRIGGER {quoted(name)}")


def _read(table: Table, copy: sqlite3.Connection) -> list[Row]:
    return [list(row) for row in copy.execute(f"SELECT {_columns(table)} FROM {quoted(table.name)}")]


def _write(table: Table, rows: list[Row], copy: sqlite3.Connection) -> None:
    marks = ", ".join("?" * len(table.columns))
    copy.execute("PRAGMA ignore_check_constraints = ON")
    copy.execute(f"DELETE FROM {quoted(table.name)}")
    copy.executemany(f"INSERT INTO {quoted(table.name)} ({_columns(table)}) VALUES ({marks})", rows)


def _leave_out(tables: dict[str, Table], rows: dict[str, list[Row]], seed: int) -> None:
    """Take rows out of every table, and all that refers to them."""
    gone: dict[str, set[int]] = defaultdict(set)
    for name, table in tables.items():
        spare = _spare(table, rows[name])
        if len(rows[name]) >= _FEWEST and spare:
            count = min(len(spare), max(1, len(rows[name]) // _LEFT_OUT))
            gone[name].update(Random(f"{seed}/{name}").sample(spare, count))
    _follow_keys(tables, rows, gone)
    for name, places in gone.items():
        rows[name] = [row for place, row in enumerate(rows[name]) if place not in places]


def _spare(table: Table, rows: list[Row]) -> list[int]:
    """The places of the rows to choose from: without those that others of the same table refer to, or a
    whole hierarchy would go with its head."""
    spare = set(range(len(rows)))
    for key in table.foreign_keys:
        if key.referred_table == table.name:
            heads = set(_cells(table, key.columns, rows))
            own = enumerate(_cells(table, key.referred_columns, rows))
            spare -= {place for place, each in own if each in heads}
    return sorted(spare)


def _follow_keys(tables: dict[str, Table], rows: dict[str, list[Row]], gone: dict[str, set[int]]) -> None:
    """Add to ``gone`` the rows that refer to gone ones, until there are no more."""
    waiting = {name for name, places in gone.items() if places}
    while waiting:
        parent = waiting.pop()
        for name, table in tables.items():
            for key in table.foreign_keys:
                if key.referred_table != parent:
                    continue
                cells = list(_cells(tables[parent], key.referred_columns, rows[parent]))
                lost = {cells[place] for place in gone[parent] if None not in cells[place]}
                own = enumerate(_cells(table, key.columns, rows[name]))
                more = {place for place, each in own if each in lost} - gone[name]
                if more:
                    gone[name] |= more
                    waiting.add(name)


def _cells(table: Table, columns: tuple[str, ...], rows: list[Row]) -> Iterable[tuple[Value, ...]]:
    names = [column.name.lower() for column in table.columns]
    places = [names.index(column.lower()) for column in columns]
    return (tuple(row[place] for place in places) for row in rows)


def _keys(table: Table, tables: Iterable[Table], copy: sqlite3.Connection) -> set[str]:
    """The columns that stay: of keys either way, and of unique indexes over several columns."""
    keys = {*table.primary_key, *(column for key in table.foreign_keys for column in key.columns)}
    for other in tables:
        for key in other.foreign_keys:
            if key.referred_table == table.name:
                keys.update(key.referred_columns)
    indexes = 'SELECT name FROM pragma_index_list(?) WHERE "unique"'
    for (index,) in copy.execute(indexes, (table.name,)).fetchall():
        named = [name for (name,) in copy.execute("SELECT name FROM pragma_index_info(?)", (index,))]
        if len(named) > 1:
            keys.update(name for name in named if name)
    return {key.lower() for key in keys}


def _shuffle(table: Table, rows: list[Row], keys: set[str], seed: int) -> None:
    for place, column in enumerate(table.columns):
        if column.name.lower() not in keys:
            values = [row[place] for row in rows]
            Random(f"{seed}/{table.name}/{column.name}").shuffle(values)
            for row, value in zip(rows, values, strict=True):
                row[place] = value


def _columns(table: Table) -> str:
    return ", ".join(quoted(column.name) for column in table.columns)
