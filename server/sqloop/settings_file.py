"""`sqloop.toml` as a file: where it is, what it holds, on which line a key stands.

Only a file of the user's own is read: one that belongs to somebody else, wherever it lies, is none.
Knows TOML and paths, not the settings: those are checked in `sqloop.settings`.
"""

from __future__ import annotations

import logging
import os
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from glob import has_magic
from pathlib import Path
from typing import Any

from sqloop.errors import SettingsError
from sqloop.models import AUTO, STARTER

_log = logging.getLogger("sqloop")

FILE_NAME = "sqloop.toml"
_RELATIVE = re.compile(r"((?:sqlite(?:\+\w+)?|duckdb):///)([^/:~].*)")


@dataclass(frozen=True)
class SettingsFile:
    """``data`` as TOML gave it, with relative files made absolute; ``text`` to find lines in."""

    path: Path
    text: str
    data: dict[str, Any]

    @classmethod
    def read(cls, path: Path) -> SettingsFile:
        """The file at `path`.

        Raises:
            SettingsError: unreadable, not UTF-8, invalid TOML; names the file, and the line where known.
        """
        try:
            text = path.read_text(encoding="utf-8-sig")
            return cls(path, text, _anchor(tomllib.loads(text), path.parent))
        except OSError as error:
            raise SettingsError(f"{path}: {error.strerror}.") from None
        except UnicodeDecodeError:
            raise SettingsError(f"{path}: not a text file in UTF-8.") from None
        except tomllib.TOMLDecodeError as error:
            raise SettingsError(f"{path}{_toml_reason(str(error))}") from None

    def position(self, key: tuple[str, ...]) -> str:
        """`path:line` of what sets `key` or, failing that, of the nearest table around it."""
        found = find_line(self.text, key)
        return f"{self.path}:{found}" if found else str(self.path)


def find_line(text: str, key: tuple[str, ...]) -> int:
    """The line, from 1, that sets `key` or, failing that, that of the nearest table around it; 0 for none."""
    best, found = 0, 0
    for number, path in _keys(text):
        depth = len(path) if path == key[: len(path)] else 0
        if depth > best:
            best, found = depth, number
    return found


def find_file(folder: Path, *, upwards: bool = True) -> Path | None:
    """The nearest `sqloop.toml` of the user's own in ``folder`` or, where ``upwards``, above it."""
    folder = folder.resolve()
    for each in (folder, *folder.parents) if upwards else (folder,):
        path = each / FILE_NAME
        if not path.is_file():
            continue
        if _is_own(path):
            return path
        _log.warning("%s belongs to somebody else: it is not read.", path)
    return None


def _is_own(path: Path) -> bool:
    """Whether the user owns the file and, where it is a link, the link: in /tmp anybody can lay one."""
    if not hasattr(os, "getuid"):
        return True
    return {path.lstat().st_uid, path.stat().st_uid} == {os.getuid()}


def _toml_reason(message: str) -> str:
    where = re.search(r" \(at line (\d+), column (\d+)\)$", message)
    if where is None:
        return f": invalid TOML: {message}"
    return f":{where[1]}: invalid TOML at column {where[2]}: {message[: where.start()]}"


def _anchor(data: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Files are relative to the file that names them, wherever the command is run."""
    anchored = dict(data)
    connections = data.get("connections")
    if isinstance(connections, dict):
        anchored["connections"] = {name: anchor_url(each, folder) for name, each in connections.items()}
    if "db" in data:
        anchored["db"] = anchor_db(data["db"], folder, connections)
    for key in ("model", "adapter"):
        named = isinstance(data.get(key), str) and data[key] not in ("", AUTO, STARTER)
        if named and (folder / data[key]).exists():
            anchored[key] = str(folder / data[key])
    if isinstance(data.get("data"), str) and data["data"]:
        anchored["data"] = str(folder / Path(data["data"]).expanduser())
    feedback = data.get("feedback")
    if isinstance(feedback, dict) and "store" in feedback:
        anchored["feedback"] = feedback | {"store": _anchor_store(feedback["store"], folder)}
    return anchored


def _anchor_store(given: object, folder: Path) -> object:
    if isinstance(given, str) and given and "://" not in given:
        return str(folder / Path(given).expanduser())
    return anchor_url(given, folder)


def anchor_db(given: Any, folder: Path, connections: object) -> Any:
    """What ``db`` names, with a relative file made absolute; other values as they are."""
    known = connections if isinstance(connections, dict) else {}
    if not isinstance(given, str) or not given or given in known:
        return given
    is_place = "://" in given or has_magic(given) or (folder / Path(given).expanduser()).exists()
    return anchor_url(given, folder) if is_place else given


def anchor_url(given: Any, folder: Path) -> Any:
    """A URL or a path; no file is looked at, as its folder may be a stranger's."""
    if isinstance(given, dict) and "url" in given:
        return given | {"url": anchor_url(given["url"], folder)}
    if not isinstance(given, str) or not given:
        return given
    if url := _RELATIVE.fullmatch(given):
        return f"{url[1]}{folder / url[2]}"
    return given if "://" in given else str(folder / Path(given).expanduser())


def _keys(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[+([^\]]+)\]", line):
            table = _parts(header[1])
            yield number, table
        elif pair := re.match(r"\s*([\w.\-\"' ]+?)\s*=", line):
            yield number, table + _parts(pair[1])


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))
