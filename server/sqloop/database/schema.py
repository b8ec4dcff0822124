"""What SQLoop knows of a database: tables, columns, keys, samples, and a fingerprint of it all.

Values only, no connection; `introspect` fills them in.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

Dialect = Literal["sqlite", "mysql", "postgres", "duckdb"]
"""sqlglot's name of the SQL that the database speaks; MariaDB counts as ``mysql``."""

Kind = Literal["number", "text", "date", "boolean", "other"]
"""What a column holds, as far as questions care. Years and ids are numbers; datetimes are dates."""


def split_name(name: str, dialect: Dialect) -> tuple[str, str]:
    """The schema of a table, empty where the name says none, and the table's name in it.

    PostgreSQL and DuckDB have tables that go by both, and none here whose own names hold a dot.

    >>> split_name("sales.orders", "postgres"), split_name("a.b", "sqlite")
    (('sales', 'orders'), ('', 'a.b'))
    """
    schema, _, table = name.rpartition(".") if dialect in ("postgres", "duckdb") else ("", "", name)
    return schema, table


ColumnName = tuple[str, str]
"""Table and column, as the schema spells them."""

ColumnPair = tuple[ColumnName, ColumnName]
"""Two columns that a join equates."""


@dataclass(frozen=True)
class Column:
    """One column; ``type`` as the database writes it, ``samples`` as text, most frequent first.

    ``nullable`` is what the schema allows, ``nulls`` whether the rows that were looked at hold NULL.
    ``meanings`` are codes and what they stand for (see `sqloop.database.knowledge.codes`).
    """

    name: str
    type: str
    kind: Kind
    nullable: bool = True
    comment: str = ""
    samples: tuple[str, ...] = ()
    nulls: bool = False
    meanings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class ForeignKey:
    """``columns`` of the owning table refer to ``referred_columns`` of ``referred_table``.

    ``inferred`` where nobody declared it (see `sqloop.database.knowledge.keys`).
    """

    columns: tuple[str, ...]
    referred_table: str
    referred_columns: tuple[str, ...]
    inferred: bool = field(default=False, repr=False)


@dataclass(frozen=True)
class Table:
    """One table, or with ``view`` a view; ``rows`` is an estimate, or None where the database has none.

    ``unique`` are keys beside the primary one: no two rows have the same values in all columns of one.
    ``codes`` says that it tells what the codes of others stand for (see `sqloop.database.knowledge.codes`).
    """

    name: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    comment: str = ""
    rows: int | None = None
    view: bool = False
    unique: tuple[tuple[str, ...], ...] = ()
    codes: bool = False

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {column.name.lower(): column for column in self.columns}

    def column(self, name: str) -> Column | None:
        """The column of that name, whatever its case."""
        return self._by_name.get(name.lower())


@dataclass(frozen=True)
class Schema:
    """All tables of one connection."""

    dialect: Dialect
    tables: tuple[Table, ...]

    def __hash__(self) -> int:
        return hash(self.fingerprint)  # Known once it was needed; the fields of thousands of columns are not.

    @cached_property
    def _by_exact_name(self) -> dict[str, Table]:
        return {table.name: table for table in self.tables}

    @cached_property
    def _by_name(self) -> dict[str, Table]:
        return {table.name.lower(): table for table in self.tables}

    def table(self, name: str) -> Table | None:
        """The table of that very name, else of that name in another case, else in a schema of its own.

        MariaDB may hold tables whose names differ in nothing else.
        """
        return (
            self._by_exact_name.get(name)
            or self._by_name.get(name.lower())
            or self._by_short_name.get(name.lower())
        )

    @cached_property
    def _by_short_name(self) -> dict[str, Table]:
        """Tables that go by their schema, by their names in it; a name in several schemas is left out."""
        short: dict[str, list[Table]] = {}
        for table in self.tables:
            if split_name(table.name, self.dialect)[0]:
                short.setdefault(split_name(table.name, self.dialect)[1].lower(), []).append(table)
        return {name: tables[0] for name, tables in short.items() if len(tables) == 1}

    @cached_property
    def neighbours(self) -> dict[str, list[tuple[str, tuple[ColumnPair, ...]]]]:
        """For each table the tables that a foreign key joins to it, either way, in schema order."""
        edges: dict[str, list[tuple[str, tuple[ColumnPair, ...]]]] = {table.name: [] for table in self.tables}
        for table in self.tables:
            for key in table.foreign_keys:
                referred = self.table(key.referred_table)
                if referred is None or referred.name == table.name:
                    continue
                pairs = tuple(
                    ((table.name, column), (referred.name, other))
                    for column, other in zip(key.columns, key.referred_columns, strict=False)
                )
                if pairs:
                    edges[table.name].append((referred.name, pairs))
                    edges[referred.name].append((table.name, pairs))
        return edges

    @cached_property
    def fingerprint(self) -> str:
        """16 hex digits over names, types and keys: equal as long as the same SQL means the same.

        Rows, samples, comments, inferred and unique keys are left out: data may change without a new one.
        """
        digest = hashlib.sha256(self.dialect.encode())
        for table in sorted(self.tables, key=lambda each: each.name):
            declared = tuple(key for key in table.foreign_keys if not key.inferred)
            digest.update(repr((table.name, table.primary_key, declared)).encode())
            digest.update(repr([(c.name, c.type) for c in table.columns]).encode())
        return digest.hexdigest()[:16]
