"""What tells one state of a SQLite file from another: no connection, a few hundred bytes read.

Every transaction counts up in the header (sqlite.org/fileformat.html, 1.3.7), or adds to the write-ahead
log, whose head has new salts after each checkpoint (4.1).
"""

from __future__ import annotations

from pathlib import Path

from sqloop.database.knowledge.stamp import Stamp

_HEADER = 100
_WAL_HEADER = 32


def stamp_file(path: Path) -> Stamp | None:
    """The stamp of the database in the file; None where it cannot be read."""
    path = path.absolute()
    try:
        main = _look(path, _HEADER)
        file = ":".join(main.split(":")[:2])  # a file that took the place of another
        log = path.with_name(path.name + "-wal")
        # A log that is empty and one that is not there say the same.
        written = _look(log, _WAL_HEADER) if log.is_file() and log.stat().st_size else ""
    except OSError:
        return None
    return Stamp(f"sqlite:///{path}", file, f"{main} {written}")


def _look(path: Path, length: int) -> str:
    with path.open("rb") as file:
        head = file.read(length)
    status = path.stat()
    return f"{status.st_dev}:{status.st_ino}:{status.st_size}:{status.st_mtime_ns}:{head.hex()}"
