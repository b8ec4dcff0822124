"""A bounded copy of a user's rows in an in-memory SQLite, to make questions from.

Rows are read as any query is, behind the walls and under limits of their own, so MariaDB works as well.
Large tables are sampled, each by itself: many of their keys lead nowhere, and questions without an answer are
dropped.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from sqloop.database.connect import Database
from sqloop.database.outcome import Limits, Outcome
from sqloop.database.schema import Column, Kind, Schema, Table
from sqloop_trainer.instances.ddl import quoted

ROWS = 10_000
"""Of one table, at the most."""

LIMITS = Limits(seconds=30, rows=ROWS + 1, bytes=64 * 1024 * 1024)
"""Of one table: more than an answer may take."""

_TYPES: dict[Kind, str] = {
    "number": "NUMERIC",
    "text": "TEXT",
    "date": "TEXT",
    "boolean": "NUMERIC",
    "other": "BLOB",
}


def take_snapshot(database: Database, rows: int = ROWS) -> tuple[Schema, sqlite3.Connection]:
    """The schema, said for SQLite, and the first ``rows`` rows of its tables or as many drawn from all.

    `LIMITS` hold for each table: rows beyond them are left out, and so is a table that cannot be read in
    time. Raises UnreachableError when the database goes away.
    """
    schema = replace(database.schema(), dialect="sqlite")
    connection = sqlite3.connect(":memory:")
    for table in schema.tables:
        columns = ", ".join(f"{quoted(column.name)} {_TYPES[column.kind]}" for column in table.columns)
        connection.execute(f"CREATE TABLE {quoted(table.name)} ({columns})")
        marks = ", ".join("?" * len(table.columns))
        found = _read(database, table, rows)
        connection.executemany(f"INSERT INTO {quoted(table.name)} VALUES ({marks})", found.rows)
    return schema, connection


def _read(database: Database, table: Table, rows: int) -> Outcome:
    def name(named: Table | Column) -> str:
        return database.quote(named.name)

    query = f"SELECT {', '.join(map(name, table.columns))} FROM {name(table)}"
    first = database.execute(f"{query} LIMIT {rows + 1}", limits=LIMITS)
    if first.status != "ok" or len(first.rows) <= rows:
        return first if first.status == "ok" else Outcome("ok")
    draw = "RAND()" if database.dialect == "mysql" else "RANDOM()"
    drawn = database.execute(f"{query} ORDER BY {draw} LIMIT {rows}", limits=LIMITS)
    return drawn if drawn.status == "ok" else replace(first, rows=first.rows[:rows])
