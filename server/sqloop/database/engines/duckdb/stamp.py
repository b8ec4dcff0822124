"""What tells one state of files from another: their names, sizes and times; no file is read.

DuckDB changes the time of its file with every checkpoint, and writes to a log beside it before.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from sqloop.database.knowledge.stamp import Stamp


def stamp_files(identity: str, paths: Iterable[Path]) -> Stamp:
    """The stamp of the files at ``paths``; a path where nothing is, counts as such."""
    which: list[str] = []
    state: list[str] = []
    for path in paths:
        with suppress(OSError):
            status = os.stat(path)
            which.append(f"{path}:{status.st_dev}:{status.st_ino}")
            state.append(f"{status.st_size}:{status.st_mtime_ns}")
    return Stamp(identity, " ".join(which), " ".join(state))
