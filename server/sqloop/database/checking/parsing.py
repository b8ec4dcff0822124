"""The one way in which SQL of others is parsed and written: with a budget, so that it always ends.

sqlglot tries a reading, goes back and tries the next. For a type name that is called (`date(…)`) it reads
what is inside twice, so that each level of nesting doubles the time: 20 levels take a minute, 30 take hours.
Joins whose condition comes late do the same. Which texts these are cannot be listed; what they share is that
the parser moves over the same tokens again and again. So its moves are counted. Honest SQL needs up to three
for each token (all gold SQL of Spider, all of tests/server/database/queries.txt), and gets ten and some.

Writing has the same fault: some functions are spelled for a database with their argument twice, so that a
text of 200 characters would become one of gigabytes. There the nodes are counted.

The count depends on the text alone: a text that is refused is refused on every machine. The clock behind it
is that of the thread's own work, for what no count foresees; waiting for others does not use it up.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from time import thread_time

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect as Sqlglot
from sqlglot.errors import ErrorLevel, SqlglotError

from sqloop.database.checking.budget import TooComplexError
from sqloop.database.checking.free_words import free_words
from sqloop.database.engines.registry import grammar_of
from sqloop.database.schema import Dialect

# It warns of JSON paths that only SQLite has: nothing to print on the user's standard error.
logging.getLogger("sqlglot").addHandler(logging.NullHandler())

LONGEST = 100_000
"""Characters of a text that is parsed at all."""

SECONDS = 2.0
"""Of work on one text, a last resort: what the counts allow takes a quarter of that on a slow machine."""

_ESCAPES = re.compile(r"\x1b\[[\d;]*m")

_MOVES = 4_000
_MOVES_PER_TOKEN = 10
_MANY_MOVES = 60_000
_FEW_MOVES_PER_TOKEN = 2
"""What a long text gets: for each token less than a short one, which has few to begin with."""

_NODES = 2_000
_NODES_PER_NODE = 4
"""How often a node may be written, on the average: what is spelled with its argument twice counts twice."""


class SeveralStatementsError(SqlglotError):
    """A text holds more than one: what is true of the first would be said of all."""


def parse_statements(sql: str, dialect: Dialect, *, simplified: bool = False) -> list[exp.Expr]:
    """The trees of all statements in ``sql``; empty ones are left out.

    ``simplified``: what sqlglot does not read of a SELECT is passed over; see `Grammar.simplify`.

    Raises SqlglotError: what cannot be understood, and as `TooComplexError` what is too long, too deep or
    takes too much time.

    >>> [tree.key for tree in parse_statements("SELECT 1; DROP TABLE t;", "sqlite")]
    ['select', 'drop']
    """
    if len(sql) > LONGEST:
        raise TooComplexError(f"longer than {LONGEST:,} characters")
    grammar = grammar_of(dialect)
    sqlglot = Sqlglot.get_or_raise(dialect)
    parser = grammar.parser(dialect=sqlglot)
    parser.deadline = thread_time() + SECONDS
    tokens = sqlglot.tokenize(sql)
    free_words(tokens, grammar.free)
    if simplified:
        tokens = grammar.simplify(tokens)
    parser.left = max(
        min(_MOVES + _MOVES_PER_TOKEN * len(tokens), _MANY_MOVES), _MOVES + _FEW_MOVES_PER_TOKEN * len(tokens)
    )
    with _slips():
        return [tree for tree in parser.parse(tokens, sql) if tree is not None]


def parse_statement(sql: str, dialect: Dialect) -> exp.Expr:
    """The tree of the only statement in ``sql``. Raises SqlglotError, also as `SeveralStatementsError`.

    >>> parse_statement("SELECT 1;", "sqlite").key, parse_statement("SELECT 1; -- one", "sqlite").key
    ('select', 'select')
    """
    # A comment behind the semicolon is no statement.
    trees = [tree for tree in parse_statements(sql, dialect) if not isinstance(tree, exp.Semicolon)]
    if len(trees) > 1:
        raise SeveralStatementsError(f"{len(trees):,} statements, not one")
    if not trees:
        raise SqlglotError("there is no statement")
    return trees[0]


def write_statement(tree: exp.Expr, dialect: Dialect) -> str:
    """``tree`` as SQL on one line. Raises SqlglotError, also as `TooComplexError`.

    >>> write_statement(parse_statement("select  a from t", "sqlite"), "sqlite")
    'SELECT a FROM t'
    """
    writer = grammar_of(dialect).writer(dialect=dialect, unsupported_level=ErrorLevel.IGNORE)
    writer.left = _NODES + _NODES_PER_NODE * sum(1 for _ in tree.walk())
    writer.deadline = thread_time() + SECONDS
    with _slips():
        return writer.generate(tree)


@contextmanager
def _slips() -> Iterator[None]:
    """A slip of sqlglot on a strange text is an answer about that text, not a failure of ours.

    Where it underlines a place for terminals, the signs for that are left out: people read it elsewhere, too.
    """
    try:
        yield
    except SqlglotError as error:
        error.args = (_ESCAPES.sub("", str(error)),)
        raise
    except RecursionError:
        raise TooComplexError("nested too deeply") from None
    except (ValueError, TypeError, AttributeError, LookupError, AssertionError) as error:
        raise SqlglotError(f"it cannot be read ({type(error).__name__})") from error
