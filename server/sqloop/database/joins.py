"""The joins that a set of tables implies: the shortest tree of foreign keys between them.

Compact SQL leaves FROM and JOIN out wherever this gives them back.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqloop.database.schema import ColumnPair, Schema


@dataclass(frozen=True, slots=True)
class Join:
    """``table`` joins what stands before it where each pair of columns is equal."""

    table: str
    pairs: tuple[ColumnPair, ...]


_Neighbours = dict[str, list[tuple[str, tuple[ColumnPair, ...]]]]


def implied_joins(tables: Iterable[str], schema: Schema) -> tuple[str, list[Join]] | None:
    """The first table and the joins that connect all ``tables``, or None where keys do not.

    Greedy and deterministic: tables are taken in schema order, each connected by the shortest path.
    """
    among = set(tables)
    wanted = [table.name for table in schema.tables if table.name in among]
    if not wanted:
        return None
    edges = schema.neighbours
    joined = [wanted[0]]
    joins: list[Join] = []
    missing = wanted[1:]
    while missing:
        path = _shortest(joined, missing, edges)
        if path is None:
            return None
        for join in path:
            joins.append(join)
            joined.append(join.table)
        missing = [table for table in missing if table not in joined]
    return wanted[0], joins


def _shortest(sources: Sequence[str], targets: Sequence[str], edges: _Neighbours) -> list[Join] | None:
    came: dict[str, tuple[str, Join]] = {}
    seen = set(sources)
    queue = deque(sources)
    while queue:
        here = queue.popleft()
        for there, pairs in edges[here]:
            if there in seen:
                continue
            seen.add(there)
            came[there] = (here, Join(there, pairs))
            if there in targets:
                return _walk_back(there, came)
            queue.append(there)
    return None


def _walk_back(end: str, came: dict[str, tuple[str, Join]]) -> list[Join]:
    path: list[Join] = []
    while end in came:
        end, join = came[end]
        path.append(join)
    return path[::-1]
