"""The unit of time that the question asks for: "in days" of what the query counts in hours.

Works on the syntax tree, in place, on a query as a model wrote it, in SQLite's words or MariaDB's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
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
    r"\b(?:(?P<all>in)|how many|number of|average|mean|total)\s+(?:whole\s+|full\s+|complete\s+)?"
    rf"(?P<unit>{'|'.join(_SIZES)})s\b",
    re.IGNORECASE,
)
_AROUND = (exp.Paren, exp.Cast, exp.Avg, exp.Sum, exp.Min, exp.Max, exp.Round, exp.Abs)
"""What leaves the unit of a value as it is."""

_SPANS = (exp.Sub, exp.DateDiff, exp.TimestampDiff)
_COUNTS = (7, 30, 365)
"""Numbers that may be of days or years as well."""

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
    found = list(_ASKED.finditer(question))
    asked = {each["unit"].lower() for each in found}
    amounts = {
        (number, size) for number, measured, size in read_amounts(question) if number and measured == "time"
    }
    spans = [_climb(each, counted) for each in tree.find_all(*_SPANS) if (counted := _seconds(each))]
    shown = [each for each in spans if _is_shown(each.top, tree)]
    of_all = any(each["all"] for each in found) or (len(shown) == 1 and _is_lone(shown[0].top, tree))
    alike = of_all and len({each.size for each in shown}) == 1
    for span in spans:
        against = span.top.parent
        if span in shown:
            wanted = _SIZES[next(iter(asked))] if alike and len(asked) == 1 else None
        elif isinstance(against, _COMPARED) and against.this is span.top and len(amounts) == 1:
            number, wanted = next(iter(amounts))
            said = against.expression
            if not isinstance(said, exp.Literal) or said.is_string or Fraction(said.name) != number:
                continue
        else:
            continue
        unit = _unit(span.size)
        if wanted is not None and unit and _SIZES[unit] != wanted:
            span.count_in(wanted)


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


@dataclass(frozen=True)
class _Span:
    """The ``difference`` of two moments, counted in units of ``counted`` seconds, and the value it becomes.

    On the way to the ``top`` it is multiplied by ``factor`` in the products ``scaled``.
    """

    difference: exp.Expr
    counted: Fraction
    top: exp.Expr
    scaled: tuple[exp.Expr, ...]
    factor: Fraction

    @property
    def size(self) -> Fraction:
        """Seconds of one of what the value counts."""
        return self.counted / self.factor

    def count_in(self, size: Fraction) -> None:
        """Have it count units of so many seconds; whole days or hours are not made smaller units."""
        whole = not isinstance(self.difference, exp.Sub)
        if whole and self.counted > size:
            return
        for product in self.scaled:
            number = isinstance(product.this, exp.Literal)
            product.replace(product.expression if number else product.this)
        _multiply(self.difference, self.counted / size)


def _climb(difference: exp.Expr, counted: Fraction) -> _Span:
    """The value that a difference becomes; a sum that is divided by 7 or 30 may be of so many days."""
    top, scaled, factor, added = difference, list[exp.Expr](), Fraction(1), False
    while (parent := top.parent) is not None:
        if isinstance(parent, _AROUND) and parent.this is top and not _cuts(parent):
            added = added or isinstance(parent, exp.Sum)
            top = parent
            continue
        other = parent.expression if parent.this is top else parent.this
        by = Fraction(other.name) if isinstance(other, exp.Literal) and not other.is_string else Fraction(0)
        divided = isinstance(parent, exp.Div) and parent.this is top and not (added and by in _COUNTS)
        if not by or not (isinstance(parent, exp.Mul) or divided):
            break
        factor = factor * by if isinstance(parent, exp.Mul) else factor / by
        scaled.append(parent)
        top = parent
    return _Span(difference, counted, top, tuple(scaled), factor)


def _cuts(node: exp.Expr) -> bool:
    """Whether it makes a whole number of a value: then what stands inside counts."""
    return isinstance(node, exp.Cast) and node.is_type("int", "bigint", "smallint")


def _is_lone(value: exp.Expr, tree: exp.Expr) -> bool:
    """Whether nothing else that is shown is reckoned: "number of days" may be that."""
    others = [each for each in tree.expressions if each.unalias() is not value]
    return not any(each.find(exp.AggFunc, exp.Sub, exp.Add, exp.Subquery) for each in others)


def _is_shown(value: exp.Expr, tree: exp.Expr) -> bool:
    """Whether a value is one of those that the whole query shows."""
    if isinstance(value.parent, exp.Alias):
        value = value.parent
    return value.parent is tree and value.arg_key == "expressions"


def _multiply(span: exp.Expr, factor: Fraction) -> None:
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
