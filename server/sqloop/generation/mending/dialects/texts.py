"""Texts as another engine joins, compares and matches them: `||` is OR on MariaDB, NOCASE is SQLite's alone.

Works on the syntax tree, in place.
"""

from __future__ import annotations

import re

from sqlglot import exp

from sqloop.database.schema import Dialect
from sqloop.generation.mending.scopes import Scopes

_TEXTS = (exp.Concat, exp.Upper, exp.Lower, exp.Trim, exp.Substring, exp.Left, exp.Right)
_PLAIN = re.compile(r"\^?(?:[^\W_]|[\s@,'&-])+\$?")


def mend_texts(tree: exp.Expr, scopes: Scopes) -> None:
    """Mend ``tree``, a query in the dialect of its schema, in place.

    >>> import sqlglot
    >>> from sqloop.database.schema import Column, Schema, Table
    >>> names = tuple(Column(name, "TEXT", "text") for name in ("a", "b"))
    >>> tree = sqlglot.parse_one("SELECT a || ' ' || b FROM t WHERE LOWER(a) = 'Ann'", "mysql")
    >>> mend_texts(tree, Scopes(tree, Schema("mysql", (Table("t", names),))))
    >>> tree.sql("mysql")
    "SELECT CONCAT(a, ' ', b) FROM t WHERE LOWER(a) = 'ann'"
    """
    dialect = scopes.schema.dialect
    if dialect == "mysql":
        _join_texts(tree, scopes)
        for listed in tree.find_all(exp.GroupConcat):
            _separate(listed)
    elif dialect == "sqlite":
        for joined in list(tree.find_all(exp.Concat, exp.ConcatWs)):
            _write_pipes(joined)
        for matched in list(tree.find_all(exp.RegexpLike)):
            _match(matched)
    for collated in list(tree.find_all(exp.Collate)):
        if collated.expression.name.upper() == "NOCASE" and dialect in ("mysql", "postgres"):
            _compare_folded(collated, dialect)
    for folded in tree.find_all(exp.Lower, exp.Upper):
        _fold_as_well(folded)


def _join_texts(tree: exp.Expr, scopes: Scopes) -> None:
    for both in list(tree.find_all(exp.Or)):
        if isinstance(both.parent, exp.Or):
            continue
        parts = list(both.flatten())
        if any(_is_text(each, scopes) for each in parts) and all(
            isinstance(each, exp.Literal | exp.Column | exp.Paren | exp.Func) for each in parts
        ):
            both.replace(exp.Concat(expressions=[each.copy() for each in parts], safe=True))


def _separate(listed: exp.Expr) -> None:
    """``GROUP_CONCAT(name, ', ')``, as SQLite says what stands between."""
    parts = listed.this.expressions if isinstance(listed.this, exp.Concat) else []
    between = parts[-1] if len(parts) > 1 and not listed.args.get("separator") else None
    if isinstance(between, exp.Literal) and between.is_string and not any(map(str.isalnum, between.name)):
        rest = [each.copy() for each in parts[:-1]]
        listed.set("this", rest[0] if len(rest) == 1 else exp.Concat(expressions=rest, safe=True))
        listed.set("separator", between.copy())


def _is_text(node: exp.Expr, scopes: Scopes) -> bool:
    if isinstance(node, exp.Column):
        place = scopes.place(node)
        return place is not None and place.column.kind == "text"
    return isinstance(node, _TEXTS) or (isinstance(node, exp.Literal) and node.is_string)


def _write_pipes(joined: exp.Expr) -> None:
    """``CONCAT`` as `||`, which older ones know as well."""
    parts = list(joined.expressions)
    if isinstance(joined, exp.ConcatWs):
        between, *parts = parts
        parts = [each for part in parts for each in (between.copy(), part)][1:]
    if len(parts) < 2:
        return
    text, *rest = (exp.paren(each.copy()) if isinstance(each, exp.Binary) else each.copy() for each in parts)
    for each in rest:
        text = exp.DPipe(this=text, expression=each, safe=True)
    joined.replace(exp.paren(text) if isinstance(joined.parent, exp.Binary) else text)


def _match(matched: exp.Expr) -> None:
    """A pattern of words alone as LIKE; SQLite has no REGEXP."""
    pattern = matched.expression
    words = pattern.name.split("|") if isinstance(pattern, exp.Literal) else []
    if not words or not all(map(_PLAIN.fullmatch, words)):
        return
    likes = [exp.Like(this=matched.this.copy(), expression=exp.Literal.string(_like(word))) for word in words]
    matched.replace(likes[0] if len(likes) == 1 else exp.paren(exp.or_(*likes)))


def _like(word: str) -> str:
    return f"{'' if word.startswith('^') else '%'}{word.strip('^$')}{'' if word.endswith('$') else '%'}"


def _compare_folded(collated: exp.Expr, dialect: Dialect) -> None:
    """Without regard to case, as MariaDB compares anyway; PostgreSQL's ILIKE and LOWER say it."""
    text, around = collated.this, collated.parent
    collated.replace(text.copy())
    if dialect != "postgres" or around is None:
        return
    if isinstance(around, exp.EQ | exp.NEQ):
        for side in (around.this, around.expression):
            side.replace(exp.Lower(this=side.copy()))
    elif isinstance(around, exp.Like):
        around.replace(exp.ILike(this=around.this.copy(), expression=around.expression.copy()))


def _fold_as_well(folded: exp.Expr) -> None:
    """Hold texts in small letters against such: ``LOWER(name) = 'Ann'`` is true of nobody."""
    compared = folded.parent
    if not isinstance(compared, exp.EQ | exp.NEQ | exp.Like | exp.In) or compared.this is not folded:
        return
    for text in compared.expressions if isinstance(compared, exp.In) else [compared.expression]:
        if isinstance(text, exp.Literal) and text.is_string:
            text.set("this", text.name.lower() if isinstance(folded, exp.Lower) else text.name.upper())
