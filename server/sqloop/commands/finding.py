"""What there is to ask in a folder and some levels below it: databases, and files that are tables.

SQLite and DuckDB files are known by their first bytes, tables by their endings. A folder of several tables is
one place to ask, so that questions may join them. JSON that holds settings, not rows, is passed by.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from glob import escape
from os.path import normpath
from pathlib import Path

from sqloop.database.files import stem_of, tables_at, told_form
from sqloop.settings_file import anchor_url

_DEPTH = 3
"""Folders below the one that are looked into."""

_PASSED_BY = {"node_modules", "__pycache__", "site-packages"}
_NAMED = 3
"""Files of a folder that are told by name."""

_FILE_URL = re.compile(r"^(?:sqlite|duckdb)(?:\+\w+)?:///")
_ROWS = re.compile(rb"\s*(\[\s*)?\{")
_SETTINGS = re.compile(rb"\s*\{\s*\n")
_HEAD = 256


@dataclass(frozen=True)
class Found:
    """A place to ask: its ``name``, its ``address`` as `sqloop.toml` takes it, the ``tables`` there."""

    name: str
    address: str
    tables: str = ""


def find_places(folder: Path) -> list[Found]:
    """All there is to ask: what lies nearest first, in one folder databases before files, then by name."""
    found: list[tuple[int, bool, str, str, str, str]] = []
    for here in _walk(folder):
        depth = len(here.relative_to(folder).parts)
        for path, form in _databases(here):
            inside = path.relative_to(folder).as_posix()
            found.append((depth, False, inside, path.stem, f"{form}:///{inside}", ""))
        for address, name, tables in _tables(here, folder):
            found.append((depth, True, address, name, address, tables))
    found.sort()
    names = name_each([each[3] for each in found])
    return [Found(name, each[4], each[5]) for name, each in zip(names, found, strict=True)]


def leave_out(found: Sequence[Found], known: Iterable[object], folder: Path) -> list[Found]:
    """Those of ``found`` in ``folder`` that none of the ``known`` connections names."""
    places = {_place(each, folder) for each in known}
    return [each for each in found if not places & _places(each, folder)]


def _places(found: Found, folder: Path) -> set[Path]:
    """What may stand for it: of a table, the folder that it lies in as well."""
    place = _place(found.address, folder)
    return {place} if "://" in found.address else {place, place.parent}


def _place(connection: object, folder: Path) -> Path:
    """What a connection names, so that two ways to write it are one."""
    url = connection.get("url") if isinstance(connection, dict) else connection
    return Path(normpath(_FILE_URL.sub("", str(anchor_url(url, folder)))))


def _walk(folder: Path) -> Iterator[Path]:
    """The folder and those below; no hidden ones."""
    for at, folders, _ in os.walk(folder):
        deep = len(Path(at).relative_to(folder).parts) >= _DEPTH
        folders[:] = [] if deep else [name for name in folders if name[0] != "." and name not in _PASSED_BY]
        yield Path(at)


def _databases(here: Path) -> Iterator[tuple[Path, str]]:
    for path in here.iterdir():
        form = told_form(path) if path.is_file() and not path.is_symlink() else None
        if form in ("sqlite", "duckdb"):
            yield path, form


def _tables(here: Path, folder: Path) -> Iterator[tuple[str, str, str]]:
    """Address, name and tables of one place, or of one for each ending where the folder holds other files."""
    files = [path for path in tables_at(here) if not path.is_symlink()]
    meant = [path for path in files if _holds_rows(path)]
    if len(meant) == len(files) > 1:
        yield here.relative_to(folder).as_posix(), here.absolute().name, _tell(meant)
        return
    groups: defaultdict[str, list[Path]] = defaultdict(list)
    for path in meant:
        groups["".join(path.suffixes[-2:]) if path.suffix in (".gz", ".zst") else path.suffix].append(path)
    for ending, paths in groups.items():
        if len(paths) == 1:
            yield paths[0].relative_to(folder).as_posix(), stem_of(paths[0]), ""
        elif ending == ".json":
            yield from ((path.relative_to(folder).as_posix(), stem_of(path), "") for path in paths)
        else:
            inside = escape(here.relative_to(folder).as_posix())
            yield f"{inside}/*{ending}".removeprefix("./"), here.absolute().name, _tell(paths)


def _holds_rows(path: Path) -> bool:
    """Whether a JSON file looks like rows: a list of objects, or an object on each line."""
    if path.suffix.lower() != ".json":
        return True
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return False
    return bool(_ROWS.match(head)) and not _SETTINGS.match(head)


def _tell(paths: Sequence[Path]) -> str:
    """The first of the files by name, and how many there are besides."""
    names = [path.name for path in paths[:_NAMED]]
    more = len(paths) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")


def name_each(wanted: Sequence[str]) -> list[str]:
    """A name for each that TOML needs no quotes for and that no other has.

    >>> name_each(["my shop", "my shop", "läden"])
    ['my_shop', 'my_shop_2', 'l_den']
    """
    names: list[str] = []
    for each in wanted:
        stem = re.sub(r"[^A-Za-z0-9_-]+", "_", each).strip("_") or "database"
        number, name = 1, stem
        while name in names:
            number += 1
            name = f"{stem}_{number}"
        names.append(name)
    return names
