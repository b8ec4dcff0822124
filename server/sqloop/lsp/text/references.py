"""What an alias or the name of a CTE means, and where else it stands: for renaming, for going there."""

from __future__ import annotations

from dataclasses import dataclass

from sqloop.database.schema import Schema
from sqloop.database.tokens import Token
from sqloop.lsp.text.scope import Scope, read_scope
from sqloop.lsp.text.statements import Statement


@dataclass(frozen=True)
class Name:
    """An alias or a CTE: where it is defined, and every token that means it, the definition included."""

    definition: Token
    tokens: tuple[Token, ...]


def find_name(statement: Statement, offset: int, schema: Schema) -> Name | None:
    """The alias or CTE that stands at ``offset``; None for anything else."""
    token = next((each for each in statement.tokens if each.start <= offset <= each.end and each.named), None)
    if token is None:
        return None
    start = _definition(statement, token, schema)
    if start is None:
        return None
    found = tuple(
        each
        for each in statement.tokens
        if each.named.lower() == token.named.lower() and _definition(statement, each, schema) == start
    )
    definition = next((each for each in found if each.start == start), None)
    return Name(definition, found) if definition is not None else None


def _definition(statement: Statement, token: Token, schema: Schema) -> int | None:
    """Where the alias or CTE is defined that ``token`` means."""
    code = [each for each in statement.tokens if each.kind != "comment"]
    number = code.index(token)
    if number and code[number - 1].text == ".":
        return None
    scope = read_scope(statement.tokens, token.start, schema)
    name = token.named.lower()
    qualifies = number + 1 < len(code) and code[number + 1].text == "."
    cte = scope.ctes.get(name)
    if cte is not None and token.start == cte.start:
        return cte.start
    for source in (*scope.sources, *scope.outer):
        if source.alias.lower() != name or not (qualifies or source.start == token.start):
            if source.name.lower() == name and cte is not None and _is_read(code, number):
                return cte.start
            continue
        if source.alias.lower() == source.name.lower() and _names_itself(source.start, code, scope, name):
            return cte.start if cte is not None else None
        return source.start
    return None


def _is_read(code: list[Token], number: int) -> bool:
    """Whether the token stands where a table is named."""
    return number > 0 and code[number - 1].upper in ("FROM", "JOIN", ",")


def _names_itself(start: int, code: list[Token], scope: Scope, name: str) -> bool:
    """Whether a source has no alias of its own: its only name is that of its table or CTE."""
    number = next(n for n, each in enumerate(code) if each.start == start)
    before = code[number - 1] if number else None
    return before is None or (before.upper != "AS" and before.named.lower() != name)
