"""A long query with a line for each clause, for people: only blanks change, so that it stays the same."""

from __future__ import annotations

import re

WIDTH = 76
"""Characters up to which a query stays on one line."""

_PIECES = re.compile(
    r"""'(?:[^']|'')*' | "(?:[^"]|"")*" | `[^`]*` | \[[^\]]*\]  # quoted: never looked into
    | [()]
    | (?<![\w.])(?:
        (?:NATURAL\s+|LEFT\s+|RIGHT\s+|FULL\s+|INNER\s+|CROSS\s+|OUTER\s+)*JOIN
        | FROM | WHERE | GROUP\s+BY | HAVING | ORDER\s+BY | LIMIT | UNION(?:\s+ALL)? | EXCEPT | INTERSECT
      )\b""",
    re.IGNORECASE | re.VERBOSE,
)


def break_clauses(sql: str, width: int = WIDTH) -> str:
    r"""``sql`` with its outermost clauses on lines of their own, if it is longer than ``width``.

    One that has lines or comments already is left as it is, and so is one with a backslash or a dollar, which
    quote on some engines and not on others.

    >>> break_clauses("SELECT name FROM t WHERE name = 'FROM x' AND id IN (SELECT id FROM u)", 20)
    "SELECT name\nFROM t\nWHERE name = 'FROM x' AND id IN (SELECT id FROM u)"
    >>> break_clauses("SELECT 1 FROM t")
    'SELECT 1 FROM t'
    """
    if len(sql) <= width or any(mark in sql for mark in ("\n", "--", "/*", "#", "\\", "$")):
        return sql
    lines, start, depth = [], 0, 0
    for piece in _PIECES.finditer(sql):
        text = piece[0]
        depth += (text == "(") - (text == ")")
        is_clause = text[0].isalpha()
        if is_clause and depth == 0 and piece.start() > start:
            lines.append(sql[start : piece.start()].rstrip())
            start = piece.start()
    return "\n".join(line for line in [*lines, sql[start:]] if line)
