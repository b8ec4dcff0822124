"""The unit of time that the question asks for: "in days" of what the query counts in hours.

Works on the syntax tree, in place, on a query as a model wrote it, in SQLite's words or MariaDB's.
"""

from __future__ import annotations

import re
from fractions import Fraction

from sqlglot import exp

from sqloop.generation.mending.asked.units import read_amounts

_DAY = 86_400
_SIZES = {
    "second": Fraction(1),
    "minute": Fraction(60),
    "hour": Fraction(3600),
    "day": Fraction(_DAY),
    "week": Fraction(7 * _DAY),
    "month": Fraction("30.44") * _DAY,
    "year": Fraction("365.25") * _DAY,
}
"""Seconds."""

_ABOUT = {"month": (30, 31), "year": (365, 366)}
"""Days for which people take a month or a year."""

_ASKED = re.compile(
    r"\b(?:in|how many|number of|average|mean|total)\s+(?:whole\s+|full\s+|complete\s+)?"
    rf"(?P<unit>{'|'.join(_SIZES)})s\b",
    re.IGNORECASE,
)
_AROUND = (exp.Paren, exp.Cast, exp.Avg, exp.Sum, exp.Min, exp.Max, exp.Round, exp.Abs)
"""What leaves the unit of a value as it is."""

_COMPARED = (exp.GT, exp.GTE, exp.LT, exp.LTE)


def mend_durations(tree: exp.Expr, question: str) -> None:
    """Mend ``tree``, a query, in place: what it shows in one unit of time is asked for in another.

    A duration that is compared with the one amount of the question is counted in the unit of that.

    >>> import sqlglot
    >>> sql = "SELECT AVG((JULIANDAY(shut) - JULIANDAY(opened)) * 24) FROM ticket"
    >>> for question in ("average time in days", "average time in hours", "average time"):
    ...     tree = sqlglot.parse_one(sql, read="sqlite")
    ...     mend_durations(tree, question)
    ...     tree.sql("sqlite").partition(" FROM")[0]
    'SELECT AVG(JULIANDAY(shut) - JULIANDAY(opened))'
    'SELECT AVG((JULIANDAY(shut) - JULIANDAY(opened)) * 24)'
    'SELECT AVG((JULIANDAY(shut) - JULIANDAY(opened)) * 24)'
    """
    asked = {found["unit"].lower() for found in _ASKED.finditer(question)}
    amounts = {
        (number, size) for number, measured, size in read_amounts(question) if number and measured == "time"
    }
    for span in list(tree.find_all(exp.Sub, exp.DateDiff, exp.TimestampDiff)):
        counted = _seconds(span)
        if counted is None:
            continue
        top, scaled, factor = _climb(span)
        against = top.parent
        if len(asked) == 1 and _is_shown(top):
            wanted = _SIZES[next(iter(asked))]
        elif isinstance(against, _COMPARED) and against.this is top and len(amounts) == 1:
            number, wanted = next(iter(amounts))
            said = against.expression
            if not isinstance(said, exp.Literal) or said.is_string or Fraction(said.name) != number:
                continue
        else:
            continue
        unit = _unit(counted / factor)
        if unit and _SIZES[unit] != wanted:
            _rescale(span, scaled, counted / wanted)


def _unit(seconds: Fraction) -> str:
    """The unit of so many seconds; empty where it is none.

    >>> [_unit(Fraction(each) * _DAY) for each in (1, 7, "30.4375", 365, 10)]
    ['day', 'week', 'month', 'year', '']
    """
    days = seconds / _DAY
    about = next((unit for unit, (low, high) in _ABOUT.items() if low <= days <= high), "")
    return about or next((unit for unit, size in _SIZES.items() if size == seconds), "")


def _seconds(span: exp.Expr) -> Fraction | None:
    """How many seconds one of what a difference counts is; None where it is none of two moments."""
    if isinstance(span, exp.Sub):
        sides = [_clock(side) for side in (span.this, span.expression)]
        return Fraction(sides[0]) if sides[0] is not None and sides[0] == sides[1] else None
    unit = span.text("unit").lower() or "day"
    return _SIZES[unit] if unit in _SIZES and unit not in _ABOUT else None


def _clock(side: exp.Expr) -> int | None:
    """What one of a moment's number is, in seconds: a day of JULIANDAY, a second of UNIXEPOCH."""
    while isinstance(side, exp.Cast | exp.Paren):
        side = side.this
    if isinstance(side, exp.TimeToStr) and side.text("format") == "%s":
        return 1
    known = {"JULIANDAY": 86_400, "UNIXEPOCH": 1}
    return known.get(side.name.upper()) if isinstance(side, exp.Anonymous) else None


def _climb(span: exp.Expr) -> tuple[exp.Expr, list[exp.Expr], Fraction]:
    """The value that a difference becomes, the products on the way to it, and what these multiply by."""
    top, scaled, factor = span, list[exp.Expr](), Fraction(1)
    while (parent := top.parent) is not None:
        if isinstance(parent, _AROUND) and parent.this is top:
            top = parent
            continue
        other = parent.expression if parent.this is top else parent.this
        by = Fraction(other.name) if isinstance(other, exp.Literal) and not other.is_string else Fraction(0)
        if not by or not (
            isinstance(parent, exp.Mul) or (isinstance(parent, exp.Div) and parent.this is top)
        ):
            break
        factor = factor * by if isinstance(parent, exp.Mul) else factor / by
        scaled.append(parent)
        top = parent
    return top, scaled, factor


def _is_shown(value: exp.Expr) -> bool:
    """Whether a value is one of those that the whole query shows."""
    if isinstance(value.parent, exp.Alias):
        value = value.parent
    return isinstance(value.parent, exp.Select) and value.arg_key == "expressions"


def _rescale(span: exp.Expr, scaled: list[exp.Expr], factor: Fraction) -> None:
    """Multiply a difference by a factor instead of what it was multiplied by."""
    for product in scaled:
        number = isinstance(product.this, exp.Literal)
        product.replace(product.expression if number else product.this)
    inner: exp.Expr = span.parent if isinstance(span.parent, exp.Paren) else span
    if factor == 1:
        if not isinstance(inner.parent, exp.Binary):
            inner.replace(span)
        return
    value = exp.Paren(this=inner.copy()) if inner is span and isinstance(span, exp.Sub) else inner.copy()
    if factor > 1:
        new: exp.Expr = exp.Mul(this=value, expression=exp.Literal.number(int(factor)))
    else:
        whole = exp.Literal.number(repr(float(1 / factor)))
        new = exp.Div(this=value, expression=whole, typed=True, safe=True)
    inner.replace(new)
