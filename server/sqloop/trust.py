"""Which `sqloop.toml` may do more than name files beside it.

A folder may be a stranger's. Its `sqloop.toml` runs no command, loads no model, calls no server and opens no
file elsewhere until its user has trusted it: once, remembered by its path and its content, as direnv does.
What is harmless (`k`, limits, files below the folder as databases, switching feedback off) needs no trust.
The list of what is harmless is complete: a setting that is not in it needs trust.

Covered here: what needs trust, and what was trusted. Whose files are read at all is `settings_file`'s.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from glob import has_magic
from hashlib import sha256
from itertools import takewhile
from pathlib import Path
from typing import Any

from sqloop.address import show_address
from sqloop.database.files import tables_at
from sqloop.errors import SettingsError
from sqloop.places import data_folder
from sqloop.settings_file import SettingsFile

_HARMLESS = {"k", "limits", "cache", "memory", "glossary", "descriptions"}
_HARMLESS_FEEDBACK = {"enabled", "answers"}
_HARMLESS_NAMES = {
    "db": ("", "sample"),
    "model": ("", "auto", "starter"),
    "adapter": ("", "none"),
    "data": ("",),
}
"""Values that name nothing of the folder's."""


@dataclass(frozen=True)
class Want:
    """A setting that needs trust, and what it would do, in words; neither holds a password."""

    key: str
    does: str

    def __str__(self) -> str:
        return f"{self.key} {self.does}"


Decide = Callable[[SettingsFile, tuple[Want, ...]], bool]
"""Whether a file is trusted, given what it wants that needs trust; may raise SettingsError."""


def screen(
    file: SettingsFile, settled: Mapping[str, object] | None = None
) -> tuple[dict[str, Any], tuple[Want, ...]]:
    """What of ``file`` is harmless, and what needs trust, but for what the user has ``settled`` otherwise."""
    settled = settled or {}
    data, folder = file.data, file.path.parent
    kept = {key: value for key, value in data.items() if key in _HARMLESS}
    wants: list[Want] = []
    for key, names in _HARMLESS_NAMES.items():
        if key in data and (data[key] in names or (key == "db" and _is_below(data[key], folder))):
            kept[key] = data[key]
    connections = data.get("connections")
    if isinstance(connections, dict):
        kept["connections"] = {name: each for name, each in connections.items() if _is_below(each, folder)}
        if data.get("db") in kept["connections"]:
            kept["db"] = data["db"]
        lost = {name: each for name, each in connections.items() if name not in kept["connections"]}
        if "db" in settled:
            lost = {name: each for name, each in lost.items() if name == settled["db"]}
        wants += [Want(f"connections.{name}", _tell_connection(each)) for name, each in lost.items()]
    feedback = data.get("feedback")
    if isinstance(feedback, dict):
        kept["feedback"] = {key: value for key, value in feedback.items() if key in _HARMLESS_FEEDBACK}
        wants += [
            Want(f"feedback.{key}", _tell(key, value))
            for key, value in feedback.items()
            if key not in _HARMLESS_FEEDBACK and value != ""
        ]
    for key, value in data.items():
        if key not in kept and key not in settled and key not in ("connections", "feedback"):
            wants.append(Want(key, _tell(key, value)))
    return kept, tuple(wants)


