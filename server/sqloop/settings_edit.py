"""Changing `sqloop.toml`: one entry is written, everything else stays as its user wrote it, comments too."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Comment, InlineTable, Table, Whitespace

from sqloop.errors import SettingsError
from sqloop.places import replacing
from sqloop.settings_file import SettingsFile
from sqloop.trust import is_trusted, trust

Value = str | Mapping[str, str]


def write_entries(path: Path, table: str, entries: Mapping[str, Value | None]) -> None:
    """Set ``entries`` of a top-level table, None to remove one; the file is made where there is none.

    A file that was trusted stays so: whoever is in front of it has changed it. Raises SettingsError.
    """
    _change(path, lambda text: set_entries(text, table, entries))


def write_behind(path: Path, lines: str) -> None:
    """Put ``lines`` behind what the file holds, a trusted one as well. Raises SettingsError."""

    def put(text: str) -> str:
        parted = text if text.endswith("\n") else f"{text}\n"
        return f"{parted}\n{lines}" if text else lines

    _change(path, put)


def _change(path: Path, change: Callable[[str], str]) -> None:
    known = SettingsFile.read(path) if path.exists() else None
    trusted = known is not None and is_trusted(known)
    ends = "\r\n" if known and b"\r\n" in path.read_bytes() else "\n"
    _replace(path, change(known.text if known else "").replace("\n", ends))
    if trusted:
        trust(SettingsFile.read(path))


def set_entries(text: str, table: str, entries: Mapping[str, Value | None]) -> str:
    """``text`` with the entries of a table set. Raises SettingsError where it is laid out too unusually.

    >>> print(set_entries("k = 8  # many", "glossary", {"revenue": {"sql": "SUM(total)"}}))
    k = 8  # many
    <BLANKLINE>
    [glossary]
    revenue = {sql = "SUM(total)"}
    <BLANKLINE>
    """
    try:
        document = tomlkit.parse(text)
        if table not in document:
            _part(document, text)
            document[table] = tomlkit.table()
        section = document[table]
        if not isinstance(section, MutableMapping):
            raise SettingsError(f"{table} in sqloop.toml is no table.", f"Write it as [{table}].")
        behind = _take_end(section)
        for name, value in entries.items():
            if value is None:
                section.pop(name, None)
            else:
                section[name] = value if isinstance(value, str) else _table_of(value, section)
        if isinstance(section, Table):
            for item in behind:
                section.add(item)
        return tomlkit.dumps(document)
    except TOMLKitError as error:
        raise SettingsError(f"{table} in sqloop.toml cannot be changed: {error}") from None


def _take_end(section: MutableMapping[Any, Any]) -> list[Whitespace | Comment]:
    """What stands behind the last key of a table, which often belongs to the one that follows."""
    body, behind = section.value.body if isinstance(section, Table) else [], list[Whitespace | Comment]()
    while body and isinstance(body[-1][1], Whitespace | Comment):
        behind.insert(0, body.pop()[1])  # type: ignore[arg-type]
    return behind


def _part(document: tomlkit.TOMLDocument, text: str) -> None:
    """An empty line before what is added at the end."""
    if not text:
        return
    if not text.endswith("\n"):
        document.add(tomlkit.ws("\n"))
    document.add(tomlkit.nl())


def _table_of(value: Mapping[str, str], section: MutableMapping[Any, Any]) -> InlineTable | Table:
    """Among tables that have a heading each, one more of them: else it would come before them."""
    others = [each for key, each in section.value.body if key] if isinstance(section, Table) else []
    headed = bool(others) and all(isinstance(each, Table) and each.display_name for each in others)
    table = tomlkit.table() if headed else tomlkit.inline_table()
    table.update(value)
    return table


def _replace(path: Path, text: str) -> None:
    """The whole file at once, with the rights that it had; a link stays one."""
    target = path.resolve()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with replacing(target) as written:
            written.write_text(text, encoding="utf-8", newline="")
            with suppress(FileNotFoundError):
                written.chmod(target.stat().st_mode & 0o777)
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror}.") from None
