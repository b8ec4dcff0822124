"""EXTRACTVALUE with a path that MariaDB cannot be stopped at; see `sqloop.database.checking.xpath`."""

from __future__ import annotations

import re

from sqlglot import exp

from sqloop.database.checking.xpath import blank_strings, is_plain

_CALL = re.compile(r"\bextractvalue\b", re.IGNORECASE)
_PIECES = re.compile(r"''\s*''")
_STEPS = re.compile(r"[/\[(:\\]")

_REFUSAL = "EXTRACTVALUE is not allowed without a plain path that is written out"


def refuse_xpath_texts(text: str, quotes: re.Pattern[str]) -> str | None:
    """Why ``text`` is not allowed: a string beside the call may be a path and is not plain."""
    if not _CALL.search(text):
        return None
    bare, strings = blank_strings(text, quotes)
    contents = [each[1:-1] for each in strings]
    strange = any(_STEPS.search(each) and not is_plain(each) for each in contents if not each.startswith("<"))
    return _REFUSAL if strange or _PIECES.search(bare) else None


def refuse_xpaths(root: exp.Expr) -> str | None:
    """Why the query ``root`` is not allowed: a path is worked out, or comes from a table.

    >>> from sqloop.database.checking.parsing import parse_statement
    >>> refuse_xpaths(parse_statement("SELECT EXTRACTVALUE(a, b) FROM t", "mysql"))
    'EXTRACTVALUE is not allowed without a plain path that is written out'
    """
    for call in root.find_all(exp.Anonymous):
        if call.name.lower() == "extractvalue":
            path = next(iter(call.expressions[1:2]), None)
            if not (isinstance(path, exp.Literal) and path.is_string):
                return _REFUSAL
    return None
