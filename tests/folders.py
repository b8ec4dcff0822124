"""A folder as an editor opens it."""

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
