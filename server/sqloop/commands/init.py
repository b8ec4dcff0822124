"""`sqloop init`: find what there is to ask in a folder and write it down in its `sqloop.toml`.

Databases and files that are tables are found (`sqloop.commands.finding`). A server is added by hand.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from sqloop.commands.finding import Found, find_places, leave_out, name_each
from sqloop.errors import SettingsError
from sqloop.settings_edit import write_behind, write_entries
from sqloop.settings_file import FILE_NAME, SettingsFile
from sqloop.terminal.printable import printable

_MOST = 20

_HEAD = """\
# What SQLoop asks: the first is the default, `--db NAME` takes another.
# Files: sales = "data/*.csv". Servers: live = "postgresql://reader@db.example.org/shop", or mysql+pymysql://
[connections]
"""


def init_folder(folder: Path) -> int:
    """Write `sqloop.toml`, or [connections] behind what it holds, or into those what is new; 0.

    Raises SettingsError where nothing is found, or the file cannot be changed.
    """
    file = folder / FILE_NAME
    found = find_places(folder)
    known = SettingsFile.read(file).data.get("connections") if file.exists() else None
    if known is not None:
        if not isinstance(known, dict):
            raise SettingsError(f"connections in {FILE_NAME} is no table.", "Write it as [connections].")
        _add(file, known, found)
        return 0
    if not found:
        raise SettingsError(
            "There is no database here, nor a CSV, Parquet, JSON or .xlsx file, nor in the folders below.",
            "Go to the folder that has one, or name it: sqloop --db FILE, sqloop --db postgresql://user@host/name.",
        )
    lines = [_write(each) for each in found[:_MOST]]
    write_behind(file, _HEAD + "\n".join(lines) + "\n")
    _tell([printable(line) for line in lines], len(found) - len(lines), found[0].name)
    return 0


def _write(found: Found) -> str:
    line = f"{found.name} = {_quote(found.address)}"
    return f"{line}  # {printable(found.tables)}" if found.tables else line


def _add(file: Path, known: Mapping[str, object], found: list[Found]) -> None:
    """Name what the file does not name yet, as it names the others, and behind the first: the default."""
    new = leave_out(found, known.values(), file.parent)
    names = name_each([*known, *(each.name for each in new)])[len(known) :]
    short = isinstance(next(iter(known.values()), ""), str)
    added = {
        name: each.address if short else {"url": each.address}
        for name, each in zip(names, new[:_MOST], strict=False)
    }
    print(f"{FILE_NAME} has {', '.join(map(printable, known)) or 'no connection'}.", file=sys.stderr)
    if not added:
        print("Nothing else is here to be asked.", file=sys.stderr)
        return
    write_entries(file, "connections", added)
    print("Added:", file=sys.stderr)
    for name, each in zip(added, new, strict=False):
        print(f"  {printable(_write(replace(each, name=name)))}", file=sys.stderr)
    _tell_left_out(len(new) - len(added))


def _tell(lines: list[str], left_out: int, first: str) -> None:
    one = len(lines) == 1
    print(f"{FILE_NAME} names {len(lines)} {'database' if one else 'databases'}:", file=sys.stderr)
    for line in lines:
        print(f"  {line}", file=sys.stderr)
    _tell_left_out(left_out)
    print(
        "Now ask: sqloop" if one else f"Now ask {first}: sqloop. Another: sqloop --db NAME", file=sys.stderr
    )


def _tell_left_out(count: int) -> None:
    if count:
        print(f"{count} more are left out: add those that you need.", file=sys.stderr)


def _quote(text: str) -> str:
    """As a TOML string; control characters, which a file name may hold, are escaped."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char.isprintable() else f"\\U{ord(char):08X}" for char in escaped) + '"'
