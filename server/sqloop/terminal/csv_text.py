r"""Rows as CSV (RFC 4180), but for lines that end in a newline, as pipes expect.

A lone carriage return is quoted: readers would take it for the end of a row. A text that spreadsheets would
take for a formula (they run those of a file that somebody opens) gets an apostrophe in front, as
owasp.org/www-community/attacks/CSV_Injection has it; numbers, dates and telephone numbers stay as they are.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from itertools import chain

_FORMULA = {*"=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"}
"""What a formula may begin with, in full width as well."""

_PLAIN = re.compile(r"[+-][\d .,:()/-]*(?:[eE][+-]?\d+)?|-+|-Infinity")
"""What begins so and calls nothing."""


FOR_PEOPLE = (".md", ".xlsx")
"""Endings of files that people read: their columns have headings, the others the names of the database."""


def distinct_names(columns: Sequence[str]) -> tuple[str, ...]:
    """Names that differ: a query may give two columns the same.

    >>> distinct_names(["id", "id"])
    ('id', 'id_2')
    """
    names: list[str] = []
    for name in columns:
        number, chosen = 1, name
        while chosen in names:
            number += 1
            chosen = f"{name}_{number}"
        names.append(chosen)
    return tuple(names)


def write_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    r"""The header and the rows; None is an empty field, truths are as SQL has them.

    >>> write_csv(["a", "b"], [[1, None], ["x\ry", True]])
    'a,b\n1,\n"x\ry",true\n'
    """
    return write_lines(chain([header], rows))


def write_lines(rows: Iterable[Sequence[object]]) -> str:
    r"""Rows without a header, or such as go on behind others.

    >>> write_lines([["=1+1", 2]])
    "'=1+1,2\n"
    """
    lines = _Lines()
    # Only what ends a line is quoted by the writer: of "\r\n" both are.
    csv.writer(lines, lineterminator="\r\n").writerows(map(inert, row) for row in rows)
    return "".join(lines.written)


def inert(value: object) -> object:
    r"""A truth as SQL has it; a text that a spreadsheet would run as a formula with an apostrophe in front.

    >>> inert('=HYPERLINK("http://x")'), inert("-5"), inert("+1 (555) 12-34"), inert(-5)
    ('\'=HYPERLINK("http://x")', '-5', '+1 (555) 12-34', -5)
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and value[:1] in _FORMULA and not _PLAIN.fullmatch(value):
        return f"'{value}"
    return value


class _Lines:
    """What the csv module writes lines to."""

    def __init__(self) -> None:
        self.written: list[str] = []

    def write(self, line: str) -> None:
        """Take a whole line."""
        self.written.append(line.removesuffix("\r\n") + "\n")
