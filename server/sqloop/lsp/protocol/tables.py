"""The schema: all tables, or one with its columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class SchemaParams:
    """Which part of the schema."""

    table: str = ""
    """One table with everything; empty for the list of all."""

    refresh: bool = False
    """Read it anew from the database."""


@dataclass(frozen=True)
class TableSummary:
    """A table in the list of all."""

    name: str
    """As the database spells it."""

    columns: int
    """How many it has."""

    rows: int | None
    """An estimate, if there is one."""

    comment: str
    """Often empty."""

    written: str = ""
    """The name as a query has to write it: in quotes where it needs them."""


@dataclass(frozen=True)
class ColumnDetail:
    """A column of one table."""

    name: str
    """As the database spells it."""

    type: str
    """As the database writes it."""

    kind: Literal["number", "text", "date", "boolean", "other"]
    """What it holds, as far as questions care."""

    nullable: bool
    """Whether it may be NULL."""

    primary_key: bool
    """Whether it is (a part of) the primary key."""

    references: str | None
    """`table.column` where it is a foreign key."""

    comment: str
    """Often empty."""

    samples: tuple[str, ...]
    """A few values, the most frequent first."""

    written: str = ""
    """The name as a query has to write it: in quotes where it needs them."""


@dataclass(frozen=True)
class TableDetail:
    """One table with everything."""

    name: str
    """As the database spells it."""

    rows: int | None
    """An estimate, if there is one."""

    comment: str
    """Often empty."""

    columns: tuple[ColumnDetail, ...]
    """In the order of the table."""


@dataclass(frozen=True)
class SchemaResult:
    """All tables, or one of them."""

    connection: str
    """The name of the connection."""

    dialect: Literal["sqlite", "mysql", "postgres", "duckdb"]
    """`mysql` stands for MariaDB too."""

    fingerprint: str
    """16 hex digits; another one when tables, columns, types or keys have changed."""

    tables: tuple[TableSummary, ...]
    """All tables; empty when one was asked for."""

    table: TableDetail | None
    """The table that was asked for; null where there is none of that name."""
