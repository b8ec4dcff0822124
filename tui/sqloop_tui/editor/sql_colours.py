"""SQL by kinds of token, for colours only: what it does not know is a name.

Not Pygments: its lexers know every word of every standard, and colour columns that are called type, role,
data or position as keywords.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal

from rich.style import Style
from rich.text import Text

Kind = Literal["keyword", "function", "string", "number", "comment", "name"]

KINDS: tuple[Kind, ...] = ("keyword", "function", "string", "number", "comment")
"""Those that have a colour of their own."""

_KEYWORDS = frozenset(
    """ALL AND ANY AS ASC BETWEEN BY CASE CAST COLLATE CROSS CURRENT DESC DISTINCT ELSE END ESCAPE EXCEPT
    EXISTS FALSE FILTER FIRST FOLLOWING FOR FROM FULL GLOB GROUP HAVING IN INNER INTERSECT INTERVAL IS
    JOIN LAST LEFT LIKE LIMIT MATERIALIZED NATURAL NOT NULL NULLS OFFSET ON OR ORDER OUTER OVER PARTITION
    PRECEDING RANGE RECURSIVE REGEXP RIGHT ROW ROWS SELECT THEN TRUE UNBOUNDED UNION USING VALUES WHEN
    WHERE WINDOW WITH EXPLAIN ANALYZE DESCRIBE SHOW""".split()
)

_TOKEN = re.compile(
    r"""(?P<comment>--[^\n]*|\#[^\n]*|/\*.*?(?:\*/|\Z))
      | (?P<string>'(?:[^'\\]|''|\\.)*(?:'|\Z))
      | (?P<quoted>"(?:[^"]|"")*(?:"|\Z)|`[^`]*(?:`|\Z)|\[[^\]\n]*\])
      | (?P<number>\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b)
      | (?P<word>[^\W\d]\w*)""",
    re.VERBOSE | re.DOTALL,
)


def tokens(sql: str) -> Iterator[tuple[int, int, Kind]]:
    """Start, end and kind of each token in their order; punctuation is left out.

    >>> [kind for *_, kind in tokens("SELECT COUNT(*) FROM t -- all")]
    ['keyword', 'function', 'keyword', 'name', 'comment']
    """
    for match in _TOKEN.finditer(sql):
        yield match.start(), match.end(), _kind(match, sql)


def colour(sql: str, style: Callable[[Kind], Style]) -> Text:
    """SQL with the styles of its tokens."""
    text = Text(sql, no_wrap=True, overflow="ellipsis", end="")
    for start, end, kind in tokens(sql):
        if kind in KINDS:
            text.stylize(style(kind), start, end)
    return text


def _kind(match: re.Match[str], sql: str) -> Kind:
    match match.lastgroup:
        case "comment" | "string" | "number" as kind:
            return kind
        case "word" if match[0].upper() in _KEYWORDS:
            return "keyword"
        case "word" if sql[match.end() : match.end() + 1] == "(":
            return "function"
    return "name"
