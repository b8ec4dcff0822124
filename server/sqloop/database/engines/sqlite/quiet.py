"""A file in WAL mode that nobody has open is read without files beside it.

SQLite makes a log and its index for readers as well, and a reader that may not write cannot remove them.
With ``immutable=1`` it makes none, but then it takes no locks and looks into no log. So this is for files
without a log, and what was read counts only if the file is the same afterwards. A writer that came meanwhile
puts its rows into a log, where they are too late for this query; or it changes the file, and its time tells.
Where the time may not tell, SQLite reads with its locks, and the files stay.
"""

from __future__ import annotations

import os
from pathlib import Path
from time import time

State = tuple[int, int, int, int]
"""Device, number, size and time of a file: another one after each change."""

_MODES = slice(18, 20)
_WAL = b"\x02\x02"
"""Bytes of the header that say how the file is written and read (sqlite.org/fileformat.html, 1.3)."""

_FINE, _COARSE = 0.1, 4.0
"""Seconds after which a change gives another time: where times are kept in parts of a second, where not."""


def state_of(path: Path) -> State | None:
    """The file's state now; None where it is gone."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def has_log(path: Path, *endings: str) -> bool:
    """Whether a log stands beside the file: somebody has it open, or was killed."""
    real = path.resolve()
    return any(real.with_name(real.name + ending).exists() for ending in endings or ("-wal",))


def is_in_wal_mode(path: Path) -> bool:
    """Whether the file's header says so.

    Not while this process has the file open in that mode: to close it here would give up SQLite's locks.
    """
    try:
        with path.open("rb") as file:
            return file.read(_MODES.stop)[_MODES] == _WAL
    except OSError:
        return False


def find_quiet(path: Path) -> State | None:
    """The state of a file in WAL mode that may be read without locks; None where it may not."""
    state = state_of(path)
    # Windows may tell a file's time late.
    if state is None or os.name != "posix" or has_log(path, "-wal", "-journal"):
        return None
    changed = state[3]
    is_fine = changed % 10_000_000 != 0
    age = time() - changed / 1e9
    return state if age > (_FINE if is_fine else _COARSE) else None
