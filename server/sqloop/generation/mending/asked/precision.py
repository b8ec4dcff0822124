"""Fractions as exact as the question asks for them: "to two decimals", "to the nearest pound".

Models compute a share or an average and forget the rounding that was asked for. Works on the syntax tree, in
place.
"""

from __future__ import annotations

import re

from sqlglot import exp

from sqloop.database.schema import Dialect
from sqloop.english import NUMBERS
from sqloop.generation.mending.scopes import Scopes

_COUNT = rf"(?P<count>\d|{'|'.join(NUMBERS)}|an?(?=\s+(?:decimal\s+(?:place|digit)|digit)))"
"""As a decimal" is as no percent: only places are counted by an article."""
_DECIMALS = re.compile(
    rf"(?:^|\s){_COUNT}\s*(?:decimals?\b(?!\s+(?:number|fraction))|d\.?p\b|digits? after)",
    re.IGNORECASE,
)
_MONEY = "pound|dollar|euro|franc"
_UNIT = rf"(?:{_MONEY}|integer|unit|percent|minute|hour|day|year|kilo\w*|(?:whole|full)(?:\s+[a-z]+?)?)s?"
_CLAUSE_ENDS = r"(?=\s*(?:$|[^\w\s]|(?:for|per|by|in|and|or|each)\b))"
"""The nearest day care is a place."""
_WHOLE = re.compile(
    rf"\b(?<!distance\s)to\s+the\s+nearest\s+{_UNIT}{_CLAUSE_ENDS}|\bin\s+whole\s+(?:{_MONEY}|percent)|"
    r"(?:,\s*|\b(?:as|to)\s+an?\s+|\bas\s+)whole\s+numbers?\b|\brounded\s+to\s+(?:whole|full)\s+[a-z]",
    re.IGNORECASE,
)
_REAL = re.compile(r"real|float|double|dec|num", re.IGNORECASE)
_SPANS = ("JULIANDAY",)
"""Functions that give fractions of days."""


def asked_decimals(question: str) -> int | None:
    """How many digits after the point the question asks for; None where it does not say.

    >>> [asked_decimals(f"average price {each}") for each in ("to 2 decimals", "rounded to whole euros", "")]
    [2, 0, None]
    >>> [asked_decimals(f"average way to the nearest {each}") for each in ("full hour, per bus", "day care")]
    [0, None]
    >>> [asked_decimals(f"the share {each}") for each in ("as a decimal", "to a decimal place")]
    [None, 1]
    """
    if found := _DECIMALS.search(question):
        count = found["count"].lower()
        return int(count) if count.isdigit() else NUMBERS.get(count, 1)
    return 0 if _WHOLE.search(question) else None


def mend_precision(tree: exp.Query, question: str, scopes: Scopes, dialect: Dialect) -> None:
    """Round what ``tree``, a query in ``dialect``, shows of fractions, in place.

    >>> import sqlglot
    >>> from sqloop.database.schema import Schema
    >>> tree = sqlglot.parse_one("SELECT kind, AVG(price) FROM item GROUP BY kind")
    >>> scopes = Scopes(tree, Schema("sqlite", ()))
    >>> mend_precision(tree, "average price per kind to 2 decimals", scopes, "sqlite")
    >>> tree.sql()
    'SELECT kind, ROUND(AVG(price), 2) FROM item GROUP BY kind'
    """
    decimals = asked_decimals(question)
    if decimals is None or not isinstance(tree, exp.Select) or any(tree.find_all(exp.Round)):
        return
    for shown in tree.expressions:
        value = shown.unalias()
        if _is_fraction(value, tree, scopes):
            digits = exp.Literal.number(decimals) if decimals else None
            exact = exp.cast(value.copy(), "DECIMAL") if dialect == "postgres" else value.copy()
            value.replace(exp.Round(this=exact, decimals=digits))


def _is_fraction(value: exp.Expr, select: exp.Select, scopes: Scopes) -> bool:
    """Whether a value has digits after the point that nobody chose: a mean, a quotient, a sum of such."""
    if isinstance(value, exp.Cast) or value.find(exp.Subquery) is value:
        return False
    if isinstance(value, exp.Column):
        return scopes.place(value) is None and any(
            _is_fraction(each.this, inner, scopes)
            for inner in scopes.selects
            if inner is not select
            for each in inner.expressions
            if isinstance(each, exp.Alias) and each.alias.lower() == value.name.lower()
        )
    if value.find(exp.Avg, exp.Div) or any(
        each.name.upper() in _SPANS for each in value.find_all(exp.Anonymous)
    ):
        return True
    return any(
        _is_real(column, scopes) for each in value.find_all(exp.Sum) for column in each.find_all(exp.Column)
    )


def _is_real(column: exp.Column, scopes: Scopes) -> bool:
    place = scopes.place(column)
    return place is not None and bool(_REAL.search(place.column.type))