def ask(file: SettingsFile, wants: tuple[Want, ...]) -> bool:
    """Whether ``file`` is trusted; a person on a terminal is asked where it wants what needs that, once.

    Raises SettingsError where the answer is no, or where there is nobody to ask.
    """
    if is_trusted(file):
        return True
    if not wants:
        return False
    listed = "; ".join(map(str, wants))
    hint = f"Read the file, then run: sqloop trust {file.path.parent}"
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise SettingsError(f"{file.path} is not trusted: {listed}.", hint)
    lines = [f"sqloop: {printable(str(file.path))} is not trusted yet. It wants more than a file may:"]
    lines += [f"  {printable(str(want))}" for want in wants]
    print(*lines, "Trust it as it is now? [y/N] ", sep="\n", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise SettingsError(f"{file.path} is not trusted.", hint)
    trust(file)
    return True


def is_trusted(file: SettingsFile) -> bool:
    """Whether the user has trusted this path with this content."""
    return _mark(file.path, file.text).is_file()


def trust(file: SettingsFile) -> None:
    """Remember that the file is trusted as it is. Raises SettingsError where that cannot be kept."""
    mark = _mark(file.path, file.text)
    try:
        mark.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        mark.write_text(f"{file.path}\n", encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        raise SettingsError(f"{mark.parent} cannot be written: {error.strerror}.") from None


def distrust(path: Path) -> int:
    """Forget that ``path`` was trusted, whatever it held; how many times it had been."""
    marks = [mark for mark in _folder().glob("*") if _path_of(mark) == str(path)]
    for mark in marks:
        mark.unlink(missing_ok=True)
    return len(marks)


def _folder() -> Path:
    """Of the system's place, never of a setting: a folder's settings could name their own."""
    return data_folder() / "trusted"


def _mark(path: Path, text: str) -> Path:
    name = f"{path}\0{text}".encode(errors="surrogateescape")
    return _folder() / sha256(name).hexdigest()


def _path_of(mark: Path) -> str:
    return mark.read_text(encoding="utf-8", errors="surrogateescape").removesuffix("\n")


def _is_below(connection: object, folder: Path) -> bool:
    """Whether it names nothing but files (no pipe, no link to elsewhere) below ``folder``."""
    if isinstance(connection, dict):
        return set(connection) <= {"url", "password_command"} and (
            not connection.get("password_command") and _is_below(connection.get("url"), folder)
        )
    if not isinstance(connection, str):
        return False
    try:
        path = _path_of_files(connection)
        return path is not None and _holds_only_files(path, folder.resolve())
    except (ValueError, OSError):
        return False


def _path_of_files(connection: str) -> Path | None:
    if "://" not in connection:
        return Path(connection) if connection else None
    if not connection.startswith(("sqlite:///", "duckdb:///")):
        return None
    from sqlalchemy.engine import make_url  # slow to load: most connections need none
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(connection)
    except ArgumentError:
        return None
    return Path(url.database or "") if not url.query else None


def _holds_only_files(path: Path, folder: Path) -> bool:
    """Whether all that a file, a folder or a pattern stands for lies below ``folder``."""
    if has_magic(str(path)) and not path.exists():
        fixed = Path(*takewhile(lambda part: not has_magic(part), path.parts))
        below = ".." not in path.parts and fixed.resolve().is_relative_to(folder)
        return below and all(each.resolve().is_relative_to(folder) for each in tables_at(path))
    if path.is_dir():
        below = path.resolve().is_relative_to(folder)
        return below and all(each.resolve().is_relative_to(folder) for each in tables_at(path))
    return path.resolve().is_relative_to(folder) and (path.is_file() or not path.exists())


def _tell_connection(connection: object) -> str:
    if isinstance(connection, dict):
        if command := connection.get("password_command"):
            return _tell("password_command", command)
        return _tell_connection(connection.get("url"))
    return f"opens {_without_password(connection)}"


def _tell(key: str, value: object) -> str:
    if key == "password_command":
        return f"runs the command {value!r}"
    if key == "model" and isinstance(value, str) and value.startswith(("http://", "https://")):
        return f"sends questions and schema to {_without_password(value)}"
    if key in ("model", "adapter"):
        return f"loads {value!r}"
    if key in ("db", "store"):
        return f"opens {_without_password(value)}"
    return "is for trusted folders only"


def _without_password(url: object) -> str:
    shown = show_address(str(url))
    return "a database" if shown == "?" else shown


def printable(text: str) -> str:
    """``text`` without what a terminal obeys."""
    return "".join(char if char.isprintable() else "�" for char in text)


def settled_by_user(
    flags: Mapping[str, object], environment: Mapping[str, str], prefix: str
) -> dict[str, object]:
    """What the user's own flags and variables decide, whatever a file says."""
    variables = {
        name.removeprefix(prefix).lower(): value
        for name, value in environment.items()
        if value and name.startswith(prefix)
    }
    return {key: value for key, value in {**variables, **flags}.items() if key in _HARMLESS_NAMES}
