"""Texts as they are stored: ``position = 'defender'`` finds nothing where rows say 'Defender'. In place."""

from __future__ import annotations

from sqlglot import exp

from sqloop.database.knowledge.samples import MOST_SAMPLES
from sqloop.database.words import fold
from sqloop.generation.mending.scopes import Scopes


def mend_cases(tree: exp.Expr, scopes: Scopes) -> None:
    """Write a text that no sample holds as one that differs from it by case and accents alone.

    Where there may be more values than samples, "Muller" may be stored beside 'Müller': only case is mended
    there, and only of a text that is written otherwise than all samples are.

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
        said = compared.expressions if isinstance(compared, exp.In) else [compared.expression]
        for text in said:
            if isinstance(text, exp.Literal) and text.is_string and text.name not in place.column.samples:
                text.set("this", _stored(text.name, place.column.samples))


def _stored(text: str, samples: tuple[str, ...]) -> str:
    """The sample that a text means, or the text."""
    whole = len(samples) < MOST_SAMPLES
    if not whole and _style(text) in map(_style, samples):
        return text
    same = fold if whole else str.casefold
    return next((sample for sample in samples if same(sample) == same(text)), text)


def _style(text: str) -> str:
    """How a text uses capitals.

    >>> [_style(each) for each in ("red", "RED", "Dark Red", "Dark red")]
    ['lower', 'upper', 'title', 'mixed']
    """
    if text.islower() or text.isupper():
        return "lower" if text.islower() else "upper"
    return "title" if all(word[0].isupper() for word in text.split()) else "mixed"
