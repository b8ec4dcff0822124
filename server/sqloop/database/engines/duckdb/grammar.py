r"""How DuckDB's SQL is read. Source: duckdb.org/docs, SQL syntax, literal types; DuckDB 2.0, tried.

Refused where parsers go different ways, and honest queries hardly go: nested comments and dollar quotes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest
from typing import ClassVar

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.generators.duckdb import DuckDBGenerator
from sqlglot.parsers.duckdb import DuckDBParser
from sqlglot.tokenizer_core import Token, TokenType

from sqloop.database.checking.budget import COPYING, Budget, CountingWriter
from sqloop.database.checking.free_words import kinds
from sqloop.database.checking.grammar import Grammar
from sqloop.database.engines.duckdb.calls import refuse_calls

_QUOTES = re.compile(
    r"""
      (?P<string>(?<![\w$])[eE]'(?:[^'\\]|\\.|'')*+(?:'|(?P<open_escaped>\\?\Z))
               | '(?:[^']|'')*+(?:'|(?P<open1>\Z)))
    | (?P<name>"(?:[^"]|"")*+(?:"|(?P<open2>\Z)) | `(?:[^`]|``)*+(?:`|(?P<open3>\Z)))
    | (?P<comment>--[^\n\r]* | /\*(?:(?!\*/|/\*).)*+(?:\*/|(?P<open4>/\*|\Z)))
    | (?P<open_dollar>\$\w*\$)
    """,
    re.VERBOSE | re.DOTALL,
)
_FREE = "uncache partitioned_by rlike lock rollback grant revoke xor regexp force install"


class _Parser(Budget, DuckDBParser):
    """DuckDB's, with a budget."""

    FUNCTIONS: ClassVar = {name: build for name, build in DuckDBParser.FUNCTIONS.items() if name != COPYING}


class _Writer(CountingWriter, DuckDBGenerator):
    """DuckDB's, with a budget."""


def _simplify(tokens: Sequence[Token]) -> list[Token]:
    """Without the letter before a text of bytes or bits, x'ff', which sqlglot does not read."""
    return [
        token
        for token, after in zip_longest(tokens, tokens[1:])
        if not (
            token.text in ("x", "X", "b", "B")
            and after is not None
            and after.token_type == TokenType.STRING
            and after.start == token.end + 1
        )
    ]


GRAMMAR = Grammar(
    quotes=_QUOTES,
    mark='"',
    parser=_Parser,
    writer=_Writer,
    free=kinds(_FREE, DuckDB.Tokenizer.KEYWORDS),
    simplify=_simplify,
    refuse_calls=refuse_calls,
    parts=(
        exp.AtTimeZone,
        exp.ColumnDef,
        exp.Comprehension,
        exp.GroupingSets,
        exp.Kwarg,
        exp.Lambda,
        exp.Lateral,
        exp.Pivot,
        exp.PropertyEQ,
        exp.Qualify,
        exp.Slice,
        exp.TableSample,
    ),
    names=frozenset({"PROCEDURE", "@", ":="}),  # @> is an operator, := names an argument
    begins=frozenset({"FROM"}),
)
