"""`sqloop init`: find the databases of a folder and write them down in its `sqloop.toml`.

Found are SQLite and DuckDB files, by their first bytes, not by their names. A server is added by hand, and so
are files that are tables: `sales = "data/*.csv"`.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqloop.database.files import told_form
from sqloop.errors import SettingsError
from sqloop.settings_file import FILE_NAME
from sqloop.terminal.display import plain

_DEPTH = 3
"""Folders below this one that are looked into."""

_MOST = 20
_PASSED_BY = {"node_modules", "__pycache__", "site-packages"}

_HEAD = """\
# What SQLoop asks: the first is the default, `--db NAME` takes another.
# Files: sales = "data/*.csv". Servers: live = "postgresql://reader@db.example.org/shop", or mysql+pymysql://
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
            "There is no SQLite or DuckDB file here, nor in the folders below.",
            "Name one with --db FILE (also .csv or .parquet) or --db postgresql://user@host/name.",
        )
    names = _name(found)
    urls = [f"{_scheme(folder / path)}:///{path.as_posix()}" for path in found]
    lines = [f"{name} = {_quote(url)}" for name, url in zip(names, urls, strict=True)]
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
    """The SQLite and DuckDB files in ``folder`` and some levels below, relative to it; no hidden folders."""
    for at, folders, files in os.walk(folder):
        here = Path(at)
        deep = len(here.relative_to(folder).parts) >= _DEPTH
        folders[:] = [] if deep else [name for name in folders if name[0] != "." and name not in _PASSED_BY]
        for name in files:
            if _scheme(here / name):
                yield (here / name).relative_to(folder)


def _scheme(path: Path) -> str:
    """How a URL of the database in that file begins; empty where it is none."""
    if path.is_symlink() or not path.is_file():
        return ""
    form = told_form(path)
    return form if form in ("sqlite", "duckdb") else ""


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
