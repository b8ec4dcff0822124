r"""Rows as CSV (RFC 4180), but for lines that end in a newline, as pipes expect.

A lone carriage return is quoted: readers would take it for the end of a row.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence


def write_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    r"""The header and the rows; None is an empty field.

    >>> write_csv(["a", "b"], [[1, None], ["x\ry", "z"]])
    'a,b\n1,\n"x\ry",z\n'
    """
    lines = _Lines()
    # Only what ends a line is quoted by the writer: of "\r\n" both are.
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return "".join(lines.written)


class _Lines:
    """What the csv module writes lines to."""

    def __init__(self) -> None:
        self.written: list[str] = []

    def write(self, line: str) -> None:
        """Take a whole line."""
        self.written.append(line.removesuffix("\r\n") + "\n")
