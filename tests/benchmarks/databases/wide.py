"""Written databases side by side in one file: as many tables as a business has, and questions on them."""

from __future__ import annotations

import gzip
import json
import sqlite3
from contextlib import closing
from pathlib import Path

_WRITTEN = Path(__file__).resolve().parents[3] / "trainer/written"


def make_wide(path: Path, tables: int) -> list[str]:
    """Fill a SQLite file with at least so many tables; the questions that were written on them.

    A database that has a table by the name of another's is left out.
    """
    questions: list[str] = []
    with closing(sqlite3.connect(path)) as connection:
        for packed in sorted(_WRITTEN.glob("*.sql.gz")):
            script = gzip.decompress(packed.read_bytes()).decode()
            with closing(sqlite3.connect(":memory:")) as alone:
                alone.executescript(script)
                if _names(alone) & _names(connection):
                    continue
            connection.executescript(script)
            lines = packed.with_name(packed.name.replace(".sql.gz", ".jsonl")).read_text(encoding="utf-8")
            questions += [json.loads(line)["question"] for line in lines.splitlines()]
            if len(_names(connection)) >= tables:
                break
        connection.commit()
    return questions


def _names(connection: sqlite3.Connection) -> set[str]:
    return {
        name.lower() for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type <> 'index'")
    }
