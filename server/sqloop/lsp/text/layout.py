"""Laying out a query: a clause a line, keywords in upper case, long lists and conditions an item a line.

Only blanks and the case of keywords change: the text is never parsed into something else and written anew.
A statement that is no query keeps its layout, as does one with comments or line breaks in quotes inside.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from sqloop.database.schema import Dialect
from sqloop.database.tokens import Token, tokenize
from sqloop.lsp.text.glue import SEPARATORS, glue
from sqloop.lsp.text.keywords import RESERVED

WIDTH = 88
"""Characters of a line; what has no place to break may be longer."""

ONE_LINE = 60
"""Characters up to which a query that is shown stays in one line."""

STEP = "  "

LONGEST = 20_000
DEEPEST = 40
"""Characters, and brackets within one another, of what is laid out: each level is measured by those above."""

_JOINS = frozenset("JOIN LEFT RIGHT INNER CROSS FULL NATURAL STRAIGHT_JOIN".split())
_CLAUSES = (
    frozenset(
        "SELECT FROM WHERE GROUP HAVING ORDER LIMIT UNION EXCEPT INTERSECT WITH VALUES WINDOW FETCH".split()
    )
    | _JOINS
)
_HEADS = {
    "GROUP": ("BY",),
    "ORDER": ("BY",),
    "SELECT": ("DISTINCT", "ALL"),
    "WITH": ("RECURSIVE",),
    "UNION": ("ALL", "DISTINCT"),
    "EXCEPT": ("ALL",),
    "INTERSECT": ("ALL",),
}
_TIGHT_BEFORE = frozenset({",", ")", ".", ";", "]"})
_TIGHT_AFTER = frozenset({"(", ".", "["})
_OPERATORS = frozenset("+ - * / % = < > <= >= <> != || <=> & | ^ ~".split())

_AMBIGUOUS = re.compile(r"%\(|(?<!\w)[uU]&['\"]")
"""A placeholder of Python, or a remainder; a text in Unicode, or `&`: they read alike."""


@dataclass
class Node:
    """A token, or a bracket with what is inside, which ends at ``end``."""

    token: Token
    inside: list[Node] | None = None
    end: int = 0

    @property
    def upper(self) -> str:
        """The keyword that it is, if any."""
        return "" if self.inside is not None else self.token.upper

    @property
    def is_query(self) -> bool:
        """Whether it is a bracket around a query."""
        return bool(self.inside) and self.inside is not None and self.inside[0].upper in ("SELECT", "WITH")


def lay_out_to_show(sql: str, dialect: Dialect) -> str:
    """A query of a model as its user reads it: as it is where it is short, else laid out."""
    return sql if len(sql) <= ONE_LINE else lay_out(sql, dialect)


def lay_out(sql: str, dialect: Dialect) -> str:
    """``sql`` laid out; as it is where that is not safe.

    >>> lay_out("select a,  count(*) from t where b=1 group by a", "sqlite")
    'SELECT a, COUNT(*)\\nFROM t\\nWHERE b = 1\\nGROUP BY a'
    """
    if len(sql) > LONGEST:
        return sql
    tokens = tokenize(sql.strip(), dialect)
    if not tokens or tokens[0].upper not in ("SELECT", "WITH", "VALUES", "("):
        return sql
    if any(token.kind == "comment" or "\n" in token.text for token in tokens):
        return sql
    if _depth(tokens) > DEEPEST:
        return sql
    if _AMBIGUOUS.search(sql):
        return sql
    nodes, rest = _nest(glue(tokens))
    if rest:
        return sql  # Brackets do not match: it is being written.
    laid = "\n".join(_query(nodes, ""))
    return laid if _code(laid, dialect) == _code(sql, dialect) else sql


def _code(sql: str, dialect: Dialect) -> list[str]:
    """What makes a difference."""
    return [token.upper or token.text for token in glue(tokenize(sql, dialect))]


def _depth(tokens: Sequence[Token]) -> int:
    return max(accumulate({"(": 1, ")": -1}.get(token.text, 0) for token in tokens))


def _nest(tokens: list[Token]) -> tuple[list[Node], list[Token]]:
    nodes: list[Node] = []
    while tokens:
        token = tokens.pop(0)
        if token.text == ")":
            return nodes, [token, *tokens]
        if token.text == "(":
            inside, tokens = _nest(tokens)
            if not tokens:
                return nodes, [token]
            nodes.append(Node(token, inside, tokens.pop(0).end))
        else:
            nodes.append(Node(token, end=token.end))
    return nodes, []


def _query(nodes: list[Node], indent: str) -> list[str]:
    lines: list[str] = []
    for clause in _split_clauses(nodes):
        lines += _clause(clause, indent)
    return lines


def _split_clauses(nodes: list[Node]) -> list[list[Node]]:
    clauses: list[list[Node]] = []
    for number, node in enumerate(nodes):
        before = nodes[number - 1].upper if number else ""
        called = number + 1 < len(nodes) and nodes[number + 1].inside is not None
        begins = node.upper in _CLAUSES and before != "."
        # LEFT(name, 2) is a function, INNER JOIN one clause, FROM may stand in EXTRACT only in brackets.
        if node.upper in ("LEFT", "RIGHT", "REPLACE") and called:
            begins = False
        if node.upper in (*_JOINS, "OUTER") and before in (*_JOINS, "OUTER"):
            begins = False
        if node.upper == "FROM" and before == "DISTINCT":  # IS DISTINCT FROM
            begins = False
        if not clauses or begins:
            clauses.append([])
        clauses[-1].append(node)
    return clauses


def _clause(nodes: list[Node], indent: str) -> list[str]:
    flat = _flat(nodes)
    if len(indent) + len(flat) <= WIDTH and not _has_long_query(nodes):
        return [indent + flat]
    head, items = _split_items(nodes)
    if len(items) < 2:
        return _broken(nodes, indent)
    lines = [indent + head]
    for item in items:
        lines += _broken(item, indent + STEP)
    return lines


def _split_items(nodes: list[Node]) -> tuple[str, list[list[Node]]]:
    """The clause's first words, and what stands between its commas or conditions."""
    first = nodes[0].upper
    size = 1
    while size < len(nodes) and nodes[size].upper in _HEADS.get(first, ()):
        size += 1
    separators = {"SELECT": {","}, "GROUP": {","}, "ORDER": {","}, "WITH": {","}, "VALUES": {","}}
    breaks = separators.get(first, {"AND", "OR"})
    if first in _JOINS:
        size = next((n + 1 for n, node in enumerate(nodes) if node.upper == "ON"), len(nodes))
    items: list[list[Node]] = [[]]
    for node in nodes[size:]:
        if node.upper in breaks - {","} and items[-1] and not _in_between(items[-1]):
            items.append([])
        items[-1].append(node)
        if node.upper == "," and "," in breaks:
            items.append([])
    return _flat(nodes[:size]), [item for item in items if item]


