"""What MariaDB's SELECT has and sqlglot does not read, taken out of a row of tokens before it is parsed.

For the check only, which asks whether a text may do more than read: none of this may. What is run is the
text as it was written. Source: mariadb.com/kb, SELECT, LIMIT ROWS EXAMINED, VALUES, date literals,
JSON_TABLE, GROUP_CONCAT.
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
_BOUND = {TokenType.NUMBER, TokenType.COMMA, TokenType.OFFSET}
_LITERALS = {TokenType.NUMBER, TokenType.STRING, TokenType.NULL}


def simplify(tokens: Sequence[Token], head: Sequence[Token]) -> list[Token]:
    """Without what `_passed_over` lists; VALUES as a query, after ``head``, the tokens of `SELECT * FROM`."""
    kept: list[Token] = []
    grouping = [False]
    lists = [False]
    number = 0
    while number < len(tokens):
        token = tokens[number]
        kind = token.token_type
        if kind == TokenType.L_PAREN:
            grouping.append(False)
            lists.append(number > 0 and tokens[number - 1].text.upper() == "GROUP_CONCAT")
        elif kind == TokenType.R_PAREN and len(grouping) > 1:
            grouping.pop()
            lists.pop()
        elif kind == TokenType.GROUP_BY:
            grouping[-1] = True
        elif kind in _END_GROUP:
            grouping[-1] = False
        passed = _bound_of_list(tokens, number) if lists[-1] else _passed_over(tokens, number)
        if not passed and not (grouping[-1] and kind in (TokenType.ASC, TokenType.DESC)):
            kept += head if _is_query(tokens, number) else ()
            kept.append(token)
        number += passed or 1
    return kept


def _is_query(tokens: Sequence[Token], number: int) -> bool:
    """Whether a VALUES begins a statement, or what a WITH names."""
    kinds = [token.token_type for token in tokens[max(0, number - 2) : number]]
    return tokens[number].token_type == TokenType.VALUES and kinds in (
        [],
        [TokenType.ALIAS, TokenType.L_PAREN],
    )


def _passed_over(tokens: Sequence[Token], number: int) -> int:
    """How many tokens from here on say nothing that the check has to know."""
    words = [token.text.upper() for token in tokens[number : number + 4]]
    kinds = [token.token_type for token in tokens[number : number + 4]]
    match words[0]:
        case "LIMIT" if words[1:3] == ["ROWS", "EXAMINED"]:
            return 3 + kinds[3:].count(TokenType.NUMBER)
        case "ROWS" if words[1:2] == ["EXAMINED"] and kinds[2:3] == [TokenType.NUMBER]:
            return 3
        case "NULL" | "ERROR" if words[1:2] == ["ON"] and words[2:3] in (["EMPTY"], ["ERROR"]):
            return 3
        case "DEFAULT" if words[2:] in (["ON", "EMPTY"], ["ON", "ERROR"]) and kinds[1] in _LITERALS:
            return 4
        case "{" if words[1:2] and words[1] in ("D", "T", "TS") and kinds[2:3] == [TokenType.STRING]:
            return 2  # {d '2024-01-01'}, of which the text stays
        case "}" if number > 2 and _passed_over(tokens, number - 3) == 2:
            return 1
    return 0


def _bound_of_list(tokens: Sequence[Token], number: int) -> int:
    """How long a LIMIT is that ends a GROUP_CONCAT."""
    if tokens[number].token_type != TokenType.LIMIT:
        return 0
    end = number + 1
    while end < len(tokens) and tokens[end].token_type in _BOUND:
        end += 1
    ends = end < len(tokens) and tokens[end].token_type == TokenType.R_PAREN
    return end - number if ends else 0
