"""Paths into JSON and XML at which a PostgreSQL server cannot be stopped.

``$.**`` on 25 kB of nested JSON takes more than 6 GB, and goes on after the clock and a cancel (PostgreSQL
15); paths into XML: `sqloop.database.checking.xpath`. So a path is written out as one text, of JSON without
``**``, of XML plainly. What is a path is told by the tree, what it says by the text: in the tree, quotes may
be blank (`sqloop.database.checking.skeleton`).
"""

from __future__ import annotations

import re

from sqlglot import exp

from sqloop.database.checking.xpath import blank_strings, is_plain

_JSON = frozenset(
    """
    jsonb_path_exists jsonb_path_match jsonb_path_query jsonb_path_query_array jsonb_path_query_first
    json_exists json_query json_value
    """.split()
)
_XML = frozenset({"xpath", "xpath_exists"})
_MEANT = re.compile(r"jsonb_path_|\bjsonpath\b|\bjson_(?:exists|query|value|table)\b|\bxpath|@\?|@@", re.I)
_XPATH = re.compile(r"\bxpath(?:_exists)?\s*\(\s*(?P<text>''\s*(?:,|::))?", re.I)
_PIECES = re.compile(r"''\s*[\n\r]\s*''")


def refuse_path_texts(text: str, quotes: re.Pattern[str]) -> str | None:
    """Why a path in ``text``, where ``quotes`` and names stand in quotes, is not allowed."""
    if not _MEANT.search(text):
        return None
    bare, strings = blank_strings(text, quotes)
    if any("**" in each or (each[0] in "eE" and "\\" in each) for each in strings) or _PIECES.search(bare):
        return "a JSON path with ** is not allowed"
    for call in _XPATH.finditer(bare):
        path = strings[bare.count("''", 0, call.start("text"))] if call["text"] else ""
        if not is_plain(path[1:-1].replace("''", "'")):
            return "xpath is not allowed without a plain path that is written out"
    return None


def refuse_paths(root: exp.Expr) -> str | None:
    """Why a path in the query ``root`` is not allowed: it is not written out.

    >>> from sqloop.database.checking.parsing import parse_statement
    >>> refuse_paths(parse_statement("SELECT jsonb_path_query(a, b) FROM t", "postgres"))
    'jsonb_path_query is not allowed without a path that is written out'
    """
    for node in root.walk():
        name, path = _path(node)
        text: object = path.this if isinstance(path, exp.Cast) else path
        if path is not None and not (isinstance(text, exp.Literal) and text.is_string):
            return f"{name} is not allowed without a path that is written out"
    return None


def _path(node: exp.Expr) -> tuple[str, exp.Expr | None]:
    """What takes a path, and the path."""
    if isinstance(node, exp.JSONBPathExists):
        return "@?", node.expression
    if isinstance(node, exp.Cast):
        meant = node.to.sql().lower().replace('"', "").rpartition(".")[2] == "jsonpath"
        return "jsonpath", node.this if meant else None
    if isinstance(node, exp.JSONValue):
        return "json_value", node.args.get("path")
    name = node.name.lower() if isinstance(node, exp.Anonymous) else ""
    if name in _XML:  # under a name in quotes, or with its arguments named, the text is not found
        plain = not isinstance(node.this, exp.Identifier) and node.expressions
        return name, node.expressions[0] if plain else node
    if name in _JSON:
        named = (
            each.expression
            for each in node.expressions
            if isinstance(each, exp.Kwarg) and each.name == "path"
        )
        return name, next(named, next(iter(node.expressions[1:2]), node))
    return "", None
