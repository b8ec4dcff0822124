"""Tokens that are something else once there is a blank between them: `->>`, `x'00'`, `a::int`, `@p`.

The tokenizer knows few operators, for each engine has its own: signs that touch are one, unless the last
is the sign of what follows (`a=-1`, `a=:name`). Brackets and separators stand alone.
"""

from __future__ import annotations

import re

from sqloop.database.tokens import Token

SEPARATORS = frozenset("( ) [ ] { } , ; .".split())

_SIGNED = re.compile(r"(<=>|<=|>=|<>|!=|\|\||:=|[-=<>+*/%~])(@@|::?|[-+~@?$%])")
"""An operator, and the sign of what is behind it."""

_PREFIXES = frozenset({"@", "@@", ":", "?", "$", "#", "!", "%"})
"""Signs of variables and placeholders, and of negation: what touches them from behind is a part of them."""

_COLONS = frozenset({":", "::"})
_POWER = re.compile(r"[\d.]+[eE]")
"""The beginning of `1e-5`, which the tokenizer parts."""

_MARKED = re.compile(r"(?i:[benrx]|_\w+)")
"""What stands before a text and says how to read it."""


def glue(tokens: tuple[Token, ...]) -> list[Token]:
    """The same code with one token for what has to stay together; what is glued to a sign is a ``name``.

    >>> from sqloop.database.tokens import tokenize
    >>> [each.text for each in glue(tokenize("a->>'x' = -1 AND b::int=:n", "postgres"))]
    ['a', '->>', "'x'", '=', '-', '1', 'AND', 'b::int', '=', ':n']
    """
    glued: list[Token] = []
    for token in _join_signs(tokens):
        before = glued[-1] if glued else None
        if before is not None and before.end == token.start and _sticks(before, token, glued):
            glued[-1] = Token("name", before.text + token.text, before.start, token.end)
        else:
            glued.append(token)
    return glued


def _sticks(one: Token, other: Token, glued: list[Token]) -> bool:
    if one.text in SEPARATORS or other.text in SEPARATORS:
        return False
    if other.kind == "sign":
        power = one.kind == "number" and _POWER.fullmatch(one.text) and other.text in ("-", "+")
        return bool(power) or (other.text in _COLONS and one.kind != "sign")
    if one.kind == "sign":
        # A percent sign between two operands divides.
        left = glued[-2] if len(glued) > 1 else None
        divides = one.text == "%" and left is not None and left.end == one.start and left.kind != "sign"
        return one.text in _PREFIXES | _COLONS and not divides
    if one.kind == "name" and (one.text[-1] in ":@?$#!" or _POWER.fullmatch(one.text[:-1])):
        return True
    return other.kind in ("string", "name") and _MARKED.fullmatch(one.text) is not None


def _join_signs(tokens: tuple[Token, ...]) -> list[Token]:
    joined: list[Token] = []
    run: list[Token] = []
    for token in tokens:
        if run and not (_is_loose(token) and run[-1].end == token.start):
            joined += _split_run(run)
            run = []
        if _is_loose(token):
            run.append(token)
        else:
            joined.append(token)
    return joined + (_split_run(run) if run else [])


def _is_loose(token: Token) -> bool:
    return token.kind == "sign" and token.text not in SEPARATORS


def _split_run(run: list[Token]) -> list[Token]:
    """One operator, or an operator and the sign of what follows."""
    text, start = "".join(each.text for each in run), run[0].start
    match = _SIGNED.fullmatch(text)
    size = len(match[1]) if match and text not in ("<@", "<%") else len(text)
    parts = [(text[:size], start), (text[size:], start + size)]
    return [Token("sign", part, at, at + len(part)) for part, at in parts if part]
