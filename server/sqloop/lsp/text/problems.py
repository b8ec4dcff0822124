"""From what a parser or an engine says of a statement to a place in it and names that may have been meant."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Literal

from sqlglot.errors import ParseError, SqlglotError

from sqloop.asking.near_names import read_name
from sqloop.database.checking.parsing import parse_statements
from sqloop.database.schema import Dialect, Schema
from sqloop.database.tokens import Token
from sqloop.errors import end_once
from sqloop.lsp.text.keywords import RESERVED
from sqloop.lsp.text.scope import Scope, Source, read_scope

Code = Literal[
    "syntax", "unknown-table", "unknown-column", "unknown-function", "engine", "refused", "unread", "text"
]

_NEAR = (
    r'near "(?P<near>[^"]+)": syntax error',
    r'syntax error at or near "(?P<near>[^"]+)"',
    r"near '(?P<near>[^']+)",
)
_FIXES = 3
_BEFORE_NAMES = RESERVED | {"SET", "INTO", "UPDATE", "DELETE", "RETURNING", "QUALIFY"}


@dataclass(frozen=True)
class Problem:
    """Something between two offsets of a statement; ``fixes`` may be meant, the likeliest first."""

    start: int
    end: int
    code: Code
    message: str
    fixes: tuple[str, ...] = ()


def find_problems(
    sql: str, tokens: tuple[Token, ...], error: str, schema: Schema, dialect: Dialect
) -> tuple[Problem, ...]:
    """What the engine objects to; ``tokens`` are those of ``sql``, wherever they count from."""
    code_tokens = [token for token in tokens if token.kind != "comment"]
    base = code_tokens[0].start
    if (named := read_name(error)) is not None and (found := _locate(code_tokens, named.name)):
        code = named.code
        if code == "unknown-column" and (wrong := _wrong_owners(code_tokens, found, tokens, schema)):
            return tuple(replace(each, start=each.start - base, end=each.end - base) for each in wrong)
        problems = []
        for owner, token in found:
            fixes = _nearest(code, token, owner, tokens, schema)
            meant = f" Did you mean {' or '.join(fixes)}?" if fixes else ""
            message = f"{_say(code, token.named, error)}{meant}"
            problems.append(Problem(token.start - base, token.end - base, code, message, fixes))
        return tuple(problems)
    if "not understood" in error:
        return parse_problem(sql, dialect) or (
            Problem(0, len(sql), "unread", f"SQLoop cannot read this: {error}"),
        )
    for pattern in _NEAR:
        match = re.search(pattern, error)
        if match is not None and (at := sql.rfind(match["near"])) >= 0:
            end = at + len(match["near"].split(maxsplit=1)[0])
            return (Problem(at, end, "syntax", f"Syntax error near {match['near'].split()[0]!r}."),)
    return (Problem(0, code_tokens[0].end - base, "engine", error),)


def parse_problem(sql: str, dialect: Dialect) -> tuple[Problem, ...]:
    """What the parser does not understand, as a warning: the engine might."""
    try:
        parse_statements(sql, dialect)
    except ParseError as error:
        first = error.errors[0] if error.errors else {}
        start, end = _place(sql, first.get("line"), first.get("col"), first.get("highlight"))
        words = str(first.get("description") or "it cannot be parsed").partition(" but got <Token")[0]
        return (Problem(start, end, "unread", f"Perhaps a mistake: {words.rstrip('.')}."),)
    except SqlglotError as error:
        line = (str(error).splitlines() or ["it cannot be parsed"])[0]
        return (Problem(0, len(sql), "unread", f"Perhaps a mistake: {line}"),)
    return ()


def _place(sql: str, line: int | None, column: int | None, word: str | None) -> tuple[int, int]:
    if line is None or column is None:
        return 0, len(sql)
    lines = sql.split("\n")  # As sqlglot counts them: a form feed in a text is none of them.
    end = min(sum(len(each) + 1 for each in lines[: line - 1]) + column, len(sql))
    return max(0, end - len(word or "x")), end


def _locate(tokens: list[Token], name: str) -> list[tuple[str, Token]]:
    """Where a name stands that the engine gave, with the alias before it; a database before it is its own."""
    *owners, last = name.strip().replace("`", "").replace('"', "").split(".")
    owner = owners[-1].lower() if owners else ""
    found: list[tuple[str, Token]] = []
    for number, token in enumerate(tokens):
        if token.named.lower() != last.lower():
            continue
        before = tokens[number - 2].named.lower() if number > 1 and tokens[number - 1].text == "." else ""
        found.append((before, token))
    meant = [each for each in found if each[0] == owner] or found
    return [each for each in meant if not _is_given(tokens, tokens.index(each[1]))] or meant


def _is_given(tokens: list[Token], number: int) -> bool:
    """Whether a name is what something is called from there on: `total AS name`, `total name`."""
    if not number:
        return False
    before = tokens[number - 1]
    if before.kind == "word":
        return before.upper in ("AS", "END") or before.upper not in _BEFORE_NAMES
    return before.text == ")" or before.kind in ("name", "string", "number")


def _wrong_owners(
    code_tokens: list[Token], found: list[tuple[str, Token]], tokens: tuple[Token, ...], schema: Schema
) -> list[Problem]:
    """Where what stands before the dot is wrong, and not the column behind it."""
    wrong = []
    for owner, token in found:
        number = code_tokens.index(token)
        if not owner:
            return []
        scope = read_scope(tokens, token.start, schema)
        aliases = [each.alias for each in (*scope.sources, *scope.outer) if each.alias]
        if not aliases or owner in {each.lower() for each in aliases}:
            return []
        before = code_tokens[number - 2]
        close = get_close_matches(owner, {each.lower(): each for each in aliases}, _FIXES, 0.6)
        fixes = [each for each in aliases if each.lower() in close] or aliases[:_FIXES]
        message = f"There is no {before.named} in this query: it reads {', '.join(aliases)}."
        wrong.append(Problem(before.start, before.end, "unknown-table", message, tuple(fixes)))
    return wrong


def _nearest(
    code: Code, token: Token, owner: str, tokens: tuple[Token, ...], schema: Schema
) -> tuple[str, ...]:
    scope = read_scope(tokens, token.start, schema)
    names: Iterable[str] = ()
    if code == "unknown-table":
        names = [*(table.name for table in schema.tables), *(cte.name for cte in scope.ctes.values())]
    elif code == "unknown-column":
        names = _columns(scope, owner, schema)
    by_lower = {name.lower(): name for name in names}
    close = get_close_matches(token.named.lower(), by_lower, _FIXES, 0.6)
    return tuple(by_lower[name] for name in close)


def _columns(scope: Scope, owner: str, schema: Schema) -> list[str]:
    sources: tuple[Source, ...] = (*scope.sources, *scope.outer)
    if owner:
        sources = tuple(each for each in sources if each.alias.lower() == owner)
        if not sources:  # The alias itself may be what is wrong.
            return []
    return [name for source in sources for name in source.columns or ()]


def _say(code: Code, name: str, error: str) -> str:
    words = {"unknown-table": "table", "unknown-column": "column", "unknown-function": "function"}
    return f"There is no {words[code]} {name}." if code in words else end_once(f"{error}.")
