"""Which files can be asked, and what a path, a folder or a pattern stands for: the URL of a database.

What a file is, its first bytes say where they can, else its ending. Nothing is read here beyond those bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from glob import glob, has_magic
from pathlib import Path
from typing import Literal

from sqloop.errors import SettingsError

Form = Literal["sqlite", "duckdb", "csv", "parquet", "json", "xlsx"]

READ = "SQLoop reads SQLite and DuckDB files, CSV, TSV, Parquet, JSON and .xlsx files, and folders of them."

_MAGIC: tuple[tuple[int, bytes, Form], ...] = (
    (0, b"SQLite format 3\0", "sqlite"),
    (8, b"DUCK", "duckdb"),
    (0, b"PAR1", "parquet"),
)
_HEAD = 16

_ENDINGS: dict[str, Form] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".tab": "csv",
    ".txt": "csv",
    ".parquet": "parquet",
    ".json": "json",
    ".jsonl": "json",
    ".ndjson": "json",
    ".xlsx": "xlsx",
    ".duckdb": "duckdb",
    ".ddb": "duckdb",
    ".sqlite": "sqlite",
    ".sqlite3": "sqlite",
    ".db": "sqlite",
    ".db3": "sqlite",
    "": "sqlite",
}
_PACKED = (".gz", ".zst")
_PACKABLE = ("csv", "json")
_TABLES: tuple[Form, ...] = ("csv", "parquet", "json", "xlsx")


def form_of(path: Path) -> Form | None:
    """What the file at ``path`` is; None where it is nothing that can be asked."""
    return told_form(path) or _by_ending(path)


def told_form(path: Path) -> Form | None:
    """What the first bytes of the file say that it is; None where they say nothing."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return None
    return next((form for at, magic, form in _MAGIC if head[at:].startswith(magic)), None)


def tables_at(place: Path) -> list[Path]:
    """The files that are tables in the folder, of the pattern or at the path ``place``, by name.

    Of many, the endings tell: a folder is looked at before each question.
    """
    if place.is_file():
        return [place] if form_of(place) in _TABLES else []
    return sorted(each for each in _listed(place) if _by_ending(each) in _TABLES and each.is_file())


def stem_of(path: Path) -> str:
    """The name of a table's file without its endings.

    >>> stem_of(Path("data/sales.2024.csv.gz"))
    'sales.2024'
    """
    name = path.name
    for ending in _PACKED:
        name = name.removesuffix(ending)
    return Path(name).stem


def file_url(given: str) -> str | None:
    """The URL of the database that a path, a folder or a pattern stands for; None where nothing is there.

    Raises SettingsError where there is something, but nothing that can be asked.
    """
    place = Path(given).expanduser().absolute()
    if place.is_file():
        form = form_of(place)
        if form is None:
            raise SettingsError(f"{given} is neither a database nor a table.", _advice(place))
        return _url("sqlite" if form == "sqlite" else "duckdb", place)
    if not place.is_dir() and not has_magic(given):
        return None
    if not tables_at(place):
        where = f"{given} holds no table" if place.is_dir() else f"{given} matches no table"
        raise SettingsError(f"{where}.", READ)
    return _url("duckdb", place)


def _url(scheme: str, place: Path) -> str:
    """With what would end the path in a URL written as %XX."""
    return f"{scheme}:///{str(place).replace('%', '%25').replace('?', '%3F')}"


def _listed(place: Path) -> Iterator[Path]:
    if place.is_dir():
        return (each for each in place.iterdir() if not each.name.startswith((".", "~$")) and _is_meant(each))
    return map(Path, glob(str(place), recursive=True))


def _is_meant(path: Path) -> bool:
    """Whether it is likely a table where a folder is named: most texts are none."""
    return stem_of(path) != path.name and ".txt" not in path.suffixes


def _by_ending(path: Path) -> Form | None:
    ending = path.suffix.lower()
    if ending not in _PACKED:
        return _ENDINGS.get(ending)
    form = _ENDINGS.get(Path(path.stem).suffix.lower())
    return form if form in _PACKABLE else None


def _advice(path: Path) -> str:
    if path.suffix.lower() in (".xls", ".xlsm", ".xlsb", ".ods"):
        return "Save the sheet as .xlsx or .csv."
    return READ
