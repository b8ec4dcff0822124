"""A world of TEMPTABQA-C as a SQLite file in the user's cache, built once for each content."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

from platformdirs import user_cache_path

from sqloop.errors import DatabaseError
from sqloop.places import replacing
from sqloop_trainer.benchmarks.temptabqa_tables import INDEXED, TABLES, Rows


def build_sqlite(name: str, rows: Rows) -> Path:
    """The file that holds `rows`; its name ends in their hash, so that other rows never are taken for them.

    Safe when several processes build at once. Raises DatabaseError when the cache cannot be written.
    """
    digest = hashlib.sha256(repr((TABLES, INDEXED, rows)).encode()).hexdigest()
    path = user_cache_path("sqloop") / f"{name}-{digest[:12]}.sqlite"
    if path.exists():
        return path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _build_atomically(path, rows)
    except (OSError, sqlite3.Error) as error:
        raise DatabaseError(
            f"The database of temptabqa-c cannot be written to {path.parent}: {error}.",
            "Free some space, or set XDG_CACHE_HOME to a writable directory.",
        ) from error
    return path


def _build_atomically(path: Path, rows: Rows) -> None:
    with replacing(path) as written, closing(sqlite3.connect(written)) as connection:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        _fill(connection, rows)


def _fill(connection: sqlite3.Connection, rows: Rows) -> None:
    with connection:
        for table, columns in TABLES.items():
            connection.execute(f"CREATE TABLE {table} ({columns})")
            if rows[table]:
                marks = ", ".join("?" * len(rows[table][0]))
                connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows[table])
        for table, column in INDEXED:
            connection.execute(f"CREATE INDEX {table}_{column} ON {table} ({column})")
