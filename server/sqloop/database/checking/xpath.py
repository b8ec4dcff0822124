"""Which paths into XML a server may be asked for: it cannot be stopped at those that look again and again.

A condition that looks at the whole document for each of its nodes, or a second ``//``, takes for ever on
100 kB, and neither PostgreSQL nor MariaDB heeds a clock or a cancel meanwhile. Plain are steps with plain
conditions, of which the first alone may stand anywhere.
"""

from __future__ import annotations

import re

_STEP = r"(?:@?\w[\w.-]*(?::\w[\w.-]*)?|\*|text\(\))"
_TEXT = r"(?:\"[^\"]*\"|'[^']*')"
_CONDITION = rf"\[\s*(?:\d+|last\(\)|{_STEP}|(?:{_STEP}|\.)\s*!?=\s*(?:{_TEXT}|\d+))\s*\]"
_PLAIN = re.compile(rf"\.?(?:/?/)?{_STEP}(?:{_CONDITION})*(?:/{_STEP}(?:{_CONDITION})*)*")


def is_plain(path: str) -> bool:
    """Whether a server is done with ``path`` after one look at the document.

    >>> is_plain("//line[@no='3']/price/text()"), is_plain("//a//b"), is_plain("//a[count(//b) > 1]")
    (True, False, False)
    """
    return _PLAIN.fullmatch(path) is not None


def blank_strings(text: str, quotes: re.Pattern[str]) -> tuple[str, list[str]]:
    """``text`` with ``''`` for each string and only words in names, and the strings as they are written."""
    strings: list[str] = []

    def blank(matched: re.Match[str]) -> str:
        if matched["string"] is None:
            return re.sub(r"[^\w\"`]", "x", matched[0])
        strings.append(matched[0])
        return "''"

    return quotes.sub(blank, text), strings
