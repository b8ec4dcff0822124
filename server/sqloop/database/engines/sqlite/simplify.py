"""What SQLite's SELECT has and sqlglot does not read, taken out of a row of tokens before it is parsed.

For the check only, as `sqloop.database.engines.mariadb.simplify`. Source: sqlite.org/datatype3.html, type
names.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot.tokenizer_core import Token, TokenType

_BRACKETS = {TokenType.L_PAREN, TokenType.R_PAREN}


def simplify(tokens: Sequence[Token]) -> list[Token]:
    """With the last word alone of types that have several: UNSIGNED BIG INT, VARYING CHARACTER(9)."""
    kept: list[Token] = []
    casts: list[bool] = []
    passed = 0
    for number, token in enumerate(tokens):
        if number < passed:
            continue
        kept.append(token)
        if token.token_type == TokenType.L_PAREN:
            casts.append(number > 0 and tokens[number - 1].text.upper() == "CAST")
        elif token.token_type == TokenType.R_PAREN and casts:
            casts.pop()
        elif token.token_type == TokenType.ALIAS and casts and casts[-1]:
            passed = _last_word(tokens, number + 1)
    return kept


def _last_word(tokens: Sequence[Token], start: int) -> int:
    """Where the last of several words before a bracket stands; ``start`` where there are none."""
    end = start
    while end < len(tokens) and _is_word(tokens[end]):
        end += 1
    several = end - start > 1 and end < len(tokens) and tokens[end].token_type in _BRACKETS
    return end - 1 if several else start


def _is_word(token: Token) -> bool:
    return token.text.replace("_", "").isalpha() and token.token_type != TokenType.STRING
