"""Whether the values of one column are those of another: what tells a key from a name that looks like one."""

from __future__ import annotations

from time import perf_counter

from sqloop.database.engine import Engine
from sqloop.database.schema import ColumnName
from sqloop.errors import DatabaseError

_ROWS = 2_000
"""Rows that are looked at, the first ones."""

_SECONDS = 0.1
"""That one look may take."""


class Inclusion:
    """Looks at the data of one database, for so many ``seconds`` in all; afterwards nothing is known."""

    def __init__(self, engine: Engine, seconds: float) -> None:
        self.hurried = False
        """Whether a look was given up, or not begun, for want of time."""
        self._engine = engine
        self._until = perf_counter() + seconds

    def share(self, own: ColumnName, other: ColumnName) -> float | None:
        """The share of the values of ``own`` that ``other``, which is a key, holds.

        NULL, 0 and empty text refer to nothing. None where there are no others, or no time.
        """
        left = self._until - perf_counter()
        if left <= 0:
            self.hurried = True
            return None
        try:
            rows, cut = self._engine.read(self._query(own, other), min(left, _SECONDS))
        except DatabaseError:  # a column that this account may not see, collations that do not compare
            return None
        self.hurried |= cut
        if cut or not rows or not isinstance(rows[0][0], int | float) or not rows[0][0]:
            return None
        return float(str(rows[0][1])) / rows[0][0]

    def _query(self, own: ColumnName, other: ColumnName) -> str:
        table, column, owner, key = map(self._engine.quote, (*own, *other))
        values = f"SELECT DISTINCT v FROM (SELECT {column} AS v FROM {table} LIMIT {_ROWS}) AS a"
        text = self._engine.as_text("v")
        return (
            f"SELECT COUNT(*), SUM(CASE WHEN EXISTS (SELECT 1 FROM {owner} AS o WHERE o.{key} = b.v) "
            f"THEN 1 ELSE 0 END) FROM ({values} WHERE v IS NOT NULL AND {text} NOT IN ('0', '')) AS b"
        )
