"""Words that sqlglot keeps for statements of other databases, and that are plain names here.

A column may be called `qualify` or `rollback` in SQLite and MariaDB, and `grant` or `fetch` in SQLite: each
engine's grammar lists its own (`Grammar.free`). Not covered: keywords that an engine has, and takes for a
name where nothing else can stand (`SELECT like`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot.tokenizer_core import Token, TokenType

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


def kinds(words: str, known: Mapping[str, TokenType]) -> dict[str, TokenType]:
    """Those of ``words`` that sqlglot keeps, ``known`` by their upper case, with what it takes them for."""
    return {word: known[word.upper()] for word in words.split() if word.upper() in known}


def free_words(tokens: Sequence[Token], free: Mapping[str, TokenType]) -> None:
    """Have the parser take the ``free`` words among ``tokens`` for names."""
    before = TokenType.SEMICOLON
    for token in tokens:
        kind = token.token_type
        named = kind == TokenType.CHARACTER_SET and before in _BEFORE_NAME
        if named or free.get(token.text.lower()) == kind:
            token.token_type = TokenType.VAR
        before = kind
