"""Folders as an editor opens them, and databases in files."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path


def write_workspace(folder: Path, script: str) -> Path:
    """A workspace with a database in it, which its `sqloop.toml` calls the shop."""
    folder.mkdir()
    with closing(sqlite3.connect(folder / "shop.db")) as connection:
        connection.executescript(script)
    (folder / "sqloop.toml").write_text('[connections]\nshop = "sqlite:///shop.db"\n')
    return folder


def write_store(folder: Path, script: str) -> Path:
    """A SQLite file that ``script`` fills."""
    path = folder / "store.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)
    return path
