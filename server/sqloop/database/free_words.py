"""Words that sqlglot keeps for statements of other databases, and that are plain names here.

A column may be called `qualify` or `rollback` in both engines, and `grant` or `fetch` in SQLite: its own
lists of keywords say so. Sources: sqlite.org/lang_keywords.html, mariadb.com/kb reserved-words. Not
covered: keywords that an engine has, and takes for a name where nothing else can stand (`SELECT like`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot.dialects import MySQL, SQLite
from sqlglot.tokenizer_core import Token, TokenType

from sqloop.database.schema import Dialect

_BOTH = "qualify rollback uncache partitioned_by ilike tablesample overlaps asof"
_SQLITE = f"{_BOTH} grant revoke rlike xor lateral any fetch cube rollup describe"
_MYSQL = f"{_BOTH} glob notnull"


def _kinds(words: str, known: Mapping[str, TokenType]) -> dict[str, TokenType]:
    return {word: known[word.upper()] for word in words.split() if word.upper() in known}


_FREE: dict[Dialect, dict[str, TokenType]] = {
    "sqlite": _kinds(_SQLITE, SQLite.Tokenizer.KEYWORDS),
    "mysql": _kinds(_MYSQL, MySQL.Tokenizer.KEYWORDS),
}
_BEFORE_NAME = {
    TokenType.SELECT,
    TokenType.COMMA,
    TokenType.DOT,
    TokenType.ALIAS,
    TokenType.WHERE,
    TokenType.ORDER_BY,
    TokenType.GROUP_BY,
    TokenType.AND,
    TokenType.OR,
    TokenType.WITH,
}
"""After these CHARSET is a column; after a type it says which character set."""


def free_words(tokens: Sequence[Token], dialect: Dialect) -> None:
    """Have the parser take such words among ``tokens`` for names."""
    free = _FREE[dialect]
    before = TokenType.SEMICOLON
    for token in tokens:
        kind = token.token_type
        named = kind == TokenType.CHARACTER_SET and before in _BEFORE_NAME
        if named or free.get(token.text.lower()) == kind:
            token.token_type = TokenType.VAR
        before = kind
