"""Changing `sqloop.toml`: one entry is written, everything else stays as its user wrote it, comments too."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import tomlkit
from filelock import FileLock, Timeout
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Comment, InlineTable, Table, Whitespace

from sqloop.errors import SettingsError
from sqloop.places import cache_folder, replacing
from sqloop.settings_file import SettingsFile
from sqloop.trust import is_trusted, trust

Value = str | Mapping[str, str]

_BARE = {"glossary": "means", "connections": "url"}
"""What a bare text in one of these tables stands for."""
_LOCK_SECONDS = 10
_GONE = "sqloop_gone"
_GONE_TABLE = re.compile(rf"^[^\n]*\n[ \t]*{_GONE} = .*\n", re.MULTILINE)


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
    with _alone(path):
        known = SettingsFile.read(path) if path.exists() else None
        trusted = known is not None and is_trusted(known)
        ends = "\r\n" if known and b"\r\n" in path.read_bytes() else "\n"
        _replace(path, change(known.text if known else "").replace("\n", ends))
        if trusted:
            trust(SettingsFile.read(path))


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One process at a time changes settings: of two that read a file before either writes, one is lost.

    The lock is no file beside ``path``, where it would be committed. Raises SettingsError.
    """
    lock = FileLock(cache_folder() / "settings.lock", timeout=_LOCK_SECONDS)
    try:
        cache_folder().mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise SettingsError(f"{path} is being changed by another process.", "Try again.") from None
    except OSError:  # Where nothing can be kept: better without a lock than not at all.
        pass
    try:
        yield
    finally:
        lock.release()


def set_entries(text: str, table: str, entries: Mapping[str, Value | None]) -> str:
    """``text`` with the entries of a table set. Raises SettingsError where it is laid out too unusually.

    Those of ``descriptions`` are found in any case and layout.

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
            place, key = _find_dotted(section, name) if table == "descriptions" else (section, name)
            _set(place, key, value, _BARE.get(table, ""))
        _put_end(section, behind)
        return _GONE_TABLE.sub("", tomlkit.dumps(document))
    except TOMLKitError as error:
        raise SettingsError(f"{table} in sqloop.toml cannot be changed: {error}") from None


def _find_dotted(section: MutableMapping[Any, Any], name: str) -> tuple[MutableMapping[Any, Any], str]:
    """Where ``customers.status`` stands, whatever its case, dotted or below a heading, or else may be put.

    Raises SettingsError where the name is that of a table of names, which would be lost.
    """
    for key, inner in section.items():
        if key.lower() == name.lower():
            if isinstance(inner, MutableMapping):
                quoted = f'"{key}.{next(iter(inner), "…")}"'
                raise SettingsError(
                    f"{key} is a table in sqloop.toml.", f"Write its names as {quoted} first."
                )
            return section, key
        if isinstance(inner, MutableMapping) and name.lower().startswith(f"{key.lower()}."):
            place, found = _find_dotted(inner, name[len(key) + 1 :])
            if found in place:
                return place, found
    return section, name


def _set(section: MutableMapping[Any, Any], name: str, value: Value | None, bare: str) -> None:
    """Set one entry, or remove it; what stands between the lines of a table with a heading stays."""
    known = section.get(name)
    if isinstance(known, Table) and known.display_name:
        behind = _take_end(known)
        told = {bare: value} if isinstance(value, str) else value or {_GONE: ""}
        for key in [key for key in known if key not in told]:
            known.pop(key)
        known.update(told)
        _put_end(known, behind)
    elif value is None:
        section.pop(name, None)
    else:
        section[name] = value if isinstance(value, str) else _table_of(value, section)


def _take_end(section: MutableMapping[Any, Any]) -> list[Whitespace | Comment]:
    """What stands behind the last key of a table, which often belongs to the one that follows."""
    body, behind = section.value.body if isinstance(section, Table) else [], list[Whitespace | Comment]()
    while body and isinstance(body[-1][1], Whitespace | Comment):
        behind.insert(0, body.pop()[1])  # type: ignore[arg-type]
    return behind


def _put_end(section: MutableMapping[Any, Any], behind: list[Whitespace | Comment]) -> None:
    """As it was: a table that is indented would indent what is added to it."""
    if isinstance(section, Table):
        section.value.body.extend((None, item) for item in behind)


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
