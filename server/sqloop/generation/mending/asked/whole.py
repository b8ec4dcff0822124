"""The one month, quarter or year of the question: an interval that goes beyond it on one side is cut.

"And in November?" behind an answer for December keeps December's end: from 1 November to the end of the
year. An interval of another month or year than the one that is named becomes that of the question, as do the
months of another quarter. Only where nothing else in the question or the query is of time: what is compared
with the year before, or a share of the year, needs days that the question does not name. Works on the syntax
tree, in place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlglot import exp

from sqloop.english import MONTHS
from sqloop.generation.mending.asked.periods import read_day
from sqloop.generation.mending.scopes import conjuncts

_NAMES = "|".join(MONTHS)
_IN = r"\b(?:in|during|for|of|throughout|within)\s+(?:the\s+)?(?:(?:month|year)\s+(?:of\s+)?)?"
_YEAR = r"(?:19|20)\d\d"
_MONTH = re.compile(
    rf"(?P<before>{_IN})?\b(?P<month>{_NAMES})\b,?(?:\s+(?:of\s+)?(?P<year>{_YEAR})\b)?", re.I
)
_QUARTER = re.compile(
    r"\b(?:q(?P<number>[1-4])|(?:(?P<place>first|1st|second|2nd|third|3rd|fourth|4th|last)\s+quarter))"
    rf"(?:\s+of)?\s+(?P<year>{_YEAR})\b",
    re.I,
)
_ONE_YEAR = re.compile(rf"{_IN}(?P<year>{_YEAR})\b", re.I)
_ANY_YEAR = re.compile(rf"\b{_YEAR}\b")
_ANY_MONTH = re.compile(rf"\b(?:{_NAMES}|(?:{'|'.join(each[:3] for each in MONTHS)})(?=\.?\s+\d))\b", re.I)
_PLACES = {
    word: number
    for number, words in enumerate(("first 1st", "second 2nd", "third 3rd", "fourth 4th last"), 1)
    for word in words.split()
}
"""Of quarters."""

_BEYOND = re.compile(
    r"\b(?:since|after|before|between|until|till|as of|start(?:s|ed|ing)?|beginning|end(?:s|ed|ing)?|early"
    r"|late|mid|middle|half|halves|compar\w+|versus|vs|against|alongside|than|above|below|previous|prior"
    r"|preceding|following|next|last year|this year|year[- ]o\w+|month[- ]o\w+|yoy|mom|ago|earlier|later"
    r"|onwards?|change|growth|grew|grown|growing|increased?|decreased?|difference|trend|history|cumulative"
    r"|running|rolling|moving|trailing|so far|ytd|to date|up to|including|inclusive|other|outside|except"
    r"|excluding|but|share|part|percent\w*|proportion|ratio|rate|rank\w*|(?:per|each|every|by|the) year|years"
    r"|months|within|fiscal|financial|tax|budget|academic|school|seasons?|winter|summer|spring|autumn|fall|weeks?|days?"
    r"|fortnights?|quarters?|q[1-4])\b|%",
    re.I,
)
_SHORT = "|".join(rf"{each[:3]}|{each}" for each in MONTHS)
_BEFORE = re.compile(rf"\b(?:to|through|from|by|and|or|up|first|\d\S*|q[1-4]|{_SHORT})\W+(?:the\s+)?$", re.I)
_BEHIND = re.compile(r"^\W*(?:or|and|to|through|on\b|\d{1,2}\b|–|-|/|&)", re.I)
"""Words with which more, or less, may be meant than the period; the last two stand beside it."""

_MONTHS = (("01", "03"), ("04", "06"), ("07", "09"), ("10", "12"))
"""Of the quarters, the first and the last."""

_PARTS = (exp.TimeToStr, exp.Year, exp.Month, exp.Quarter, exp.Extract, exp.DateTrunc, exp.TimestampTrunc)
"""What takes a year or a month out of a moment."""


@dataclass(frozen=True)
class _Period:
    first: date
    after: date

    @property
    def months(self) -> int:
        """How many months it has."""
        return 12 * (self.after.year - self.first.year) + self.after.month - self.first.month

    def in_year(self, year: int) -> _Period:
        """The same months of another year."""
        return _Period(self.first.replace(year=year), self.after.replace(year=year + (self.after.month == 1)))


def asked_period(question: str) -> tuple[date, date, bool] | None:
    """The first day of the period that a question names, the first behind it, and whether it says the year.

    None where it names none or several, or a word says that other days may be meant.

    >>> asked_period("how many logins in November 2024?")
    (datetime.date(2024, 11, 1), datetime.date(2024, 12, 1), True)
    >>> asked_period("sales since November 2024"), asked_period("sales in May 2023 and May 2024")
    (None, None)
    """
    found = next(_periods(question), None)
    if found is None:
        return None
    place, first, months, has_year = found
    rest = question[: place.start()] + " " + question[place.end() :]
    near = _BEFORE.search(question[: place.start()]) or _BEHIND.match(question[place.end() :])
    if near or any(each.search(rest) for each in (_BEYOND, _ANY_YEAR, _ANY_MONTH)):
        return None
    last = first.month - 1 + months
    return first, date(first.year + last // 12, last % 12 + 1, 1), has_year


def _periods(question: str) -> Iterator[tuple[re.Match[str], date, int, bool]]:
    """Each period of a question: where it stands, its first day, its months, and whether it says the year."""
    for found in _QUARTER.finditer(question):
        number = int(found["number"] or _PLACES[found["place"].lower()])
        yield found, date(int(found["year"]), 3 * number - 2, 1), 3, True
    for found in _MONTH.finditer(question):
        if found["before"] or found["year"]:
            year = found["year"]
            yield found, date(int(year or 2000), MONTHS[found["month"].lower()], 1), 1, year is not None
    for found in _ONE_YEAR.finditer(question):
        yield found, date(int(found["year"]), 1, 1), 12, True


def mend_whole(tree: exp.Expr, question: str) -> None:
    """Mend ``tree``, a query, in place: an interval of which one end is the period's has the other as well.

    >>> import sqlglot
    >>> tree = sqlglot.parse_one("SELECT 1 FROM t WHERE at >= '2024-11-01' AND at < '2025-01-01'")
    >>> mend_whole(tree, "How many in November 2024?")
    >>> tree.sql()
    "SELECT 1 FROM t WHERE at >= '2024-11-01' AND at < '2024-12-01'"
    """
    asked = asked_period(question)
    if asked is None:
        return
    period, has_year = _Period(*asked[:2]), asked[2]
    if not isinstance(tree, exp.Select) or tree.find(exp.With, exp.Case, exp.Filter, exp.Window):
        return
    in_words = "quarter" in question.lower()  # Q1 may be one of the business year.
    if in_words:
        _take_quarter(tree, period.first.month)
    for low, high, value in list(_intervals(tree)):
        first, last = _read(low), _read(high)
        if first is None or last in (None, date.max) or not _is_alone(tree, low, high):
            continue
        assert last is not None
        after = last if value == "<" else last + timedelta(1)
        begins = period if has_year else period.in_year(first.year)
        ends = period if has_year else period.in_year((after - timedelta(1)).year)
        short = value == "<" and last == begins.after - timedelta(1)  # The last day is left out.
        if first == begins.first and (after > begins.after or short):
            end = begins.after if value == "<" else begins.after - timedelta(1)
            high.replace(exp.Literal.string(end.isoformat()))
        elif after == ends.after and first < ends.first:
            low.replace(exp.Literal.string(ends.first.isoformat()))
        elif (period.months in (1, 12) or in_words) and _is_such(_Period(first, after), begins):
            end = begins.after if value == "<" else begins.after - timedelta(1)
            low.replace(exp.Literal.string(begins.first.isoformat()))
            high.replace(exp.Literal.string(end.isoformat()))


def _is_such(one: _Period, other: _Period) -> bool:
    """Whether a period is a month or a year as another is."""
    whole = one.first.day == one.after.day == 1 and (one.first.month - 1) % other.months == 0
    return whole and one.months == other.months and one != other


def _take_quarter(tree: exp.Expr, first: int) -> None:
    """Have the months that a query takes be those of the quarter that begins with the month ``first``.

    >>> import sqlglot
    >>> sql = "SELECT 1 FROM t WHERE STRFTIME('%m', at) BETWEEN '07' AND '09'"
    >>> tree = sqlglot.parse_one(sql, read="sqlite")
    >>> _take_quarter(tree, 10)
    >>> tree.sql("sqlite")
    "SELECT 1 FROM t WHERE STRFTIME('%m', at) BETWEEN '10' AND '12'"
    """
    every = list(tree.find_all(exp.Between))
    if len(every) != 1 or not isinstance(every[0].this, exp.TimeToStr):
        return
    low, high = every[0].args["low"], every[0].args["high"]
    if every[0].this.text("format") == "%m" and (low.name, high.name) in _MONTHS:
        low.replace(exp.Literal.string(f"{first:02}"))
        high.replace(exp.Literal.string(f"{first + 2:02}"))


def _intervals(tree: exp.Select) -> Iterator[tuple[exp.Expr, exp.Expr, str]]:
    """The two ends of each interval that all rows are in, and whether it is ``<`` or ``<=`` the second."""
    together = conjuncts(tree.args.get("where"))
    for low in together:
        for high in together if isinstance(low, exp.GTE) else ():
            if isinstance(high, exp.LT | exp.LTE) and high.this == low.this:
                yield low.expression, high.expression, "<" if isinstance(high, exp.LT) else "<="
        if isinstance(low, exp.Between):
            yield low.args["low"], low.args["high"], "<="


def _is_alone(tree: exp.Expr, low: exp.Expr, high: exp.Expr) -> bool:
    """Whether the query speaks of no other days, and tells none apart by their year or month."""
    others = (each for each in tree.find_all(exp.Literal) if each is not low and each is not high)
    if any(each.is_string and re.match(r"\d{4}(-|$)", each.name) for each in others):
        return False
    parts = [each for each in tree.find_all(*_PARTS) if each.find_ancestor(exp.Where, exp.Having, exp.Join)]
    return not parts and not any(each.text("format") == "%m" for each in tree.find_all(exp.TimeToStr))


def _read(node: exp.Expr) -> date | None:
    """A whole day, without a time."""
    return read_day(node) if len(node.name) == len("2024-11-01") else None
