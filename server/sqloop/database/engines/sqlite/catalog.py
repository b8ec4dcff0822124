"""What a SQLite file says of its own tables: read in bulk from its catalogue, no data touched."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable

from sqloop.database.kinds import kind_of
from sqloop.database.schema import Column, ForeignKey, Table

_TABLES = """
    SELECT name, type, coalesce(sql, '') LIKE 'CREATE VIRTUAL%' FROM sqlite_master
    WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY rowid
"""
_COLUMNS = """
    SELECT m.name, c.name, c.type, c."notnull", c.pk
    FROM sqlite_master m, pragma_table_xinfo(m.name) c
    WHERE m.type = 'table' AND coalesce(m.sql, '') NOT LIKE 'CREATE VIRTUAL%' AND c.hidden <> 1
    ORDER BY m.rowid, c.cid
"""
_COLUMNS_OF_ONE = """
    SELECT ?1, name, type, "notnull", pk FROM pragma_table_xinfo(?1) WHERE hidden <> 1 ORDER BY cid
"""
_FOREIGN_KEYS = """
    SELECT m.name, k.id, k."table", k."from", k."to"
    FROM sqlite_master m, pragma_foreign_key_list(m.name) k
    WHERE m.type = 'table' AND coalesce(m.sql, '') NOT LIKE 'CREATE VIRTUAL%'
    ORDER BY m.rowid, k.id DESC, k.seq
"""
_UNIQUE = """
    SELECT m.name, i.name, c.name
    FROM sqlite_master m, pragma_index_list(m.name) i, pragma_index_info(i.name) c
    WHERE m.type = 'table' AND coalesce(m.sql, '') NOT LIKE 'CREATE VIRTUAL%'
      AND i."unique" AND NOT i.partial AND i.origin <> 'pk'
    ORDER BY m.rowid, i.seq DESC, c.seqno
"""
_SHADOWS = (
    "config",
    "content",
    "data",
    "docsize",
    "idx",
    "segdir",
    "segments",
    "stat",
    "node",
    "parent",
    "rowid",
)
"""Endings of the tables in which virtual tables (full text, R-tree) keep their data."""


def read_tables(connection: sqlite3.Connection) -> list[Table]:
    """Tables and views in the order of their creation; those that SQLite cannot describe are left out."""
    catalogue = connection.execute(_TABLES).fetchall()
    virtual = {name for name, _, is_virtual in catalogue if is_virtual}
    columns = _group(connection.execute(_COLUMNS))
    keys = _group(connection.execute(_FOREIGN_KEYS))
    unique = _group(connection.execute(_UNIQUE))
    primary: dict[str, tuple[str, ...]] = {}
    for name, kind, is_virtual in catalogue:
        if kind == "view" or is_virtual:
            columns[name] = _describe(connection, name)
        primary[name] = tuple(row[0] for row in sorted(columns[name], key=lambda row: row[3]) if row[3])
    return [
        Table(
            name,
            tuple(
                Column(c, type_, kind_of(type_), not (notnull or pk))
                for c, type_, notnull, pk in columns[name]
                if _can_be_said(c)
            ),
            primary[name],
            _foreign_keys(keys[name], primary),
            view=kind == "view",
            unique=_unique_keys(unique[name]),
        )
        for name, kind, _ in catalogue
        if columns[name] and not _is_shadow(name, virtual) and _can_be_said(name)
    ]


def _group(rows: Iterable[tuple[object, ...]]) -> defaultdict[str, list[tuple]]:  # type: ignore[type-arg]
    grouped: defaultdict[str, list[tuple[object, ...]]] = defaultdict(list)
    for table, *rest in rows:
        grouped[str(table)].append(tuple(rest))
    return grouped


def _describe(connection: sqlite3.Connection, name: str) -> list[tuple[str, str, int, int]]:
    """Columns of a view or virtual table; none where it is broken (a missing table, an unknown module)."""
    try:
        return [row[1:] for row in connection.execute(_COLUMNS_OF_ONE, (name,))]
    except sqlite3.Error:
        return []


def _foreign_keys(
    rows: list[tuple[int, str, str, str | None]], primary: dict[str, tuple[str, ...]]
) -> tuple[ForeignKey, ...]:
    """The keys of one table; SQLite takes any case, and lets keys refer to tables that do not exist."""
    names = {name.lower(): name for name in primary}
    by_key: dict[int, list[tuple[str, str, str | None]]] = defaultdict(list)
    for key, referred, own, to in rows:
        by_key[key].append((referred, own, to))
    found = []
    for parts in by_key.values():
        referred_table = names.get(parts[0][0].lower())
        if referred_table is None:
            continue
        named = tuple(to for _, _, to in parts if to is not None)
        # A key that names no column refers to the primary key.
        columns = named or primary[referred_table]
        if len(columns) == len(parts):
            found.append(ForeignKey(tuple(own for _, own, _ in parts), referred_table, columns))
    return tuple(found)


def _unique_keys(rows: list[tuple[str, str | None]]) -> tuple[tuple[str, ...], ...]:
    """The columns of each unique index of one table, but of those over an expression, which has no name."""
    by_index: dict[str, list[str | None]] = defaultdict(list)
    for index, column in rows:
        by_index[index].append(column)
    named = [tuple(name for name in names if name is not None) for names in by_index.values()]
    return tuple(key for key, names in zip(named, by_index.values(), strict=True) if len(key) == len(names))


def _can_be_said(name: str) -> bool:
    """Whether a name is UTF-8: any other came here with substitutes, and no query can write it."""
    return "\ufffd" not in name


def _is_shadow(name: str, virtual: set[str]) -> bool:
    owner, _, ending = name.rpartition("_")
    return owner in virtual and ending in _SHADOWS
