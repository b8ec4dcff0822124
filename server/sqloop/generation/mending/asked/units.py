"""Amounts in the unit of their column: "longer than 70 minutes" where a column counts seconds.

Works on the syntax tree, in place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from sqlglot import exp

from sqloop.database.schema import Column
from sqloop.database.words import identifier_words, split_text
from sqloop.english import NUMBERS
from sqloop.generation.mending.scopes import Scopes

_Amount = tuple[Fraction | None, str, Fraction]

_UNITS = {
    "time": {
        "ms msec millis millisecond milliseconds": Fraction(1, 1000),
        "s sec secs second seconds": Fraction(1),
        "min mins minute minutes": Fraction(60),
        "h hr hrs hour hours": Fraction(3600),
        "day days": Fraction(86_400),
        "week weeks": Fraction(604_800),
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
    rf"(?P<sign>[£$€])\s?(?P<money>{_NUMBER})(?![\d,.]*\s?(?:k|m|mn|bn|thousand|million|billion)\b)"
    rf"|(?P<number>{_NUMBER})[\s-]?(?P<unit>{_WORDS})\b"
    rf"|(?:\b\d+\s?(?P<letter>[a-z])|\b(?:an?|half|quarter|{'|'.join(NUMBERS)})[\s-](?P<thing>{_WORDS}))\b",
    re.IGNORECASE,
)
_MOMENTS = frozenset("second minute hour day week".split())
"""Words of columns that say when, where their plurals say how long."""
_WRONG = {
    dimension: frozenset(one / other for one in units.values() for other in units.values()) | {Fraction(100)}
    for dimension, units in _UNITS.items()
}
"""What an amount is multiplied with where its unit is not that of the column, or taken for money."""
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
    _keep_whole_units(tree, question, scopes)
    _take_percents(tree, scopes)
    amounts = list(read_amounts(question))
    said = _numbers(question) | {Fraction(NUMBERS.get(word.text.lower(), 0)) for word in split_text(question)}
    bounds = list(_bounds(tree, amounts, scopes))
    texts = [each.name for each in tree.find_all(exp.Literal) if each.is_string and each.name[-1:].isalpha()]
    elsewhere = _numbers(" ".join([*texts, *(each.sql() for each in tree.find_all(exp.Interval))]))
    for dimension in _UNITS:
        meant = [(amount, size) for amount, measured, size in amounts if measured == dimension]
        against = [(number, unit) for number, (measured, unit) in bounds if measured == dimension]
        amount, size = meant[0] if len(meant) == 1 else (None, Fraction(1))
        if not amount or amount in elsewhere:
            continue
        if any(Fraction(number.name) == amount * size / unit for number, unit in against):
            continue  # It is said; what else is compared is of something else.
        for number, unit in against:
            value, written = amount * size / unit, Fraction(number.name)
            unsaid = written not in said and written * unit / size not in said
            if written == amount or (unsaid and written / amount in _WRONG[dimension]):
                text = str(value) if value.denominator == 1 else repr(float(value))
                number.replace(exp.Literal.number(text))


def _bounds(
    tree: exp.Expr, amounts: Sequence[_Amount], scopes: Scopes
) -> Iterator[tuple[exp.Literal, tuple[str, Fraction]]]:
    """The numbers that columns are compared with which count in a unit, and that unit."""
    pounds = _KNOWN["pounds"]
    hundredfold = {100 * amount for amount, *unit in amounts if amount and tuple(unit) == pounds}
    for comparison in tree.find_all(*_COMPARED):
        column, number = comparison.this, comparison.expression
        if not isinstance(column, exp.Column) or not isinstance(number, exp.Literal) or number.is_string:
            continue
        place = scopes.place(column)
        unit = _unit_of(place.column.name) if place is not None else None
        if unit is not None:
            yield number, unit
        elif place is not None and _has_parts(place.column) and Fraction(number.name) in hundredfold:
            yield number, pounds  # Amounts such as 12.50 are of a currency, whatever its name.


def _keep_whole_units(tree: exp.Expr, question: str, scopes: Scopes) -> None:
    """Do not divide what is shown by 100 as if it were cents, where its column holds such as 12.50.

    Only where the question asks for money: heights and percents have parts as well, and are divided to be put
    into metres or factors.

    >>> import sqlglot
    >>> from sqloop.database.schema import Column, Schema, Table
    >>> schema = Schema("sqlite", (Table("bill", (Column("fee", "REAL", "number", samples=("12.5",)),)),))
    >>> for question in ("all fees in euros", "all fees in hundreds"):
    ...     tree = sqlglot.parse_one("SELECT ROUND(SUM(fee) / 100, 2) FROM bill", "sqlite")
    ...     _keep_whole_units(tree, question, Scopes(tree, schema))
    ...     tree.sql("sqlite")
    'SELECT ROUND(SUM(fee), 2) FROM bill'
    'SELECT ROUND(SUM(fee) / 100, 2) FROM bill'
    """
    asked = {_KNOWN[word] for each in split_text(question) if (word := each.text.lower()) in _KNOWN}
    other = any(dimension in ("length", "mass") for dimension, _ in asked)
    if _KNOWN["pounds"] not in asked or other or _PERCENT.search(question) or 100 in _numbers(question):
        return
    for division in list(tree.find_all(exp.Div)):
        by, value = division.expression, division.this
        inner = value.this if isinstance(value, _SUMS) else value
        place = scopes.place(inner) if isinstance(inner, exp.Column) else None
        if place is None or not _is_number(by, 100) or not _is_shown(division):
            continue
        words = identifier_words(place.column.name)
        if _unit_of(place.column.name) or not _RATE.isdisjoint(words) or _PERCENT.search(" ".join(words)):
            continue
        if _has_parts(place.column):
            division.replace(value.copy())


def _is_shown(value: exp.Expr) -> bool:
    """Whether a value is shown, if added up or rounded, and not reckoned with."""
    while isinstance(value.parent, (exp.Paren, exp.Round, exp.Alias, *_SUMS)):
        value = value.parent
    return isinstance(value.parent, exp.Select) and value.arg_key == "expressions"


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


def _numbers(text: str) -> set[Fraction]:
    return {Fraction(each.replace(",", "")) for each in _ANY_NUMBER.findall(text)}


def read_amounts(question: str) -> Iterator[_Amount]:
    """Each amount of the question, None where it is in words, with what it measures and the size of its unit.

    >>> list(read_amounts("under £5 or half an hour, 1 h 30 min"))[:2]
    [(Fraction(5, 1), 'money', Fraction(1, 1)), (None, 'time', Fraction(3600, 1))]
    """
    for found in _AMOUNT.finditer(question):
        number = found["money"] or found["number"]
        unit = found["sign"] or (found["unit"] or found["letter"] or found["thing"]).lower()
        if unit in _KNOWN:
            yield Fraction(number.replace(",", "")) if number else None, *_KNOWN[unit]


def _unit_of(name: str) -> tuple[str, Fraction] | None:
    """What a column counts, as its last word says; a single letter only behind another word."""
    *before, last = [word.lower() for word in identifier_words(name)]
    return _KNOWN.get(last) if (before or len(last) > 1) and last not in _MOMENTS else None
