"""How the function is called whose brackets the cursor is in, and which argument it is at."""

from __future__ import annotations

from lsprotocol import types

from sqloop.database.tokens import Token, code_tokens
from sqloop.lsp.server import Server
from sqloop.lsp.text.keywords import signatures
from sqloop.lsp.text.statements import LONGEST


async def signature_help(ls: Server, params: types.SignatureHelpParams) -> types.SignatureHelp | None:
    """The signature; None outside of functions that are known."""
    document = ls.documents.get(params.text_document.uri)
    if document is None:
        return None
    offset = document.offset(params.position)
    start, _ = document.regions.at(offset)
    if offset - start > LONGEST:
        return None
    found = find_call(code_tokens(document.text[start:offset], ls.backend.dialect))
    if found is None or found[0].upper() not in signatures(ls.backend.dialect):
        return None
    call, words = signatures(ls.backend.dialect)[found[0].upper()]
    arguments = call[call.index("(") + 1 : call.index(")")]
    names = [each.strip() for each in arguments.split(",") if each.strip()]
    active = min(found[1], len(names) - 1) if names else 0
    return types.SignatureHelp(
        [types.SignatureInformation(call, words, [types.ParameterInformation(name) for name in names])],
        active_signature=0,
        active_parameter=active,
    )


def find_call(tokens: tuple[Token, ...]) -> tuple[str, int] | None:
    """The innermost function whose bracket is open at the end, and how many commas stand in it.

    >>> find_call(code_tokens("SELECT ROUND(ABS(a), ", "sqlite"))
    ('ROUND', 1)
    """
    depth = commas = 0
    for number in range(len(tokens) - 1, -1, -1):
        text = tokens[number].text
        if text == ")":
            depth += 1
        elif text == "(" and depth:
            depth -= 1
        elif text == "(":
            before = tokens[number - 1] if number else None
            return (before.text, commas) if before is not None and before.kind == "word" else None
        elif text == "," and not depth:
            commas += 1
    return None
