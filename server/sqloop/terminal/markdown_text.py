"""Rows as a table of GitHub's Markdown: no cell ends its row, none is read as HTML, a link or an image."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqloop.terminal.printable import are_numbers, printable

_MARK = re.compile(r"[\\|*`~\[\]]|(?<![^\W_])_|_(?![^\W_])")
"""What Markdown would read; not the low lines inside of a word."""


def write_markdown(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    r"""The header and the rows, numbers to the right; None is an empty cell, truths are as SQL has them.

    >>> print(write_markdown(["a|b", "n"], [["x\ny", 1], [True, None]]), end="")
    | a\|b | n |
    | --- | ---: |
    | x<br>y | 1 |
    | true |  |
    >>> print(write_markdown(["unit_price"], [["*![](http://a)"]]), end="")
    | unit_price |
    | --- |
    | \*!\[\](http://a) |
    """
    numeric = [are_numbers(row[at] for row in rows) for at in range(len(header))]
    rule = ["---:" if each else "---" for each in numeric]
    lines = [list(map(_cell, header)), rule, *(list(map(_cell, row)) for row in rows)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _cell(value: object) -> str:
    text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    text = _MARK.sub(r"\\\g<0>", text.replace("&", "&amp;").replace("<", "&lt;"))
    return "<br>".join(map(printable, text.splitlines()))
