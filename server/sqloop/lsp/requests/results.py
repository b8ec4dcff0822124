"""Results of queries, kept so that they can be read by pages: bounded in number and in cells."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from functools import cached_property

from sqloop.database.cells import json_rows, text_columns
from sqloop.database.outcome import Limits, Outcome
from sqloop.lsp.protocol import Cell
from sqloop.recent import Recent

KEPT = 16
MOST_CELLS = 20_000_000
"""Of all results that are kept together, the last one in any case."""

MOST_ROWS = 1_000_000
MOST_BYTES = 256 * 2**20
"""Of one result, where its user asks for more than the settings allow."""

_EXACT = 2**53
"""Integers beyond it lose digits in JavaScript."""


@dataclass(frozen=True)
class _Kept:
    sql: str
    outcome: Outcome

    @cached_property
    def texts(self) -> frozenset[int]:
        """Of all rows: a column has one type on every page."""
        return text_columns(self.outcome.rows, _EXACT)


class Results:
    """The last outcomes by handle; ``limits`` are those that they were fetched under."""

    def __init__(self) -> None:
        self.limits = Limits()
        self._kept = Recent[str, _Kept](MOST_CELLS, _weigh)

    def keep(self, sql: str, outcome: Outcome) -> str:
        """The handle of an outcome; older ones are let go where there are too many."""
        handle = secrets.token_hex(6)
        self._kept.put(handle, _Kept(sql, outcome))
        return handle

    def get(self, handle: str, sql: str) -> Outcome | None:
        """What running ``sql`` gave, where it is still kept under that handle."""
        kept = self._kept.get(handle)
        return kept.outcome if kept and kept.sql == sql else None

    def page(self, handle: str, first: int, count: int) -> tuple[tuple[Cell, ...], ...]:
        """Rows of what is kept under a handle, as JSON holds them; none where nothing is."""
        kept = self._kept.get(handle)
        if kept is None:
            return ()
        return tuple(map(tuple, json_rows(kept.outcome.rows[first : first + count], kept.texts)))

    def allow(self, rows: int | None) -> Limits:
        """The limits for a user who asks for so many rows: the bytes grow with them."""
        if rows is None:
            return self.limits
        rows = min(max(rows, 1), MOST_ROWS)
        more = max(rows / self.limits.rows, 1.0)
        size = max(min(int(self.limits.bytes * more), MOST_BYTES), self.limits.bytes)
        return replace(self.limits, rows=rows, bytes=size)

    def notice(self, outcome: Outcome, rows: int | None = None) -> str:
        """Says that and why rows are missing; empty where none are. ``rows`` as in `allow`."""
        if not outcome.truncated:
            return ""
        count, limits = len(outcome.rows), self.allow(rows)
        if count >= limits.rows:
            return f"Only the first {count:,} rows: that is the limit (limits.rows). There are more."
        size = f"{limits.bytes / 1e6:,.0f} MB"
        return f"Only the first {count:,} rows: they fill the {size} allowed (limits.bytes). There are more."


def _weigh(kept: _Kept) -> int:
    """The cells of a result, so that there is room for `KEPT` small ones, or for one of any size."""
    cells = len(kept.outcome.rows) * len(kept.outcome.columns)
    return min(max(cells, MOST_CELLS // KEPT), MOST_CELLS)
