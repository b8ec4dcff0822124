"""`sqloop init`: find the databases of a folder and write them down in its `sqloop.toml`.

Found are SQLite files, by their first bytes, not by their names. A server is added by hand.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqloop.display import plain
from sqloop.errors import SettingsError
from sqloop.settings_file import FILE_NAME

_MAGIC = b"SQLite format 3\0"
_DEPTH = 3
"""Folders below this one that are looked into."""

_MOST = 20
_PASSED_BY = {"node_modules", "__pycache__", "site-packages"}

_HEAD = """\
# What SQLoop asks: the first is the default, `--db NAME` takes another.
# Servers: live = "postgresql://reader@db.example.org/shop", or mysql+pymysql://
[connections]
"""


def init_folder(folder: Path) -> int:
    """Write `sqloop.toml`; 0. Raises SettingsError where there is one, where nothing is found or writable."""
    file = folder / FILE_NAME
    if file.exists():
        raise SettingsError(f"There is a {FILE_NAME} here already.", "Add to its [connections].")
    found = sorted(find_databases(folder), key=lambda path: (len(path.parts), path))[:_MOST]
    if not found:
        raise SettingsError(
            "There is no SQLite file here, nor in the folders below.",
            "Name a database with --db FILE or --db postgresql://user@host/name.",
        )
    names = _name(found)
    lines = [
        f"{name} = {_quote(f'sqlite:///{path.as_posix()}')}" for name, path in zip(names, found, strict=True)
    ]
    try:
        with file.open("x", encoding="utf-8") as written:
            written.write(_HEAD + "\n".join(lines) + "\n")
    except OSError as error:
        raise SettingsError(f"{file} cannot be written: {error.strerror}.") from None
    print(f"{FILE_NAME} names {len(found)} database{'' if len(found) == 1 else 's'}:", file=sys.stderr)
    for line in lines:
        print(f"  {plain(line)}", file=sys.stderr)
    print("Now ask: sqloop", file=sys.stderr)
    return 0


def find_databases(folder: Path) -> Iterator[Path]:
    """The SQLite files in ``folder`` and a few levels below, relative to it; hidden folders are left out."""
    for at, folders, files in os.walk(folder):
        here = Path(at)
        deep = len(here.relative_to(folder).parts) >= _DEPTH
        folders[:] = [] if deep else [name for name in folders if name[0] != "." and name not in _PASSED_BY]
        for name in files:
            if _is_sqlite(here / name):
                yield (here / name).relative_to(folder)


def _is_sqlite(path: Path) -> bool:
    try:
        if path.is_symlink() or not path.is_file():
            return False
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def _name(paths: Sequence[Path]) -> list[str]:
    """A name for each that TOML needs no quotes for and that no other has.

    >>> _name([Path("my shop.db"), Path("old/my shop.db"), Path("läden.sqlite")])
    ['my_shop', 'my_shop_2', 'l_den']
    """
    names: list[str] = []
    for path in paths:
        stem = re.sub(r"[^A-Za-z0-9_-]+", "_", path.stem).strip("_") or "database"
        number, name = 1, stem
        while name in names:
            number += 1
            name = f"{stem}_{number}"
        names.append(name)
    return names


def _quote(text: str) -> str:
    """As a TOML string; control characters, which a file name may hold, are escaped."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char.isprintable() else f"\\U{ord(char):08X}" for char in escaped) + '"'
