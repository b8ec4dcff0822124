"""Values of columns that have few, behind `=`, `<>`, `LIKE` and in `IN (…)`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from sqloop.database.schema import Column, Schema, Table
from sqloop.errors import SQLoopError
from sqloop.lsp.backend import Backend
from sqloop.lsp.text.place import Offer, Place
from sqloop.lsp.text.scope import Scope
from sqloop.recent import Recent

FEW = 50
"""Distinct values up to which a column is one of categories."""

SECONDS = 0.3
"""That reading them may take the database."""

PATIENCE = 0.15
"""Seconds that a key press waits for them; later ones find them kept."""

KEPT = 1_000
_COMPARED = frozenset({"=", "<>", "!=", "LIKE"})


class ColumnValues:
    """The values that were read, by table and column."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._kept = Recent[tuple[str, str], tuple[str, ...]](KEPT)
        self._state = ""
        self._reading: dict[tuple[str, str], asyncio.Task[tuple[str, ...]]] = {}

    async def entries(self, place: Place, schema: Schema) -> AsyncIterator[Offer]:
        """The values that may stand at a place; none where it is not behind a comparison."""
        found = _compared_column(place)
        if found is None:
            return
        if self._state != self._backend.state:
            self._state = self._backend.state
            self._kept.clear()
        table, column = found
        for value in await self._values(table, column):
            text = value if column.kind in ("number", "boolean") else "'" + value.replace("'", "''") + "'"
            yield Offer("value", value, text, f"{table.name}.{column.name}")

    async def _values(self, table: Table, column: Column) -> tuple[str, ...]:
        key = table.name, column.name
        known = self._kept.get(key)
        if known is not None:
            return known
        if column.kind in ("other", "date") or column.name in table.primary_key:
            return tuple(sorted(column.samples))
        task = self._reading.get(key)
        if task is None:
            task = self._reading[key] = asyncio.ensure_future(self._read(key))
            task.add_done_callback(lambda _: self._reading.pop(key, None))
        with suppress(TimeoutError):
            return await asyncio.wait_for(asyncio.shield(task), PATIENCE)
        return tuple(sorted(column.samples))

    async def _read(self, key: tuple[str, str]) -> tuple[str, ...]:
        """The values of a column; none where there are many, or the database is away."""
        if self._backend.database_error is not None:
            return ()
        try:
            values, more = await self._backend.use(
                lambda database, _: database.distinct_values(*key, FEW, SECONDS)
            )
        except SQLoopError:
            return ()
        found = () if more else tuple(sorted(values))
        self._kept.put(key, found)
        return found


def _compared_column(place: Place) -> tuple[Table, Column] | None:
    """The column left of the comparison that the place is behind."""
    before = list(place.before)
    if before and before[-1].text in ("(", ","):
        while before and before[-1].text != "(":
            before.pop()
        if len(before) < 2 or before[-2].upper != "IN":
            return None
        before = before[:-2]
    elif before and before[-1].upper in _COMPARED:
        before.pop()
    else:
        return None
    if before and before[-1].upper == "NOT":
        before.pop()
    if not before or not before[-1].named:
        return None
    name = before[-1].named
    owner = before[-3].named if len(before) > 2 and before[-2].text == "." else ""
    return _find(place.scope, owner, name)


def _find(scope: Scope, owner: str, name: str) -> tuple[Table, Column] | None:
    for source in (*scope.sources, *scope.outer):
        if source.table is not None and (not owner or source.alias.lower() == owner.lower()):
            column = source.table.column(name)
            if column is not None:
                return source.table, column
    return None
