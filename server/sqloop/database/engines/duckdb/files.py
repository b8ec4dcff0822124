"""What lies at a place on disk, ready to be opened: looked at before each query, read again when changed."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from threading import RLock
from typing import cast

from sqloop.database.engines.duckdb.encoding import foreign_encoding
from sqloop.database.engines.duckdb.place import Place, View
from sqloop.database.engines.duckdb.stamp import stamp_files
from sqloop.database.engines.processes import KilledError, Processes, Program
from sqloop.database.files import form_of, stem_of, tables_at
from sqloop.database.knowledge.stamp import Stamp
from sqloop.errors import UnreachableError

_SECONDS = 60.0
"""For looking at all files, and for copying one."""

_Views = tuple[tuple[View, ...], tuple[str, ...]]
_Files = list[tuple[str, str]]


def program(module: str) -> Program:
    """A module of this folder as a process that finds the libraries it needs."""
    places = (find_spec(each) for each in ("duckdb", "openpyxl"))
    folders = {str(Path(each.origin).parents[1]): None for each in places if each is not None and each.origin}
    return Program(f"sqloop.database.engines.duckdb.{module}", (), tuple(folders))


class Files:
    """One database file, or the tables in a file, a folder or a pattern; may be used from any thread."""

    def __init__(self, path: Path, url: str, processes: Processes) -> None:
        self.path = path
        self._url = url
        self._processes = processes
        self._lock = RLock()
        self._known: Place | None = None
        self._copies: tempfile.TemporaryDirectory[str] | None = None
        self.failed: tuple[str, ...] = ()

    @property
    def is_database(self) -> bool:
        """Whether it is one file that holds tables, rather than files that are tables."""
        return self.path.is_file() and form_of(self.path) == "duckdb"

    def place(self) -> Place:
        """As it is now. Raises UnreachableError: nothing is there, or nothing of it can be read."""
        if self.is_database:
            return Place(self._state(self._all()), str(self.path))
        files = tables_at(self.path)
        if not files:
            raise UnreachableError(f"{self.path}: there is no file that holds a table.")
        with self._lock:
            state = self._state(files)
            if self._known is None or self._known.state != state:
                views, self.failed = self._read(files)
                if not views:
                    raise UnreachableError(f"{self.failed[0]}.")
                self._known = Place(state, views=views)
            return self._known

    def stamp(self) -> Stamp:
        """The stamp of all its files."""
        return stamp_files(self._url, self._all())

    def close(self) -> None:
        """Remove what was copied."""
        with self._lock:
            self._known = None
            if self._copies is not None:
                self._copies.cleanup()
                self._copies = None

    def _all(self) -> list[Path]:
        if not self.is_database:
            return tables_at(self.path)
        return [self.path, self.path.with_name(f"{self.path.name}.wal")]

    def _state(self, files: Sequence[Path]) -> str:
        stamp = stamp_files(self._url, files)
        return f"{stamp.structure} {stamp.contents}"

    def _read(self, files: Sequence[Path]) -> _Views:
        named: _Files = []
        failed: list[str] = []
        for path in files:
            try:
                named += self._tables_in(path, alone=len(files) == 1)
            except UnreachableError as error:
                failed.append(error.message.rstrip("."))
        try:
            views, unread = cast(_Views, self._processes.ask("views", _SECONDS, tuple(named)))
        except KilledError:
            raise UnreachableError(f"{self.path}: reading its columns takes too long.") from None
        return views, (*failed, *unread)

    def _tables_in(self, path: Path, *, alone: bool) -> _Files:
        stem, form = stem_of(path), form_of(path)
        if form == "csv" and (encoding := foreign_encoding(path)):
            return [(stem, cast(str, self._copy("text", path, encoding)))]
        if form != "xlsx":
            return [(stem, str(path))]
        sheets = cast(_Files, self._copy("sheets", path))
        if len(sheets) == 1:
            return [(stem, sheets[0][1])]
        return [(sheet if alone else f"{stem}_{sheet}", copy) for sheet, copy in sheets]

    def _copy(self, what: str, path: Path, *how: str) -> object:
        """What the process that copies gives; where it copies to, no one else may read."""
        if self._copies is None:
            self._copies = tempfile.TemporaryDirectory(prefix="sqloop-")
        folder = tempfile.mkdtemp(dir=self._copies.name)
        copying = Processes(program("copying"))
        try:
            return copying.ask(what, _SECONDS, str(path), *how, folder)
        except KilledError:
            raise UnreachableError(
                f"{path.name}: it is too large to be copied, as it must be to be read.",
                "Save it as .csv, in UTF-8.",
            ) from None
        finally:
            copying.close()
