"""How SQLite's SQL is read. Sources: sqlite.org/lang_keywords.html, tokenize.c."""

from __future__ import annotations

import re
from typing import ClassVar

from sqlglot import exp
from sqlglot.dialects.sqlite import SQLite
from sqlglot.generators.sqlite import SQLiteGenerator
from sqlglot.parsers.sqlite import SQLiteParser

from sqloop.database.checking.budget import COPYING, Budget, CountingWriter
from sqloop.database.checking.free_words import kinds
from sqloop.database.checking.grammar import Grammar
from sqloop.database.engines.sqlite.simplify import simplify

_QUOTES = re.compile(
    r"""
      (?P<string>'(?:[^']|'')*+(?:'|(?P<open1>\Z)))
    | (?P<name>"(?:[^"]|"")*+(?:"|(?P<open2>\Z)) | `(?:[^`]|``)*+(?:`|(?P<open3>\Z))
              | \[[^\]]*+(?:\]|(?P<open4>\Z)))
    | (?P<comment>--[^\n]* | /\*(?:(?!\*/).)*+(?:\*/|(?P<open5>\Z)))
    """,
    re.VERBOSE | re.DOTALL,
)
_FREE = """
    qualify rollback uncache partitioned_by ilike tablesample overlaps asof
    grant revoke rlike xor lateral any fetch cube rollup describe
"""


class _Parser(Budget, SQLiteParser):
    """SQLite's, with a budget."""

    FUNCTIONS: ClassVar = {name: build for name, build in SQLiteParser.FUNCTIONS.items() if name != COPYING}


class _Writer(CountingWriter, SQLiteGenerator):
    """SQLite's, with a budget."""


GRAMMAR = Grammar(
    quotes=_QUOTES,
    mark='"',
    parser=_Parser,
    writer=_Writer,
    free=kinds(_FREE, SQLite.Tokenizer.KEYWORDS),
    simplify=simplify,
    # `upper(details -> '$.a')` looks like a function that others write `details -> …`.
    parts=(exp.Lambda,),
    names=frozenset({"PROCEDURE"}),
)
