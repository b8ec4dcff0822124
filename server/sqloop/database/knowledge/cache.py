"""What is kept of databases between two processes: schemas with samples, and indexes of text values.

The files hold a part of the databases' contents: only the user may read them, they lie in the user's cache,
and the setting ``[cache] values = false`` keeps none. Each carries the stamp of the database when it was
made (see `sqloop.database.knowledge.stamp`) and a digest of the code that made it; what does not match, or is
damaged, counts as not there and is written anew. Nothing here fails: a cache that cannot be written is none.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqloop.database.knowledge.schema_text import read_schema, write_schema
from sqloop.database.knowledge.stamp import Stamp
from sqloop.database.knowledge.stored_values import StoredValues, write_values
from sqloop.database.knowledge.value_index import ValueIndex
from sqloop.database.schema import Schema
from sqloop.places import replacing

LIMIT = 512 * 1024 * 1024
"""Bytes of all files together; those that were not used for longest go first."""

_RETRY = 600
"""Seconds after which an index that was read in a hurry is read again: the machine may have been busy."""


@dataclass(frozen=True)
class KeptSchema:
    """A schema, when its samples were read (`time.time`), and whether there was no time for all of them."""

    schema: Schema
    sampled: float
    hurried: bool = False


class DatabaseCache:
    """The files below ``folder``; several processes may use it at once."""

    def __init__(self, folder: Path, limit: int = LIMIT) -> None:
        self._folder = folder
        self._limit = limit

    def read_schema(self, stamp: Stamp, *, changed: bool = False) -> KeptSchema | None:
        """The schema that was kept, where it still holds; also that of other rows, where they ``changed``."""
        path = self._path(stamp, "schema.json")
        try:
            line, text = path.read_text(encoding="utf-8").split("\n", 1)
            about = json.loads(line)
            if not (_is_structure(stamp, about) if changed else _holds(stamp, about)):
                return None
            kept = KeptSchema(read_schema(text), float(about["sampled"]), about["hurried"] == "yes")
        except (OSError, ValueError, TypeError, KeyError):
            return None
        _touch(path)
        return kept

    def write_schema(self, stamp: Stamp, kept: KeptSchema) -> None:
        """Keep a schema that was read after ``stamp`` was taken."""
        hurried = "yes" if kept.hurried else "no"
        about = {**_about(stamp), "sampled": str(kept.sampled), "hurried": hurried}
        text = f"{json.dumps(about)}\n{write_schema(kept.schema)}"
        path = self._path(stamp, "schema.json")
        self._replace(path, lambda file: Path(file).write_text(text, encoding="utf-8"))

    def read_values(self, stamp: Stamp, fingerprint: str) -> ValueIndex | None:
        """The index that was kept for the schema of that fingerprint, where it still holds."""
        path = self._path(stamp, f"{fingerprint}.sqlite")
        try:
            index = StoredValues(path)
        except (sqlite3.Error, ValueError, KeyError):
            return None
        if not _holds(stamp, index.about, _RETRY if index.hurried else float("inf")):
            index.close()
            return None
        _touch(path)
        return index

    def write_values(self, stamp: Stamp, fingerprint: str, index: ValueIndex) -> None:
        """Keep ``index``, which was read after ``stamp`` was taken."""
        path = self._path(stamp, f"{fingerprint}.sqlite")
        self._replace(path, lambda file: write_values(Path(file), index, _about(stamp)))

    def _path(self, stamp: Stamp, ending: str) -> Path:
        return self._folder / f"{hashlib.sha256(stamp.identity.encode()).hexdigest()[:16]}.{ending}"

    def _replace(self, path: Path, write: Callable[[str], object]) -> None:
        with suppress(OSError, sqlite3.Error, UnicodeError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with replacing(path) as written:
                write(str(written))
            self._trim()

    def _trim(self) -> None:
        files = [(path.stat(), path) for path in self._folder.iterdir()]
        files.sort(key=lambda each: each[0].st_mtime, reverse=True)
        total = 0
        for status, path in files:
            total += status.st_size
            if total > self._limit:
                with suppress(OSError):  # in use, where the system minds
                    path.unlink()


def _about(stamp: Stamp) -> dict[str, str]:
    return {
        "identity": stamp.identity,
        "structure": stamp.structure,
        "contents": stamp.contents,
        "made": str(time.time()),
        "code": _code(),
    }


def _holds(stamp: Stamp, about: dict[str, str], life: float = float("inf")) -> bool:
    """Whether what is no older than ``life`` seconds may be used. Raises ValueError for a foreign head."""
    try:
        age = time.time() - float(about["made"])
        fresh = age < life and stamp.trusts(about["structure"], about["contents"], age)
        return fresh and _is_of(stamp, about)
    except (KeyError, TypeError) as error:
        raise ValueError("not the head of a cache file") from error


def _is_structure(stamp: Stamp, about: dict[str, str]) -> bool:
    """Whether it was made of those tables, whatever rows they hold. Raises KeyError for a foreign head."""
    return _is_of(stamp, about) and about["structure"] == stamp.structure


def _is_of(stamp: Stamp, about: dict[str, str]) -> bool:
    """Whether it was made of that database, by this code. Raises KeyError for a foreign head."""
    return about["identity"] == stamp.identity and about["code"] == _code()


@cache
def _code() -> str:
    """A digest of this package: another version may read, stem or guess in another way."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parents[1].rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _touch(path: Path) -> None:
    with suppress(OSError):
        os.utime(path)
