"""What a DuckDB process opens: a database file, or views over files."""

from __future__ import annotations

from dataclasses import dataclass

from sqloop.database.identifiers import enclose


@dataclass(frozen=True)
class View:
    """A table called ``name`` that ``sql`` reads from the files at ``paths``."""

    name: str
    sql: str
    paths: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """The file ``database``, or else ``views``; ``state`` differs when what lies there has changed."""

    state: str
    database: str = ""
    views: tuple[View, ...] = ()


def quote(name: str) -> str:
    """``name`` in double quotes."""
    return enclose(name, "duckdb")


def literal(text: str) -> str:
    """``text`` in single quotes."""
    return "'" + text.replace("'", "''") + "'"
