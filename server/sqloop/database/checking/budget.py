"""Parsers and writers of sqlglot that count what they do, mixed in before those of a dialect."""

from __future__ import annotations

from time import thread_time

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.generator import Generator
from sqlglot.parser import Parser

_LOOKS = 256
"""Moves between two looks at the clock."""

COPYING = "SORT_ARRAY"
"""The one function that is *read* with its argument twice; no engine has it, and no parser here builds it."""


class TooComplexError(SqlglotError):
    """The text asks more of the parser than an honest one would; the message says what."""


class Budget(Parser):
    """A parser that counts its moves."""

    left = 0
    deadline = float("inf")

    def _advance(self, times: int = 1) -> None:
        # The error is none that sqlglot catches to try something else.
        self.left -= 1
        if self.left < 0 or (self.left % _LOOKS == 0 and thread_time() > self.deadline):
            raise TooComplexError("too complex to be checked")
        super()._advance(times)


class CountingWriter(Generator):
    """A generator that counts its nodes."""

    left = 0
    deadline = float("inf")

    def sql(self, expression: str | exp.Expr | None, key: str | None = None, comment: bool = True) -> str:
        """A node as text; called for each of them. Raises TooComplexError."""
        self.left -= 1
        if self.left < 0 or (self.left % _LOOKS == 0 and thread_time() > self.deadline):
            raise TooComplexError("too complex to be written")
        return super().sql(expression, key, comment)
