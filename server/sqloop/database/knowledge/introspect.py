"""The schema of a connected database: what its catalogue says, row estimates and sample values.

Foreign keys that nobody declared are not guessed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from time import perf_counter

from sqloop.database.engine import Engine
from sqloop.database.knowledge.codes import add_meanings
from sqloop.database.knowledge.lengths import bound_lengths
from sqloop.database.knowledge.samples import add_samples
from sqloop.database.schema import Schema, Table
from sqloop.errors import DatabaseError

_COUNTING_SECONDS = 0.2
_COUNTING_ONE_SECONDS = 0.02
"""At least; the more where few are to be counted."""


def introspect(engine: Engine, sampling_seconds: float) -> tuple[Schema, bool]:
    """Read the schema; ``sampling_seconds`` bounds the time for sample values of all tables together.

    The flag says whether samples are missing for want of time. Raises DatabaseError, UnreachableError.
    """
    tables, hurried = add_samples(engine, list_tables(engine), sampling_seconds)
    return Schema(engine.dialect, add_meanings(engine, _with_counts(engine, tables))), hurried


def list_tables(engine: Engine) -> list[Table]:
    """What its catalogue says; see `Engine.tables`. Raises DatabaseError, UnreachableError."""
    return bound_lengths(engine.tables())


def _with_counts(engine: Engine, tables: Sequence[Table]) -> tuple[Table, ...]:
    """Count what has no estimate, as far as that is quick; a table that takes long keeps None."""
    deadline = perf_counter() + _COUNTING_SECONDS
    unknown = sum(table.rows is None for table in tables)
    counted = []
    for table in tables:
        if table.rows is None:
            left = deadline - perf_counter()
            share = min(left, max(_COUNTING_ONE_SECONDS, left / unknown))
            unknown -= 1
            table = replace(table, rows=_count(engine, table.name, share))
        counted.append(table)
    return tuple(counted)


def _count(engine: Engine, table: str, seconds: float) -> int | None:
    if seconds <= 0:
        return None
    try:
        rows, _ = engine.read(f"SELECT COUNT(*) FROM {engine.quote(table)}", seconds)
    except DatabaseError:
        return None
    count = rows[0][0] if rows else None
    return count if isinstance(count, int) else None
