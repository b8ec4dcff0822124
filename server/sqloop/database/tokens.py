"""SQL as a row of tokens with their places: quick, and forgiving with what is half-written.

sqlglot parses whole statements; what is being typed is none. Comments are tokens, blanks are not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from sqloop.database.quoting import QUOTING
from sqloop.database.schema import Dialect

TokenKind = Literal["word", "name", "string", "number", "comment", "sign"]


@dataclass(frozen=True, slots=True)
class Token:
    """``text`` as it stands there, from ``start`` to ``end``; a ``name`` is an identifier in quotes."""

    kind: TokenKind
    text: str
    start: int
    end: int

    @property
    def upper(self) -> str:
        """A word or sign in upper case; empty for what is quoted, so that it is never taken for a keyword."""
        return self.text.upper() if self.kind in ("word", "sign") else ""

    @property
    def named(self) -> str:
        """The identifier that it spells, without quotes; empty where it is none."""
        if self.kind == "word":
            return self.text
        if self.kind != "name":
            return ""
        quote = "]" if self.text[0] == "[" else self.text[0]
        return self.text[1:].removesuffix(quote).replace(quote * 2, quote)


_WORD = r"(?P<word>[^\W\d][\w$]*)"
_NUMBER = r"(?P<number>\d[\w.]*|\.\d[\w]*)"
_SIGN = r"(?P<sign><=>|<>|!=|<=|>=|\|\||:=|[^\s\ufeff])"
"""A byte order mark, with which some editors begin a file, is no sign."""
_PATTERNS = {
    dialect: re.compile(
        f"(?P<comment>{each.comment()})|(?P<string>{each.text()})|(?P<name>{each.name()})|{_WORD}|{_NUMBER}|{_SIGN}"
    )
    for dialect, each in QUOTING.items()
}

LONG = 20_000
"""Characters of a text of which many are not remembered: tokens take a hundred times as much."""


def tokenize(text: str, dialect: Dialect) -> tuple[Token, ...]:
    """The tokens of ``text``, comments included.

    >>> [token.text for token in tokenize("SELECT a.b -- why", "sqlite")]
    ['SELECT', 'a', '.', 'b', '-- why']
    """
    return _remember_few(text, dialect) if len(text) > LONG else _remember_many(text, dialect)


def _tokenize(text: str, dialect: Dialect) -> tuple[Token, ...]:
    return tuple(
        Token(match.lastgroup, match[0], match.start(), match.end())  # type: ignore[arg-type]
        for match in _PATTERNS[dialect].finditer(text)
    )


_remember_many = lru_cache(maxsize=256)(_tokenize)
_remember_few = lru_cache(maxsize=2)(_tokenize)


def code_tokens(text: str, dialect: Dialect) -> tuple[Token, ...]:
    """The tokens of ``text`` without its comments."""
    return tuple(token for token in tokenize(text, dialect) if token.kind != "comment")


def same_code(one: str, other: str, dialect: Dialect) -> bool:
    """Whether two texts differ in blanks, comments, letter case of words and a last semicolon only.

    >>> same_code("SELECT  a;", "select A", "sqlite")
    True
    """
    return essence(one, dialect) == essence(other, dialect)


def essence(text: str, dialect: Dialect) -> tuple[str, ...]:
    """What of ``text`` makes a difference: its code tokens, words in upper case, no semicolon at the end."""
    words = [token.upper or token.text for token in code_tokens(text, dialect)]
    while words and words[-1] == ";":
        words.pop()
    return tuple(words)
