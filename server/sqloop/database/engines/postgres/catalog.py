"""What a PostgreSQL server says of one database: four bulk queries on its catalogue.

A table that the search path finds goes by its name, any other by schema and name with a dot between them.
Tables whose own names hold a dot are left out, for then nobody could tell. So are partitions, which their
table stands for, what belongs to extensions, and what the account may not read. Columns come a table a row,
as JSON: rows are what takes time in Python.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqloop.database.schema import Column, ForeignKey, Kind, Table

_KNOWN = """
    WITH known AS MATERIALIZED (
      SELECT c.oid, c.relname, c.relkind, c.reltuples, n.nspname, pg_table_is_visible(c.oid) AS visible,
        has_table_privilege(c.oid, 'SELECT') AS whole
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
        AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
        AND c.relname !~ '[.]' AND n.nspname !~ '[.]'
        AND has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT')
        AND NOT EXISTS (SELECT 1 FROM pg_depend d
          WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'))
"""
_TABLES = f"""{_KNOWN}
    SELECT oid, CASE WHEN visible THEN relname ELSE nspname || '.' || relname END, relkind::text,
      CASE WHEN relkind <> 'p' THEN reltuples::bigint
        ELSE (SELECT sum(k.reltuples)::bigint FROM pg_partition_tree(known.oid) p
              JOIN pg_class k ON k.oid = p.relid WHERE p.isleaf) END,
      obj_description(oid, 'pg_class')
    FROM known ORDER BY NOT visible, relkind IN ('v', 'm'), oid
"""
_COLUMNS = f"""{_KNOWN}
    SELECT a.attrelid, json_agg(json_build_array(a.attnum, a.attname,
        CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod)
          WHEN t.typtype = 'e' THEN t.typname::text ELSE format_type(a.atttypid, a.atttypmod) END,
        t.typcategory, a.attnotnull, d.description,
        CASE WHEN t.typtype = 'e' THEN (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder)
          FROM pg_enum e WHERE e.enumtypid = t.oid) END) ORDER BY a.attnum)::text
    FROM pg_attribute a JOIN known ON known.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_description d
      ON d.classoid = 'pg_class'::regclass AND d.objoid = a.attrelid AND d.objsubid = a.attnum
    WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attname !~ '[.]'
      AND (known.whole OR has_column_privilege(a.attrelid, a.attnum, 'SELECT'))
    GROUP BY a.attrelid
"""
_KEYS = f"""{_KNOWN}
    SELECT k.conrelid, k.contype::text, to_json(k.conkey)::text, k.confrelid, to_json(k.confkey)::text
    FROM pg_constraint k JOIN known ON known.oid = k.conrelid
    WHERE k.contype IN ('p', 'f') AND (k.contype = 'p' OR k.conparentid = 0) ORDER BY k.conrelid, k.conname
"""
_UNIQUE = f"""{_KNOWN}
    SELECT i.indrelid, to_json((i.indkey::int2[])[0:i.indnkeyatts - 1])::text
    FROM pg_index i JOIN known ON known.oid = i.indrelid
    WHERE i.indisunique AND i.indisvalid AND NOT i.indisprimary AND i.indpred IS NULL AND i.indexprs IS NULL
    ORDER BY i.indrelid, i.indexrelid
"""
_CATEGORIES: dict[str, Kind] = {
    "N": "number",
    "S": "text",
    "E": "text",
    "I": "text",
    "B": "boolean",
    "D": "date",
}
_OTHERWISE: dict[str, Kind] = {"uuid": "text", "time": "other", "timetz": "other"}
"""Types whose category says another thing than questions care about."""

_LONG = {
    "character varying": "varchar",
    "character": "char",
    "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz",
    "time without time zone": "time",
    "time with time zone": "timetz",
}
_MOST_LABELS = 12
"""Values of an enum that are told with its column."""

_Read = Callable[[str], list[Any]]


@dataclass
class _Columns:
    """Of one table: as they stand, and their names by the catalogue's numbers."""

    columns: tuple[Column, ...] = ()
    names: dict[int, str] = field(default_factory=dict)


def read_tables(read: _Read) -> list[Table]:
    """Tables of the search path in the order of their creation, their views, then those of other schemas."""
    columns = {table: _columns(told) for table, told in read(_COLUMNS)}
    tables = [row for row in read(_TABLES) if row[0] in columns]
    named = {oid: name for oid, name, *_ in tables}
    primary: dict[int, tuple[str, ...]] = {}
    foreign: defaultdict[int, list[ForeignKey]] = defaultdict(list)
    for table, kind, own, referred_table, referred in read(_KEYS):
        if table not in named:
            continue
        names = _named(columns[table], own)
        if kind == "p":
            primary[table] = names
        elif referred_table in named and names:
            targets = _named(columns[referred_table], referred)
            if len(targets) == len(names):
                foreign[table].append(ForeignKey(names, named[referred_table], targets))
    unique: defaultdict[int, list[tuple[str, ...]]] = defaultdict(list)
    for table, own in read(_UNIQUE):
        if table in named and (names := _named(columns[table], own)):
            unique[table].append(names)
    return [
        Table(
            name,
            columns[oid].columns,
            primary.get(oid, ()),
            tuple(foreign[oid]),
            comment or "",
            None if kind == "v" or rows is None or rows < 0 else rows,
            view=kind in ("v", "m"),
            unique=tuple(unique[oid]),
        )
        for oid, name, kind, rows, comment in tables
    ]


def _columns(told: str) -> _Columns:
    found = json.loads(told)
    return _Columns(
        tuple(
            Column(name, _short(type_), _kind(type_, category), not filled, comment or _told(labels))
            for _, name, type_, category, filled, comment, labels in found
        ),
        {number: name for number, name, *_ in found},
    )


def _named(columns: _Columns, numbers: str) -> tuple[str, ...]:
    """The columns of those numbers; none where the account may not see one of them."""
    names = [columns.names.get(number) for number in json.loads(numbers)]
    return tuple(name for name in names if name is not None) if None not in names else ()


@cache
def _short(type_: str) -> str:
    """The name that people write for a type, with its size behind it.

    >>> _short("timestamp(3) with time zone"), _short("character varying(80)"), _short("numeric(8,2)")
    ('timestamptz(3)', 'varchar(80)', 'numeric(8,2)')
    """
    brackets = "[]" if type_.endswith("[]") else ""
    head, opened, rest = type_.removesuffix("[]").partition("(")
    size, _, tail = rest.partition(")")
    name = head.rstrip() + tail
    return f"{_LONG.get(name, name)}{f'({size})' if opened else ''}{brackets}"


@cache
def _kind(type_: str, category: str) -> Kind:
    short = _short(type_).partition("(")[0]
    return _OTHERWISE.get(short) or _CATEGORIES.get(category, "other")


def _told(labels: list[str] | None) -> str:
    """What an enum may be, as a comment."""
    if not labels or len(labels) > _MOST_LABELS:
        return ""
    return f"one of {', '.join(labels)}"
