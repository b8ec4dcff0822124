r"""How PostgreSQL's SQL is read. Source: postgresql.org/docs, SQL syntax, lexical structure; scan.l.

Refused where parsers go different ways, and honest queries hardly go: nested comments, dollar quotes, U&'…',
and an E'…' that goes on in the next line. The session has standard_conforming_strings on.
"""

from __future__ import annotations

import re
from functools import partial
from typing import ClassVar

from sqlglot import exp
from sqlglot.dialects.postgres import Postgres
from sqlglot.generators.postgres import PostgresGenerator
from sqlglot.parsers.postgres import PostgresParser

from sqloop.database.checking.budget import COPYING, Budget, CountingWriter
from sqloop.database.checking.free_words import kinds
from sqloop.database.checking.grammar import Grammar
from sqloop.database.engines.postgres.calls import refuse_calls
from sqloop.database.engines.postgres.paths import refuse_path_texts

_QUOTES = re.compile(
    r"""
      (?P<open_unicode>(?<![\w$])[uU]&['"])
    | (?P<string>(?<![\w$])[eE]'(?:[^'\\]|\\.|'')*+
                    (?:'(?!(?:\s|--[^\n\r]*[\n\r])*')|(?P<open_escaped>'|\\?\Z))
              | '(?:[^']|'')*+(?:'|(?P<open1>\Z)))
    | (?P<name>"(?:[^"]|"")*+(?:"|(?P<open2>\Z)))
    | (?P<comment>--[^\n\r]* | /\*(?:(?!\*/|/\*).)*+(?:\*/|(?P<open3>/\*|\Z)))
    | (?P<open_dollar>\$\w*\$)
    """,
    re.VERBOSE | re.DOTALL,
)
_FREE = "qualify rollback uncache partitioned_by asof glob rlike describe revoke xor regexp"


class _Parser(Budget, PostgresParser):
    """PostgreSQL's, with a budget."""

    FUNCTIONS: ClassVar = {name: build for name, build in PostgresParser.FUNCTIONS.items() if name != COPYING}


class _Writer(CountingWriter, PostgresGenerator):
    """PostgreSQL's, with a budget."""


GRAMMAR = Grammar(
    quotes=_QUOTES,
    mark='"',
    parser=_Parser,
    writer=_Writer,
    free=kinds(_FREE, Postgres.Tokenizer.KEYWORDS),
    refuse_calls=refuse_calls,
    refuse_text=partial(refuse_path_texts, quotes=_QUOTES),
    parts=(
        exp.AtTimeZone,
        exp.ColumnDef,
        exp.GroupingSets,
        exp.Lateral,
        exp.RecursiveWithSearch,
        exp.Slice,
        exp.TableSample,
    ),
    names=frozenset({"PROCEDURE", "@"}),  # @> and @@ are operators
)
