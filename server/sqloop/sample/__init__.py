"""The bundled sample database: a small outdoor-gear retailer, made on first use.

Nine tables and about 10,000 rows from a seeded script (`business`), so that every machine holds the same
rows. The file lives in the user's cache; its name carries the checksum of the rows, so that a new
release of the script never reads the file of an old one.
"""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

from platformdirs import user_cache_path

from sqloop.errors import DatabaseError
from sqloop.places import replacing
from sqloop.sample.business import TABLES, create

CHECKSUM = "371cb5d9428f8b5b36c05cce362da66c0dcd9599c3b1cb7a17197246d3b14bad"
"""sha256 of the rows (see `checksum`): changes only when the script does."""

_NAME = "summit-supply"

SAMPLE = "the sample, a shop for outdoor gear"
NAME_YOURS = "--db or sqloop init names yours."
"""What people are told of it, and what they can do."""


def sample_database() -> Path:
    """The path of the sample database, which is created when it is not there yet (under a second).

    Safe when several processes call at once: each writes a file of its own and renames it into place.
    Raises DatabaseError when the cache directory cannot be written.
    """
    path = user_cache_path("sqloop") / f"{_NAME}-{CHECKSUM[:12]}.sqlite"
    if path.exists():
        return path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _create_atomically(path)
    except OSError as error:
        raise DatabaseError(
            f"The sample database cannot be written to {path.parent}: {error.strerror}.",
            "Free some space, set XDG_CACHE_HOME to a writable directory, or name a database with --db.",
        ) from error
    return path


def is_sample(url: str) -> bool:
    """Whether the address is that of the sample, of this version or an earlier one."""
    return url.startswith(f"sqlite:///{user_cache_path('sqloop') / _NAME}-")


def _create_atomically(path: Path) -> None:
    with replacing(path) as written, closing(sqlite3.connect(written)) as connection:
        # The file is renamed when complete and dropped otherwise: a journal would only cost time.
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        create(connection)


def checksum(connection: sqlite3.Connection) -> str:
    """sha256 in hexadecimal over all rows in the order of their keys; the file's bytes vary with SQLite."""
    digest = hashlib.sha256()
    for table in TABLES:
        digest.update(table.encode())
        for row in connection.execute(f"SELECT * FROM {table} ORDER BY 1"):
            digest.update(repr(row).encode())
    return digest.hexdigest()
