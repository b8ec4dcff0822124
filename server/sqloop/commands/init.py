"""`sqloop init`: find what there is to ask in a folder and write it down in its `sqloop.toml`.

Databases and files that are tables are found (`sqloop.commands.finding`). A server is added by hand.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sqloop.commands.finding import Found, find_places
from sqloop.errors import SettingsError
from sqloop.settings_edit import write_behind
from sqloop.settings_file import FILE_NAME, SettingsFile
from sqloop.terminal.printable import printable

_MOST = 20

_HEAD = """\
# What SQLoop asks: the first is the default, `--db NAME` takes another.
# Files: sales = "data/*.csv". Servers: live = "postgresql://reader@db.example.org/shop", or mysql+pymysql://
[connections]
"""


def init_folder(folder: Path) -> int:
    """Write `sqloop.toml`, or [connections] behind what it holds; 0.

    Raises SettingsError where it has connections, where nothing is found or writable.
    """
    file = folder / FILE_NAME
    found = find_places(folder)
    known = SettingsFile.read(file).data if file.exists() else {}
    if "connections" in known:
        _offer([_write(each) for each in found[:_MOST]])
        raise SettingsError(f"The {FILE_NAME} here has [connections] already.", "Add to them by hand.")
    if not found:
        raise SettingsError(
            "There is no database here, nor a CSV, Parquet, JSON or .xlsx file, nor in the folders below.",
            "Name one with --db FILE or --db postgresql://user@host/name.",
        )
    lines = [_write(each) for each in found[:_MOST]]
    write_behind(file, _HEAD + "\n".join(lines) + "\n")
    _tell([printable(line) for line in lines], len(found) - len(lines), found[0].name)
    return 0


def _write(found: Found) -> str:
    line = f"{found.name} = {_quote(found.address)}"
    return f"{line}  # {printable(found.tables)}" if found.tables else line


def _offer(lines: list[str]) -> None:
    """What could stand in the file, to be copied."""
    if lines:
        print("Found here:", file=sys.stderr)
    for line in lines:
        print(f"  {printable(line)}", file=sys.stderr)


def _tell(lines: list[str], left_out: int, first: str) -> None:
    one = len(lines) == 1
    print(f"{FILE_NAME} names {len(lines)} {'database' if one else 'databases'}:", file=sys.stderr)
    for line in lines:
        print(f"  {line}", file=sys.stderr)
    if left_out:
        print(f"{left_out} more are left out: add those that you need.", file=sys.stderr)
    print(
        "Now ask: sqloop" if one else f"Now ask {first}: sqloop. Another: sqloop --db NAME", file=sys.stderr
    )


def _quote(text: str) -> str:
    """As a TOML string; control characters, which a file name may hold, are escaped."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char.isprintable() else f"\\U{ord(char):08X}" for char in escaped) + '"'
