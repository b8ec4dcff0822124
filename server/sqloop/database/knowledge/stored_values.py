"""The index of text values as a SQLite file: a process looks a word up without reading the rest."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from threading import Lock

from sqloop.database.knowledge.value_index import ValueIndex, ValueMatch

_TABLES = """
    CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
    CREATE TABLE place (id INTEGER PRIMARY KEY, tab TEXT, col TEXT);
    CREATE TABLE whole (stems TEXT, number INTEGER, place INTEGER, value TEXT,
        PRIMARY KEY (stems, number)) WITHOUT ROWID;
    CREATE TABLE telling (stems TEXT, number INTEGER, place INTEGER, value TEXT,
        PRIMARY KEY (stems, number)) WITHOUT ROWID;
"""
_FIND = "SELECT tab, col, value FROM {} JOIN place ON place = id WHERE stems = ? ORDER BY number"

_Rows = list[tuple[str, int, int, str]]


class StoredValues(ValueIndex):
    """A `ValueIndex` that lies in a file, which is open as long as this lives; thread-safe.

    ``about`` is what `write_values` was given. A file found broken while in use holds nothing.
    """

    def __init__(self, path: Path) -> None:
        """Open and check the file. Raises sqlite3.Error, ValueError where it is not whole."""
        super().__init__()
        self._lock = Lock()
        # Files are replaced, never written again: no locks, and none of them left behind.
        uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        self._file = sqlite3.connect(uri, uri=True, check_same_thread=False)
        try:
            if self._file.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise ValueError(f"{path} is damaged")
            self.about: dict[str, str] = dict(self._file.execute("SELECT key, value FROM about"))
            self.complete, self.hurried = self.about["complete"] == "yes", self.about["hurried"] == "yes"
        except (sqlite3.Error, ValueError, KeyError):
            self._file.close()
            raise

    def whole(self, stems: Iterable[str]) -> list[ValueMatch]:
        """See `ValueIndex.whole`."""
        return self._find("whole", " ".join(sorted(stems)))

    def telling(self, stem: str) -> list[ValueMatch]:
        """See `ValueIndex.telling`."""
        return self._find("telling", stem)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __del__(self) -> None:
        # One that is given up for newer rows may still be read by another thread: the last of them closes it.
        with suppress(AttributeError):
            self._file.close()

    def _find(self, table: str, stems: str) -> list[ValueMatch]:
        with self._lock:
            try:
                rows = self._file.execute(_FIND.format(table), (stems,)).fetchall()
            except (sqlite3.Error, UnicodeError):
                return []
        return [ValueMatch(*row) for row in rows]


def write_values(path: Path, index: ValueIndex, about: Mapping[str, str]) -> None:
    """Write ``index`` to an empty file. Raises sqlite3.Error."""
    places: dict[tuple[str, str], int] = {}

    def number(match: ValueMatch) -> int:
        return places.setdefault((match.table, match.column), len(places))

    def rows(entries: Iterable[tuple[str, Sequence[ValueMatch]]]) -> _Rows:
        return [
            (stems, position, number(match), match.value)
            for stems, matches in sorted(entries)
            for position, match in enumerate(matches)
        ]

    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        # The file is renamed when complete and dropped otherwise: a journal would only cost time.
        file.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN; {_TABLES}")
        file.executemany("INSERT INTO whole VALUES (?, ?, ?, ?)", rows(index.entries_whole()))
        file.executemany("INSERT INTO telling VALUES (?, ?, ?, ?)", rows(index.entries_telling()))
        file.executemany("INSERT INTO place VALUES (?, ?, ?)", [(id_, *name) for name, id_ in places.items()])
        told = {**about, "complete": _word(index.complete), "hurried": _word(index.hurried)}
        file.executemany("INSERT INTO about VALUES (?, ?)", told.items())
        file.execute("COMMIT")


def _word(flag: bool) -> str:
    return "yes" if flag else "no"