def _in_between(item: list[Node]) -> bool:
    """Whether the next AND belongs to a BETWEEN: items are parted by every other AND."""
    words = [node.upper for node in item]
    return "BETWEEN" in words and "AND" not in words[words.index("BETWEEN") :]


def _broken(nodes: list[Node], indent: str) -> list[str]:
    """One line, but for queries in brackets that are too long for it."""
    if not _has_long_query(nodes) and len(indent) + len(_flat(nodes)) <= WIDTH:
        return [indent + _flat(nodes)]
    lines = [indent]
    previous: Node | None = None
    for node in nodes:
        gap = "" if previous is None else _gap(previous, node)
        if node.is_query and node.inside is not None and len(_flat([node])) + len(indent) > WIDTH // 2:
            lines[-1] += f"{gap}("
            lines += _query(node.inside, indent + STEP)
            lines.append(f"{indent})")
        else:
            lines[-1] += gap + _flat([node])
        previous = node
    return lines


def _has_long_query(nodes: list[Node]) -> bool:
    return any(
        (node.is_query and len(_flat([node])) > WIDTH // 2) or _has_long_query(node.inside or [])
        for node in nodes
    )


def _flat(nodes: list[Node]) -> str:
    text = "".join(_text(node) + _gap(node, following) for node, following in pairwise(nodes))
    return text + (_text(nodes[-1]) if nodes else "")


def _text(node: Node) -> str:
    if node.inside is not None:
        return f"({_flat(node.inside)})"
    return node.upper if node.upper in RESERVED else node.token.text


def _gap(node: Node, following: Node) -> str:
    if node.upper in _TIGHT_AFTER or following.upper in _TIGHT_BEFORE:
        return ""
    touching = node.end == following.token.start
    if following.inside is not None and touching and node.inside is None and not _is_operator(node):
        return "" if node.upper not in ("IN", "AS", "AND", "OR", "ON", "OVER", "NOT", "EXISTS") else " "
    # A sign that touches only what follows it is one of its number.
    if node.upper in ("-", "+", "~") and touching:
        return ""
    # What is not known to stand apart is left as it was written: a[1], (a)::int, {'b': 1}.
    known = (
        node.token.text == ","
        or following.inside is not None
        or _is_operator(node)
        or _is_operator(following)
    )
    return "" if touching and not known else " "


def _is_operator(node: Node) -> bool:
    """Whether blanks around it change nothing."""
    signs = node.token.kind == "sign" and node.inside is None and node.token.text not in SEPARATORS
    return signs and (node.token.text in _OPERATORS or len(node.token.text) > 1)
