"""How the SQL of MariaDB and MySQL is read.

Sources: mariadb.com/kb, comment-syntax, string-literals, reserved-words.
The session's sql_mode must have neither ANSI_QUOTES nor NO_BACKSLASH_ESCAPES: `session` sees to it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from sqlglot import exp
from sqlglot.dialects.mysql import MySQL
from sqlglot.generators.mysql import MySQLGenerator
from sqlglot.parsers.mysql import MySQLParser
from sqlglot.tokenizer_core import Token

from sqloop.database.checking.budget import COPYING, Budget, CountingWriter
from sqloop.database.checking.free_words import kinds
from sqloop.database.checking.grammar import Grammar
from sqloop.database.engines.mariadb.calls import refuse_calls
from sqloop.database.engines.mariadb.simplify import simplify
from sqloop.database.engines.mariadb.xpaths import refuse_xpath_texts

_QUOTES = re.compile(
    r"""
      (?P<string>'(?:[^'\\]|\\.|'')*+(?:'|(?P<open1>\Z|\\\Z)) | "(?:[^"\\]|\\.|"")*+(?:"|(?P<open2>\Z|\\\Z)))
    | (?P<name>`(?:[^`]|``)*+(?:`|(?P<open3>\Z)))
    | (?P<comment>\#[^\n]* | --(?=[\x00-\x20]|\Z)[^\n]* | /\*(?:(?!\*/).)*+(?:\*/|(?P<open5>\Z)))
    | (?P<minuses>--)
    """,
    re.VERBOSE | re.DOTALL,
)
_HINT = "/*+"
_PLAIN_HINT = re.compile(
    r"/\*\+(?!.*(?:SET_VAR|MAX_EXECUTION_TIME|RESOURCE_GROUP))(?:`\w*`|[\w\s(),.@])*\*/",
    re.IGNORECASE | re.DOTALL,
)
"""A hint of MySQL that chooses a plan and no more, and ends where the comment ends."""

_FREE = "qualify rollback uncache partitioned_by ilike tablesample overlaps asof glob notnull"


def _read_last_value(arguments: list[exp.Expr]) -> exp.Expr:
    """Of a window, or on MariaDB the last of several values: `LAST_VALUE(a, b)` is b."""
    if len(arguments) > 1:
        return exp.Anonymous(this="LAST_VALUE", expressions=arguments)
    return exp.LastValue.from_arg_list(arguments)


class _Parser(Budget, MySQLParser):
    """MySQL's, with a budget."""

    FUNCTIONS: ClassVar = {
        **{name: build for name, build in MySQLParser.FUNCTIONS.items() if name != COPYING},
        "LAST_VALUE": _read_last_value,
    }


class _Writer(CountingWriter, MySQLGenerator):
    """MySQL's, with a budget; MariaDB has no REGEXP_LIKE."""

    TRANSFORMS: ClassVar = {
        **MySQLGenerator.TRANSFORMS,
        exp.RegexpLike: lambda self, node: self.binary(node, "REGEXP"),
        exp.RegexpILike: lambda self, node: self.binary(node, "REGEXP"),
    }


def _simplify(tokens: Sequence[Token]) -> list[Token]:
    return simplify(tokens, MySQL().tokenize("SELECT * FROM"))


def _is_more_than_hint(comment: str) -> bool:
    return comment.startswith(_HINT) and _PLAIN_HINT.fullmatch(comment) is None


GRAMMAR = Grammar(
    quotes=_QUOTES,
    mark="`",
    parser=_Parser,
    writer=_Writer,
    free=kinds(_FREE, MySQL.Tokenizer.KEYWORDS),
    simplify=_simplify,
    refuse_calls=refuse_calls,
    refuse_text=partial(refuse_xpath_texts, quotes=_QUOTES),
    acts=_is_more_than_hint,
)
