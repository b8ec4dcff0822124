"""What MariaDB's SELECT has and sqlglot does not read, taken out of a row of tokens before it is parsed.

For the check only, which asks whether a text may do more than read: none of this may. What is run is the
text as it was written. Source: mariadb.com/kb, SELECT, LIMIT ROWS EXAMINED, VALUES.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot.tokenizer_core import Token, TokenType

_END_GROUP = {
    TokenType.HAVING,
    TokenType.ORDER_BY,
    TokenType.LIMIT,
    TokenType.WINDOW,
    TokenType.UNION,
    TokenType.EXCEPT,
    TokenType.INTERSECT,
    TokenType.SEMICOLON,
}


def simplify(tokens: Sequence[Token], head: Sequence[Token]) -> list[Token]:
    """Without the direction of groups and the bound on rows examined; VALUES as a query after ``head``.

    ``head`` are the tokens of `SELECT * FROM`.
    """
    kept = list(head) if tokens and tokens[0].token_type == TokenType.VALUES else []
    grouping = [False]
    for number, token in enumerate(tokens):
        kind = token.token_type
        if kind == TokenType.L_PAREN:
            grouping.append(False)
        elif kind == TokenType.R_PAREN and len(grouping) > 1:
            grouping.pop()
        elif kind == TokenType.GROUP_BY:
            grouping[-1] = True
        elif kind in _END_GROUP:
            grouping[-1] = False
        if grouping[-1] and kind in (TokenType.ASC, TokenType.DESC):
            continue
        if _in_rows_examined(tokens, number):
            continue
        kept.append(token)
    return kept


def _in_rows_examined(tokens: Sequence[Token], number: int) -> bool:
    """Whether the token is one of `[LIMIT] ROWS EXAMINED 100`."""
    for start in range(max(0, number - 2), number + 1):
        words = [token.text.upper() for token in tokens[start : start + 3]]
        if words[:2] == ["ROWS", "EXAMINED"] and words[-1].isdecimal():
            return True
    following = [token.text.upper() for token in tokens[number : number + 3]]
    return following == ["LIMIT", "ROWS", "EXAMINED"]
