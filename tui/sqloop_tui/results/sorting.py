"""A query in the order of one of its columns: sorted by the database, which knows all of its rows."""

from __future__ import annotations

from collections.abc import Sequence

from sqloop.terminal.printable import printable


class Sorting:
    """Turns around when the same column is wanted again."""

    def __init__(self) -> None:
        self._column: int | None = None
        self._descending = False

    def turn(self, sql: str, column: int, columns: Sequence[str]) -> str:
        r"""The query to run for the rows in the order of ``column``, counted from 0.

        MariaDB refuses two ``columns`` of one name in brackets: such rows come under other names.

        >>> Sorting().turn("SELECT name FROM t -- all", 0, ["name"])
        'SELECT * FROM (\nSELECT name FROM t -- all\n) AS answer ORDER BY 1'
        >>> Sorting().turn("SELECT a.id, b.id FROM a, b", 1, ["id", "id"])
        'WITH answer (c1, c2) AS (\nSELECT a.id, b.id FROM a, b\n) SELECT * FROM answer ORDER BY 2'
        """
        self._descending = column == self._column and not self._descending
        self._column = column
        order = f"{column + 1}{' DESC' if self._descending else ''}"
        if len({each.lower() for each in columns}) == len(columns):
            return f"SELECT * FROM (\n{sql}\n) AS answer ORDER BY {order}"
        names = ", ".join(f"c{number}" for number in range(1, len(columns) + 1))
        return f"WITH answer ({names}) AS (\n{sql}\n) SELECT * FROM answer ORDER BY {order}"

    def words(self, columns: Sequence[str]) -> str:
        """What was done."""
        assert self._column is not None
        way = "descending" if self._descending else "ascending"
        return f"Sorted by {printable(columns[self._column])}, {way}"
