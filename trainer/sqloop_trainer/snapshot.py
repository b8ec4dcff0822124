"""A bounded copy of a user's rows in an in-memory SQLite, to make questions from.

Rows are read as any query is, behind the walls and under limits of their own, so MariaDB works as well.
Large tables are sampled, each by itself: many of their keys lead nowhere, and questions without an answer are
dropped.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from time import monotonic

from sqloop.database.connect import Database
from sqloop.database.outcome import Limits, Outcome
from sqloop.database.rows import Row
from sqloop.database.schema import Column, Kind, Schema, Table
from sqloop_trainer.instances.ddl import quoted

ROWS = 10_000
"""Of one table, at the most."""

LIMITS = Limits(seconds=30, rows=ROWS + 1, bytes=64 * 1024 * 1024)
"""Of one table: more than an answer may take."""

SECONDS = 120.0
"""For all tables together."""

_TYPES: dict[Kind, str] = {
    "number": "NUMERIC",
    "text": "TEXT",
    "date": "TEXT",
    "boolean": "NUMERIC",
    "other": "BLOB",
}


def take_snapshot(
    database: Database, rows: int = ROWS, seconds: float = SECONDS
) -> tuple[Schema, sqlite3.Connection]:
    """The schema, said for SQLite, and the first ``rows`` rows of its tables or as many drawn from all.

    `LIMITS` hold for each table, and ``seconds`` for all: rows beyond them are left out, and so is a table
    that cannot be read in time. Views, which may be slow and show what tables hold, are read where there is
    nothing else. Raises UnreachableError when the database goes away.
    """
    schema = replace(database.schema(), dialect="sqlite")
    schema = replace(schema, tables=tuple(each for each in schema.tables if not each.view) or schema.tables)
    deadline = monotonic() + seconds
    connection = sqlite3.connect(":memory:")
    for table in schema.tables:
        columns = ", ".join(f"{quoted(column.name)} {_TYPES[column.kind]}" for column in table.columns)
        connection.execute(f"CREATE TABLE {quoted(table.name)} ({columns})")
        marks = ", ".join("?" * len(table.columns))
        found = _read(database, table, rows, deadline)
        connection.executemany(f"INSERT INTO {quoted(table.name)} VALUES ({marks})", found)
    return schema, connection


def _read(database: Database, table: Table, rows: int, deadline: float) -> Sequence[Row]:
    def name(named: Table | Column) -> str:
        return database.quote(named.name)

    def ask(sql: str) -> Outcome | None:
        left = min(deadline - monotonic(), LIMITS.seconds)
        outcome = database.execute(sql, limits=replace(LIMITS, seconds=left)) if left > 0 else None
        return outcome if outcome and outcome.status == "ok" else None

    query = f"SELECT {', '.join(map(name, table.columns))} FROM {name(table)}"
    first = ask(f"{query} LIMIT {rows + 1}")
    if first is None or len(first.rows) <= rows:
        return first.rows if first else ()
    draw = "RAND()" if database.dialect == "mysql" else "RANDOM()"
    drawn = ask(f"{query} ORDER BY {draw} LIMIT {rows}")
    return drawn.rows if drawn else first.rows[:rows]
