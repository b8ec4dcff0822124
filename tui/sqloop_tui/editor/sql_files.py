"""Files of SQL: which there are in a folder, what one holds, and writing one."""

from __future__ import annotations

import os
from pathlib import Path

from sqloop.errors import SettingsError

MOST = 200
"""Files that are listed."""

LARGEST = 2**20
"""Bytes of a file that is opened: more is no query to be edited here."""

_DEPTH = 4


def list_sql(folder: Path) -> tuple[Path, ...]:
    """The files of SQL in a folder and a few levels below it, hidden folders aside, by name."""
    found: list[Path] = []
    for root, folders, files in os.walk(folder):
        depth = len(Path(root).relative_to(folder).parts)
        folders[:] = [] if depth >= _DEPTH else sorted(each for each in folders if not _hidden(each))
        found += (Path(root, name) for name in sorted(files) if name.lower().endswith(".sql"))
        if len(found) >= MOST:
            break
    return tuple(found[:MOST])


def read_sql(path: Path) -> str:
    """What the file holds, its lines ended by a line feed. Raises SettingsError."""
    try:
        if path.stat().st_size > LARGEST:
            raise SettingsError(f"{path.name} is larger than {LARGEST:,} bytes.", "Open it in an editor.")
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise SettingsError(f"{path.name} is not written in UTF-8.") from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror or error}.") from None


def write_sql(path: Path, text: str, *, overwrite: bool) -> None:
    """Write the file. Raises SettingsError, also where there is one that must not be overwritten."""
    try:
        with path.open("w" if overwrite else "x", encoding="utf-8") as file:
            file.write(text if text.endswith("\n") else f"{text}\n")
    except FileExistsError:
        raise SettingsError(f"There is a file {path.name} already.", "Choose another name.") from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror or error}.") from None


def _hidden(name: str) -> bool:
    return name.startswith(".") or name in ("node_modules", "__pycache__")
