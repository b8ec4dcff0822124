"""Amounts in the unit of their column: "longer than 70 minutes" where a column counts seconds.

Works on the syntax tree, in place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from sqlglot import exp

from sqloop.database.schema import Column
from sqloop.database.words import identifier_words
from sqloop.generation.mending.scopes import Scopes

_UNITS = {
    "time": {
        "ms msec millis millisecond milliseconds": Fraction(1, 1000),
        "s sec secs second seconds": Fraction(1),
        "min mins minute minutes": Fraction(60),
        "h hr hrs hour hours": Fraction(3600),
        "day days": Fraction(86_400),
    },
    "length": {
        "mm millimetre millimetres millimeter millimeters": Fraction(1, 1000),
        "cm centimetre centimetres centimeter centimeters": Fraction(1, 100),
        "m metre metres meter meters": Fraction(1),
        "km kilometre kilometres kilometer kilometers": Fraction(1000),
    },
    "mass": {
        "mg milligram milligrams": Fraction(1, 1000),
        "g gram grams gramme grammes": Fraction(1),
        "kg kilo kilos kilogram kilograms": Fraction(1000),
        "t tonne tonnes": Fraction(1_000_000),
    },
    "money": {
        "pence penny p cent cents ct": Fraction(1, 100),
        "pound pounds dollar dollars euro euros £ $ €": Fraction(1),
    },
}
_KNOWN = {
    word: (dimension, size)
    for dimension, units in _UNITS.items()
    for words, size in units.items()
    for word in words.split()
}
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_WORDS = "|".join(
    sorted((word for word in _KNOWN if word.isalpha() and len(word) > 1), key=len, reverse=True)
)
_AMOUNT = re.compile(
    rf"(?P<sign>[£$€])\s?(?P<money>{_NUMBER})|(?P<number>{_NUMBER})[\s-]?(?P<unit>{_WORDS})\b", re.IGNORECASE
)
_PERCENT = re.compile(r"%|per ?cent|share|ratio|proportion|rate", re.IGNORECASE)
_RATE = frozenset("percent percentage discount disc rebate markup margin surcharge vat tax rate".split())
"""Words of columns that say a part of an amount, as a share or in percent."""
_SUMS = (exp.Sum, exp.Avg, exp.Min, exp.Max)
_ANY_NUMBER = re.compile(_NUMBER)
_COMPARED = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)


def mend_units(tree: exp.Expr, question: str, scopes: Scopes) -> None:
    """Mend ``tree``, a query, in place: one amount of the question against a column named after its unit.

    >>> import sqlglot
    >>> from sqloop.database.schema import Column, Schema, Table
    >>> walk = Table("walk", (Column("seconds", "INTEGER", "number"),))
    >>> tree = sqlglot.parse_one("SELECT COUNT(*) FROM walk WHERE seconds > 7000")
    >>> scopes = Scopes(tree, Schema("sqlite", (walk,)))
    >>> mend_units(tree, "How many walks took longer than 70 minutes?", scopes)
    >>> tree.sql()
    'SELECT COUNT(*) FROM walk WHERE seconds > 4200'
    """
    if not _PERCENT.search(question):
        _keep_whole_units(tree, scopes)
    _take_percents(tree, scopes)
    amounts = list(_amounts(question))
    said = {Fraction(each.replace(",", "")) for each in _ANY_NUMBER.findall(question)}
    for comparison in tree.find_all(*_COMPARED):
        column, number = comparison.this, comparison.expression
        if not isinstance(column, exp.Column) or not isinstance(number, exp.Literal) or number.is_string:
            continue
        place = scopes.place(column)
        unit = _unit_of(place.column.name) if place is not None else None
        if unit is None and place is not None and _has_parts(place.column):
            unit = _KNOWN["pounds"]  # Amounts such as 12.50 are of a currency, whatever its name.
            if Fraction(number.name) not in {100 * amount for amount, _, size in amounts if size == unit[1]}:
                continue
        meant = [(amount, size) for amount, dimension, size in amounts if unit and dimension == unit[0]]
        if unit is None or len(meant) != 1:
            continue
        amount, size = meant[0]
        value, written = amount * size / unit[1], Fraction(number.name)
        if written == amount or (written not in said and written * unit[1] / size not in said):
            text = str(value) if value.denominator == 1 else repr(float(value))
            number.replace(exp.Literal.number(text))


def _keep_whole_units(tree: exp.Expr, scopes: Scopes) -> None:
    """Do not divide amounts by 100 as if they were cents, where their column holds such as 12.50."""
    for division in list(tree.find_all(exp.Div)):
        by, value = division.expression, division.this
        inner = value.this if isinstance(value, _SUMS) else value
        place = scopes.place(inner) if isinstance(inner, exp.Column) else None
        if place is None or _PERCENT.search(" ".join(identifier_words(place.column.name))):
            continue
        if not _is_number(by, 100):
            continue
        if _has_parts(place.column):
            division.replace(value.copy())


def _has_parts(column: Column) -> bool:
    """Whether numbers such as 12.50 are stored in it."""
    return any("." in each and each.rstrip("0")[-1] != "." for each in column.samples)


def _take_percents(tree: exp.Expr, scopes: Scopes) -> None:
    """Take 5 for five hundredths in a factor of ``1 - discount_pct``; where nothing is stored, none is taken.

    >>> import sqlglot
    >>> from sqloop.database.schema import Column, Schema, Table
    >>> off = Column("disc_pct", "REAL", "number", samples=("5.0", "10.0"), nulls=True)
    >>> tree = sqlglot.parse_one("SELECT SUM(price * (1 - disc_pct)) FROM line")
    >>> _take_percents(tree, Scopes(tree, Schema("sqlite", (Table("line", (off,)),))))
    >>> tree.sql("sqlite")
    'SELECT SUM(price * (1 - COALESCE(disc_pct, 0) / 100.0)) FROM line'
    """
    for factor in list(tree.find_all(exp.Sub, exp.Add)):
        rest = factor.expression
        part = rest.this if isinstance(rest, exp.Div) and _is_number(rest.expression, 100) else rest
        place = scopes.place(part) if isinstance(part, exp.Column) else None
        product = isinstance(factor.parent, exp.Paren) and isinstance(factor.parent.parent, exp.Mul)
        if place is None or not product or not _is_number(factor.this, 1):
            continue
        column = place.column
        if _RATE.isdisjoint(identifier_words(column.name)) or not any(map(_exceeds_one, column.samples)):
            continue
        if column.nulls:
            part.replace(exp.Coalesce(this=part.copy(), expressions=[exp.Literal.number(0)]))
        hundred = exp.Literal.number("100.0")
        if part is not rest:
            rest.set("expression", hundred if "int" in column.type.lower() else rest.expression)
        else:
            share = exp.Div(this=factor.expression.copy(), expression=hundred, typed=True, safe=True)
            factor.set("expression", share)


def _is_number(node: exp.Expr, number: int) -> bool:
    return isinstance(node, exp.Literal) and not node.is_string and float(node.name) == number


def _exceeds_one(sample: str) -> bool:
    try:
        return float(sample) > 1
    except ValueError:
        return False


def _amounts(question: str) -> Iterator[tuple[Fraction, str, Fraction]]:
    """Each amount of the question, with what it measures and the size of its unit."""
    for found in _AMOUNT.finditer(question):
        number, unit = found["money"] or found["number"], found["sign"] or found["unit"].lower()
        yield Fraction(number.replace(",", "")), *_KNOWN[unit]


def _unit_of(name: str) -> tuple[str, Fraction] | None:
    """What a column counts, as its last word says; a single letter only behind another word."""
    *before, last = [word.lower() for word in identifier_words(name)]
    return _KNOWN.get(last) if before or len(last) > 1 else None
