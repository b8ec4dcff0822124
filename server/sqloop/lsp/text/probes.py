"""Queries that find wrong names in what SQLoop does not run: the engine says what is missing.

Of DELETE, UPDATE and INSERT: queries of the same tables and columns. Of a query that reads what the file
makes above it: the same query with CTEs for that. Only wrong names are told from them; what is too unusual to
be written as a query has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from sqloop.lsp.text.brackets import Reading
from sqloop.lsp.text.mistakes import made_above
from sqloop.lsp.text.statements import QUERIES, Statement

WRITES = frozenset({"INSERT", "REPLACE", "UPDATE", "DELETE"})
_BODIES = frozenset({"SELECT", "WITH"})
_NO_COLUMN = frozenset(
    "CONSTRAINT PRIMARY UNIQUE CHECK FOREIGN KEY INDEX FULLTEXT SPATIAL EXCLUDE PERIOD LIKE".split()
)
_MODIFIERS = frozenset("OR ABORT FAIL IGNORE REPLACE ROLLBACK LOW_PRIORITY QUICK ONLY".split())
_ENDS = frozenset({"RETURNING", "ORDER", "LIMIT"})


@dataclass(frozen=True)
class Made:
    """A table or view that the file makes: its name, and a CTE that has its columns."""

    name: str
    cte: str


def find_made(statements: Iterable[Statement]) -> dict[str, Made | None]:
    """What statements make, by lower name, in their order; None of what is changed or cannot be told."""
    found: dict[str, Made | None] = {}
    for statement in statements:
        if statement.tokens[0].upper in ("CREATE", "ALTER"):
            made = read_made(statement)
            for name in made_above(statement.sql, len(statement.sql)) or ():
                found[name] = made if made and made.name == name and name not in found else None
    return found


class _Words:
    """The tokens of a statement that stand in no bracket, and the text between them."""

    def __init__(self, statement: Statement) -> None:
        self.reading = Reading(statement.tokens)
        self._statement = statement
        self.level = [number for number, depth in enumerate(self.reading.depths) if not depth]
        self.words = [self.reading.words[number] for number in self.level]
        self.tokens = [self.reading.tokens[number] for number in self.level]

    def find(self, *words: str, start: int = 0) -> int:
        """The place of the first of ``words`` from ``start`` on; behind the last where there is none."""
        places = (place for place in range(start, len(self.words)) if self.words[place] in words)
        return next(places, len(self.words))

    def text(self, start: int, end: int) -> str:
        """What stands from one place to before another, brackets included."""
        if start >= end or start >= len(self.tokens):
            return ""
        begin = self._statement.start
        behind = self.tokens[end].start if end < len(self.tokens) else self._statement.end
        return self._statement.sql[self.tokens[start].start - begin : behind - begin].strip()


def find_probes(statement: Statement) -> tuple[str, ...]:
    """The queries that name what the statement names."""
    first = statement.tokens[0].upper
    if first in QUERIES:
        return (statement.sql,)
    words = _Words(statement)
    if first == "DELETE":
        return _probe_delete(words)
    if first == "UPDATE":
        return _probe_update(words)
    return _probe_insert(words) if first in WRITES else ()


def _probe_delete(words: _Words) -> tuple[str, ...]:
    source, using = words.find("FROM") + 1, words.find("USING")
    end = words.find(*_ENDS)
    if using < words.find("WHERE", "JOIN"):
        return ()
    source += words.words[source : source + 1] == ["ONLY"]
    return _select("1", words.text(source, end))


def _probe_update(words: _Words) -> tuple[str, ...]:
    target = 1
    while words.words[target : target + 1] and words.words[target] in _MODIFIERS:
        target += 1
    assigned = words.find("SET") + 1
    behind = words.find("FROM", "WHERE", *_ENDS, start=assigned)
    where, end = words.find("WHERE", start=assigned), words.find(*_ENDS, start=assigned)
    listed = _split(words, assigned, behind)
    if listed is None:
        return ()
    tables = [words.text(target, assigned - 1)]
    if behind < where and words.words[behind : behind + 1] == ["FROM"]:
        tables.append(words.text(behind + 1, min(where, end)))
    return _select(", ".join(listed), f"{', '.join(tables)} {words.text(where, end)}" if tables[0] else "")


def _split(words: _Words, start: int, end: int) -> list[str] | None:
    """Columns and values of `a = 1, b = 2`; None where it is no list of these."""
    found = []
    while start < end:
        behind = min(words.find(",", start=start), end)
        equals = words.find("=", start=start)
        if not start < equals < behind - 1 or words.tokens[start].text == "(":
            return None
        value = words.text(equals + 1, behind)
        if equals == start + 1:  # What has a dot may be a part of a value.
            found.append(words.text(start, equals))
        found.append("NULL" if value.upper() == "DEFAULT" else value)
        start = behind + 1
    return found or None


def _probe_insert(words: _Words) -> tuple[str, ...]:
    target = words.find("INTO") + 1
    body = words.find("SELECT", "WITH", "VALUES", "VALUE", "SET", "DEFAULT", "ON", start=target)
    listed = words.find("(", start=target)
    probes: tuple[str, ...] = ()
    if listed < body:
        closing = words.reading.closing[words.level[listed]]
        names = words.reading.tokens[words.level[listed] + 1 : closing]
        is_list = not any(each.upper in _BODIES for each in names)
        probes = _select("".join(each.text for each in names) if is_list else "1", words.text(target, listed))
    else:
        probes = _select("1", words.text(target, body))
    if words.words[body : body + 1] and words.words[body] in _BODIES:
        end = words.find("CONFLICT", "DUPLICATE", start=body)
        end = end - 1 if end < len(words.words) else words.find("RETURNING", start=body)
        probes += (words.text(body, end),)
    return probes


def _select(listed: str, source: str) -> tuple[str, ...]:
    return (f"SELECT {listed} FROM {source}",) if listed and source else ()


def read_made(statement: Statement) -> Made | None:
    """What CREATE TABLE or CREATE VIEW makes; None of another statement, and of a name with its schema."""
    words = _Words(statement)
    kind = words.find("TABLE", "VIEW")
    if words.words[0] != "CREATE" or kind > 4:
        return None
    place = kind + 1 + 3 * (words.words[kind + 1 : kind + 4] == ["IF", "NOT", "EXISTS"])
    if place + 1 >= len(words.tokens) or not words.tokens[place].named or words.tokens[place + 1].text == ".":
        return None
    name = words.tokens[place].text
    known = words.tokens[place].named.lower()
    body = words.find(*_BODIES, start=place)
    columns = _read_columns(words, place + 1)
    if body < len(words.tokens):
        listed = f" ({', '.join(columns)})" if columns else ""
        return Made(known, f"{name}{listed} AS ({words.text(body, len(words.tokens))})")
    if not columns:
        return None
    nothing = ", ".join("NULL" for _ in columns)
    return Made(known, f"{name} ({', '.join(columns)}) AS (SELECT {nothing})")


def _read_columns(words: _Words, place: int) -> list[str]:
    """The names in the brackets that open at ``place``: the first word of each entry."""
    if words.words[place] != "(":
        return []
    opening = words.level[place]
    inside = [
        token
        for number, token in enumerate(words.reading.tokens[: words.reading.closing[opening]])
        if number >= opening and words.reading.depths[number] <= 1
    ]
    return [
        token.text
        for before, token in pairwise(inside)
        if before.text in ("(", ",") and token.named and token.upper not in _NO_COLUMN
    ]


def with_made(probe: str, made: Iterable[Made]) -> str:
    """The query with a CTE for each of ``made``.

    >>> with_made("WITH a AS (SELECT 1) SELECT * FROM a, b", [Made("b", "b AS (SELECT 2)")])
    'WITH b AS (SELECT 2), a AS (SELECT 1) SELECT * FROM a, b'
    """
    ctes = ", ".join(each.cte for each in made)
    if not ctes:
        return probe
    begins = re.match(r"WITH\s+(?:RECURSIVE\s+)?", probe, re.IGNORECASE)
    return f"{begins[0]}{ctes}, {probe[begins.end() :]}" if begins else f"WITH {ctes} {probe}"
