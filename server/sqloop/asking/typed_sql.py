"""SQL that is typed where a question is asked: it is run as it is, and no model is asked.

A query that parses and names nothing but what is there is SQL. So is what its first tokens tell: SQL with a
mistake is SQL, too, and its error says more than what a model would make of it. English may begin with the
same words ("select customers from Rome", "update me on sales"): what is not plainly SQL is a question.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqloop.database.checking.parsing import parse_statements
from sqloop.database.engines.registry import grammar_of
from sqloop.database.schema import Schema
from sqloop.database.tokens import Token, code_tokens

_OTHERS = {
    "INSERT": {"INTO"},
    "REPLACE": {"INTO"},
    "MERGE": {"INTO"},
    "DELETE": {"FROM"},
    "DROP": {"TABLE", "VIEW", "INDEX"},
    "ALTER": {"TABLE"},
    "TRUNCATE": {"TABLE"},
    "EXPLAIN": {"SELECT", "QUERY", "ANALYZE"},
    "VALUES": {"("},
    "ATTACH": {"DATABASE"},
    "DETACH": {"DATABASE"},
    "BEGIN": {"TRANSACTION"},
    "COPY": {"("},
}
"""Statements but queries, which are refused, and the token that comes second."""

_NO_ENGLISH = {"PRAGMA", "VACUUM", "REINDEX", "SAVEPOINT"}
"""Words that no question begins with."""

_ALONE = {"BEGIN", "COMMIT", "ROLLBACK", "ANALYZE"}
"""Statements of one word."""

_OF_FILES = {"ATTACH", "DETACH", "COPY", "LOAD"}
"""Statements that name a file behind their first word."""

_THIRD = {"UPDATE": "SET", "SET": "=", "CALL": "("}
"""What comes third, behind a name."""

_RIGHTS = {"ALL", "SELECT", "INSERT", "UPDATE", "DELETE", "EXECUTE", "USAGE"}


def is_sql(text: str, schema: Schema) -> bool:
    """Whether ``text`` is a statement and no question.

    >>> from sqloop.database.schema import Schema
    >>> def is_one(text): return is_sql(text, Schema("sqlite", ()))
    >>> is_one("SELECT name FROM pets"), is_one("select count(*) from pets"), is_one("DELETE FROM pets")
    (True, True, True)
    >>> is_one("select customers from Rome"), is_one("Update me on sales"), is_one("With orders, by city")
    (False, False, False)
    >>> is_one("select 1/0 as a, x'00ff' as b"), is_one("select 5 customers")
    (True, False)
    >>> is_one("PRAGMA table_info(pets)"), is_one("; DROP TABLE pets; --"), is_one("Attach the files")
    (True, True, False)
    """
    tokens = code_tokens(text, schema.dialect)
    while tokens and tokens[0].text in ("(", ";"):
        tokens = tokens[1:]
    words = [token.upper for token in tokens]
    begins = {"SELECT", *grammar_of(schema.dialect).begins}
    if len(words) > 1 and words[0] in begins and _reads_what_is_there(tokens, text, schema):
        return True
    if words[:1] == ["SELECT"]:
        return len(words) > 1 and _is_select(tokens, text, schema)
    if words[:1] == ["WITH"]:
        return ("AS", "(") in pairwise(words) and "SELECT" in words
    return bool(words) and _is_other(tokens, words)


def _reads_what_is_there(tokens: Sequence[Token], text: str, schema: Schema) -> bool:
    """Whether it parses as a query whose every word is a table, a column or a name that it gives itself."""
    try:
        trees = parse_statements(text, schema.dialect, simplified=True)
    except SqlglotError:
        return False
    if not trees or not all(isinstance(tree, exp.Query) for tree in trees):
        return False
    named = {each.alias.lower() for tree in trees for each in tree.find_all(exp.Alias, exp.CTE)}
    columns = set(named)
    for table in (each for tree in trees for each in tree.find_all(exp.Table)):
        known = schema.table(".".join(part.name for part in table.parts))
        if known is None and table.name.lower() not in named:
            return False
        columns |= {column.name.lower() for column in known.columns} if known else set()
    pairs = set(pairwise(token.named or token.text for token in tokens))
    counted = any(
        isinstance(each.this, exp.Literal) and (each.this.name, each.alias) in pairs  # "5 customers"
        for tree in trees
        for each in tree.find_all(exp.Alias)
    )
    read = (each.name.lower() for tree in trees for each in tree.find_all(exp.Column) if each.name != "*")
    return not counted and columns.issuperset(read)


def _is_other(tokens: Sequence[Token], words: Sequence[str]) -> bool:
    """Whether it is a statement but a query."""
    first, second, third = (*words, "", "")[:3]
    if first in _NO_ENGLISH or (first in _ALONE and second in ("", ";")):
        return True
    if first in _OF_FILES and len(tokens) > 1 and tokens[1].kind == "string":
        return True
    if first in ("GRANT", "REVOKE"):
        return second in _RIGHTS and "ON" in words
    if first == "CREATE":
        return words[3:4] in (["("], ["AS"])
    return third == _THIRD.get(first) or second in _OTHERS.get(first, ())


def _is_select(tokens: Sequence[Token], text: str, schema: Schema) -> bool:
    words = [token.upper for token in tokens]
    end = words.index("FROM") if "FROM" in words else len(words)
    listed = [token for token in tokens[1:end] if token.upper not in ("DISTINCT", "AS")]
    calls = any(one.kind == "word" and other.text == "(" for one, other in pairwise(listed))
    plain = not any(one.kind == other.kind == "word" for one, other in pairwise(listed))
    if end == len(words):  # Of no table: 1 + 1, but not "customers and orders".
        return plain and bool(listed) and (calls or not any(each.kind == "word" for each in listed))
    if tokens[0].text == "SELECT" and tokens[end].text == "FROM" and text != text.upper():
        return True  # As people write SQL, and nothing else.
    known = schema.table(_name(tokens[end + 1 :])) is not None
    if plain:
        return known or calls or any(each.text == "*" for each in listed) or words[end + 1 : end + 2] == ["("]
    return known and bool({"=", ";"} & set(words[end:]))


def _name(tokens: Sequence[Token]) -> str:
    """The table at the beginning, with its schema."""
    parts = [token.named for token in tokens[:1]]
    for dot, token in zip(tokens[1::2], tokens[2::2], strict=False):
        if dot.text != ".":
            break
        parts.append(token.named)
    return ".".join(parts)
