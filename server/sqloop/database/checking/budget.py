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

    # What is denied stands in a NOT, in every dialect: sqlglot marks NOT LIKE, and IS NOT NULL of PostgreSQL,
    # on the condition itself, where all that reads a tree would take it for the opposite. Of a row of values
    # the two are not the same: one that is partly NULL is neither NULL nor not.

    def _negate_range(self, this: exp.Expr | None = None) -> exp.Expr | None:
        return self.expression(exp.Not(this=this)) if this else this

    def _build_predicate(
        self,
        klass: type[exp.Binary],
        this: exp.Expr | None,
        expression: exp.Expr | None,
        comments: list[str] | None = None,
        negate: bool = False,
    ) -> exp.Expr:
        marked = negate and isinstance(this, exp.Tuple)
        built = super()._build_predicate(klass, this, expression, comments, marked)
        return self.expression(exp.Not(this=built)) if negate and not marked else built


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
