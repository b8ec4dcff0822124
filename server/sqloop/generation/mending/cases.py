"""Texts as they are stored: ``position = 'defender'`` finds nothing where rows say 'Defender'. In place."""

from __future__ import annotations

from sqlglot import exp

from sqloop.database.words import fold
from sqloop.generation.mending.scopes import Scopes


def mend_cases(tree: exp.Expr, scopes: Scopes) -> None:
    """Write a text that no sample holds as one that differs from it by case and accents alone.

    >>> import sqlglot
    >>> from sqloop.database.schema import Column, Schema, Table
    >>> team = Schema("sqlite", (Table("team", (Column("city", "TEXT", "text", samples=("Köln", "Bonn")),)),))
    >>> tree = sqlglot.parse_one("SELECT 1 FROM team WHERE city = 'koln' OR city IN ('BONN', 'Trier')")
    >>> mend_cases(tree, Scopes(tree, team))
    >>> tree.sql()
    "SELECT 1 FROM team WHERE city = 'Köln' OR city IN ('Bonn', 'Trier')"
    """
    for compared in tree.find_all(exp.EQ, exp.NEQ, exp.In):
        place = scopes.place(compared.this) if isinstance(compared.this, exp.Column) else None
        if place is None or place.column.kind != "text":
            continue
        stored = {fold(sample): sample for sample in reversed(place.column.samples)}
        said = compared.expressions if isinstance(compared, exp.In) else [compared.expression]
        for text in said:
            if isinstance(text, exp.Literal) and text.is_string and text.name not in place.column.samples:
                text.set("this", stored.get(fold(text.name), text.name))
