"""A query in the order of one of its columns: sorted by the database, which knows all of its rows."""

from __future__ import annotations

from collections.abc import Sequence

from sqloop.terminal.printable import printable


class Sorting:
    """Turns around when the same column is wanted again."""

    def __init__(self) -> None:
        self._column: int | None = None
        self._descending = False

    def turn(self, sql: str, column: int) -> str:
        r"""The query to run for the rows in the order of ``column``, counted from 0.

        >>> Sorting().turn("SELECT name FROM t -- all", 0)
        'SELECT * FROM (\nSELECT name FROM t -- all\n) AS answer ORDER BY 1'
        """
        self._descending = column == self._column and not self._descending
        self._column = column
        order = f"{column + 1}{' DESC' if self._descending else ''}"
        return f"SELECT * FROM (\n{sql}\n) AS answer ORDER BY {order}"

    def words(self, columns: Sequence[str]) -> str:
        """What was done."""
        assert self._column is not None
        way = "descending" if self._descending else "ascending"
        return f"Sorted by {printable(columns[self._column])}, {way}"
