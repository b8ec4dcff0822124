"""CSV on standard input as a database: kept in a file of this process, which is removed at its end."""

from __future__ import annotations

import atexit
import shutil
import sys
import tempfile
from functools import cache
from pathlib import Path

from sqloop.errors import SettingsError

STANDARD_INPUT = "-"
"""What stands for it where a database is named."""

NAME = "input.csv"
"""The file, after which the table is called."""


@cache
def keep_input() -> Path:
    """The file that holds all of standard input, which is read once. Raises SettingsError."""
    if sys.stdin is None or sys.stdin.isatty():
        raise SettingsError("There is no data on standard input.", "As in: sqloop ask … --db - < sales.csv")
    folder = tempfile.mkdtemp(prefix="sqloop-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = Path(folder) / NAME
    with path.open("wb") as file:
        shutil.copyfileobj(sys.stdin.buffer, file)
    if not path.stat().st_size:
        raise SettingsError("Standard input is empty: it holds no CSV.")
    return path
