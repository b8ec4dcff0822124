"""A join of the glossary at a place of FROM: with the aliases of the statement, and without what is written.

Not covered: joins to sub-queries and CTEs of the statement, and a sub-query in the join that would have to
name tables as the statement does.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqloop.database.checking.parsing import parse_statement
from sqloop.database.identifiers import quote_name
from sqloop.database.schema import Dialect
from sqloop.database.tokens import Token, code_tokens
from sqloop.glossary import Definition
from sqloop.lsp.text.place import Place

_JOINING = frozenset("JOIN LEFT INNER CROSS OUTER RIGHT FULL NATURAL".split())
_GOES_ON = frozenset("FROM ON USING AS AND OR NOT IN LIKE BETWEEN IS EXISTS".split())
"""Words behind which something else is due than a join."""


def write_join(definition: Definition, place: Place, dialect: Dialect) -> str:
    """What goes into the statement; empty where the join does not fit what stands before ``place``."""
    tokens = code_tokens(definition.sql, dialect)
    lead = _leading(tokens)
    begun = _leading(place.before[::-1])[::-1]
    last = place.before[-1]
    if begun:
        fits = bool(lead) and last.upper == "JOIN" and _kind(begun) == _kind(lead)
    elif lead:
        fits = last.text == ")" or (last.kind != "sign" and last.upper not in _GOES_ON)
    else:
        fits = last.upper == "FROM"
    renamed = _find_renamed(definition, place, dialect, bool(lead)) if fits else None
    if renamed is None or (renamed and any(token.upper == "SELECT" for token in tokens)):
        return ""
    start = tokens[len(lead)].start if begun else tokens[0].start
    return _rename(definition.sql, tokens, renamed, dialect)[start:]


def _leading(tokens: Iterable[Token]) -> list[Token]:
    """The words of a join that come first: LEFT OUTER JOIN."""
    found: list[Token] = []
    for token in tokens:
        if token.upper not in _JOINING:
            break
        found.append(token)
    return found


def _kind(words: list[Token]) -> list[str]:
    return [word.upper for word in words if word.upper not in ("INNER", "OUTER")]


def _find_renamed(
    definition: Definition, place: Place, dialect: Dialect, joined: bool
) -> dict[str, str] | None:
    """The statement's aliases for the tables that are joined to, by lower name; None where one is missing."""
    sources = place.scope.sources
    before = {
        name.lower(): each
        for each in sources
        if each.table is not None and each.start < place.first
        for name in (each.name, each.table.name)
    }
    own = _find_own(definition.sql, dialect, joined)
    if own is None or not own.isdisjoint(each.alias.lower() for each in sources):
        return None
    renamed: dict[str, str] = {}
    for owner, name in definition.columns:
        if owner and owner.lower() not in own:
            source = before.get(owner.lower())
            if source is None or source.table is None or source.table.column(name) is None:
                return None
            if source.alias.lower() != owner.lower():
                renamed[owner.lower()] = source.alias
    return renamed


def _find_own(sql: str, dialect: Dialect, joined: bool) -> set[str] | None:
    """The names that it gives its tables, in lower case."""
    try:
        tree = parse_statement(f"SELECT 1 FROM {'sqloop_joined_to ' if joined else ''}{sql}", dialect)
    except (SqlglotError, ValueError):
        return None
    return {each.alias_or_name.lower() for each in tree.find_all(exp.Table, exp.Subquery)}


def _rename(sql: str, tokens: tuple[Token, ...], renamed: dict[str, str], dialect: Dialect) -> str:
    """Other names for the owners of columns; what stands around them stays as it was written."""
    written = sql
    for number in range(len(tokens) - 2, 0, -1):
        token = tokens[number]
        owns = tokens[number + 1].text == "." and tokens[number - 1].text != "."
        if owns and (alias := renamed.get(token.named.lower())):
            written = f"{written[: token.start]}{quote_name(alias, dialect)}{written[token.end :]}"
    return written
