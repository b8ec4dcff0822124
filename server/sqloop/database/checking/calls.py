"""What stands before a bracket in the code of a query (`sqloop.database.checking.skeleton`), and how.

A bracket within a name in quotes or a text is no call: "Price (€)" is a column. What is found is judged by
each engine, which knows its functions, and the words before a bracket that call nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Call:
    """``name`` without quotes; ``schema`` is the name before its dot, empty where none is there.

    ``spaced``: blanks stand between the name and its bracket.
    """

    name: str
    quoted: bool
    dotted: bool
    schema: str
    spaced: bool


_TOKEN = re.compile(r"(?P<text>'[^']*')|\"[^\"]*\"|`[^`]*`|[\w$\x80-\U0010ffff]++|[^\s]")
_NAME = re.compile(r"[\"`\w$\x80-\U0010ffff]")


def read_calls(code: str) -> Iterator[Call]:
    r"""Every name before a bracket, in order; a keyword is one, too.

    >>> [each.name for each in read_calls("SELECT \"Price (€)\", 'f(', max(a) FROM t WHERE b IN (1)")]
    ['max', 'IN']
    >>> next(read_calls('"own".f ()'))
    Call(name='f', quoted=False, dotted=True, schema='own', spaced=True)
    """
    before = ("", "", "")
    end = 0
    for found in _TOKEN.finditer(code):
        token = found[0]
        schema, dot, name = before
        if token == "(" and _NAME.match(name):
            dotted = dot == "."
            own = schema.strip('"`') if dotted and _NAME.match(schema) else ""
            yield Call(name.strip('"`'), name[0] in '"`', dotted, own, end < found.start())
        before, end = (dot, name, token), found.end()
