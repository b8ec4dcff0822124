"""The days and years of the question: an interval that begins with its one day and goes on is cut.

"How many sales on 12 December 2024" is not what was sold from that day to the end of the year. Works on the
syntax tree, in place.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from sqlglot import exp

from sqloop.english import MONTHS
from sqloop.generation.mending.scopes import conjuncts

_MONTH = rf"(?P<month{{0}}>{'|'.join(f'{name}|{name[:3]}' for name in MONTHS)})"
_DAY = re.compile(
    r"(?P<iso>\b\d{4}-\d\d-\d\d\b)"
    rf"|\b(?P<day1>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?\s+{_MONTH.format(1)}\b\.?,?(?:\s+(?P<year1>\d{{4}}))?"
    rf"|\b{_MONTH.format(2)}\.?\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b,?(?:\s+(?P<year2>\d{{4}}))?",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"\b(since|from|after|before|until|till|by|between|starting|through|than|to|and|beginning|began|begins"
    r"|commencing|following)"
    r"(\s+\w+)?\s*$",
    re.IGNORECASE,
)
_SIDE = re.compile(
    r"\b(?P<not>(?:not|no|nor|\w+n['’]?t)\s+(?:\w+\s+)?)?(?P<side>after|since|before|(?:later|earlier)(?=\s+than)"
    r"|prior(?=\s+to))\s+(?:than\s+|to\s+)?(?:the\s+year\s+)?(?P<year>(?:19|20)\d\d)\b(?![-/.]?\d)",
    re.IGNORECASE,
)
_AFTER = re.compile(r"\b(?:after|later|following|past|beyond)\b", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_SPAN = re.compile(
    r"\b(?:days|weekends?|fortnights?|(?<!this |that |last |next )(?:week|month|quarter|year)s?)\b",
    re.IGNORECASE,
)
"""What a question may ask for that goes on from its day, but for "on 5 May of this year"."""
_BEHIND = re.compile(r"^\W*\s*(or|and|to|until|till|through|onwards?|on\b|later|–|-)", re.IGNORECASE)


def asked_day(question: str) -> tuple[date, bool] | None:
    """The one day that a question is about, and whether it says the year; None for none, several or a span.

    >>> asked_day("how many orders on 5 May 2024")
    (datetime.date(2024, 5, 5), True)
    >>> asked_day("orders since 5 May 2024"), asked_day("orders in the week of 5 May 2024")
    (None, None)
    """
    found = list(_DAY.finditer(question))
    if len(found) != 1:
        return None
    day = found[0]
    if _SPAN.search(question):
        return None
    if _BEFORE.search(question[: day.start()]) or _BEHIND.match(question[day.end() :]):
        return None
    try:
        if day["iso"]:
            return date.fromisoformat(day["iso"]), True
        number, year = day["day1"] or day["day2"], day["year1"] or day["year2"]
        name = (day["month1"] or day["month2"]).lower()
        month = next(count for known, count in MONTHS.items() if known.startswith(name))
        return date(int(year or 2000), month, int(number)), year is not None
    except ValueError:
        return None


def mend_periods(tree: exp.Expr, question: str) -> None:
    """Mend ``tree``, a query, in place: what goes on to the end of the month or year of the day is cut.

    >>> import sqlglot
    >>> tree = sqlglot.parse_one("SELECT 1 FROM t WHERE at >= '2024-05-05' AND at < '2025-01-01'")
    >>> mend_periods(tree, "How many on May 5, 2024?")
    >>> tree.sql()
    "SELECT 1 FROM t WHERE at >= '2024-05-05' AND at < '2024-05-06'"
    """
    asked = asked_day(question)
    if asked is None:
        return
    day, has_year = asked
    for low in tree.find_all(exp.GTE):
        first = read_day(low.expression)
        if first is None or first != (day if has_year else day.replace(year=first.year)):
            continue
        after = first + timedelta(1)
        month = (first.replace(day=1) + timedelta(31)).replace(day=1)
        ends = {month, month - timedelta(1), date(first.year, 12, 31), date(first.year + 1, 1, 1)}
        for high in _beside(low):
            last = read_day(high.expression)
            end = last is not None and last > after and last in ends
            if isinstance(high, exp.LT | exp.LTE) and high.this == low.this and end:
                high.replace(exp.LT(this=high.this.copy(), expression=exp.Literal.string(after.isoformat())))


def mend_years(tree: exp.Expr, question: str) -> None:
    """Let "after 2015" begin with the next year, not with its second day, in place.

    Where a question names one year so, "since 2015" begins with its first day and "before 2015" ends there.

    >>> import sqlglot
    >>> tree = sqlglot.parse_one("SELECT name FROM lawyer WHERE joined > '2015-01-01'")
    >>> mend_years(tree, "Who joined after 2015?")
    >>> tree.sql()
    "SELECT name FROM lawyer WHERE joined >= '2016-01-01'"
    """
    found = _SIDE.search(question)
    if found is None or found["not"] or len(_YEAR.findall(question)) != 1:
        return
    side, year = found["side"].lower(), int(found["year"])
    first = date(year, 1, 1)
    wrong: dict[type[exp.Expr], set[date]]
    kind: type[exp.LT | exp.GTE]
    if side in ("before", "earlier", "prior"):
        last = date(year, 12, 31)
        wrong = {exp.LT: {first + timedelta(1), last, last + timedelta(1)}, exp.LTE: {first, last}}
        bound, kind = first, exp.LT
    else:
        wrong = {exp.GT: {first}, exp.GTE: {first + timedelta(1)}}
        bound, kind = (first if side == "since" else date(year + 1, 1, 1)), exp.GTE
    for comparison in list(tree.find_all(*wrong)):
        if read_day(comparison.expression) in wrong[type(comparison)]:
            limit = exp.Literal.string(bound.isoformat())
            comparison.replace(kind(this=comparison.this.copy(), expression=limit))


def let_first_in(tree: exp.Expr, question: str) -> None:
    """Have an interval of whole months hold its first day as well, which ``>`` leaves out; in place.

    Not where the question says "after": then the day itself may be left out.

    >>> import sqlglot
    >>> tree = sqlglot.parse_one("SELECT 1 FROM t WHERE at > '2024-01-01' AND at < '2025-01-01'")
    >>> let_first_in(tree, "How many in 2024?")
    >>> tree.sql()
    "SELECT 1 FROM t WHERE at >= '2024-01-01' AND at < '2025-01-01'"
    """
    if _AFTER.search(question):
        return
    for low in list(tree.find_all(exp.GT)):
        first = read_day(low.expression)
        ends = [
            last
            for high in _beside(low)
            if isinstance(high, exp.LT) and high.this == low.this and (last := read_day(high.expression))
        ]
        if first is not None and any(last > first and first.day == last.day == 1 for last in ends):
            low.replace(exp.GTE(this=low.this, expression=low.expression))


def mend_bounds(tree: exp.Expr) -> None:
    """Let a span begin where one value is asked for beside a bound that holds for it anyway, in place.

    >>> import sqlglot
    >>> tree = sqlglot.parse_one("SELECT 1 FROM t WHERE month = '2026-04' AND month <= '2026-06'")
    >>> mend_bounds(tree)
    >>> tree.sql()
    "SELECT 1 FROM t WHERE month >= '2026-04' AND month <= '2026-06'"
    """
    for equal in list(tree.find_all(exp.EQ)):
        for bound in _beside(equal):
            if not isinstance(bound, exp.LT | exp.LTE | exp.GT | exp.GTE) or bound.this != equal.this:
                continue
            one, other = _value(equal.expression), _value(bound.expression)
            if type(one) is not type(other) or one is None or other is None:
                continue
            if isinstance(bound, exp.LT | exp.LTE) and one < other:  # type: ignore[operator]
                equal.replace(exp.GTE(this=equal.this, expression=equal.expression))
            elif isinstance(bound, exp.GT | exp.GTE) and one > other:  # type: ignore[operator]
                equal.replace(exp.LTE(this=equal.this, expression=equal.expression))


def _value(node: exp.Expr) -> str | float | None:
    """What a literal says."""
    if not isinstance(node, exp.Literal):
        return None
    return node.name if node.is_string else float(node.name)


def _beside(condition: exp.Expr) -> list[exp.Expr]:
    """What holds together with a condition, itself included."""
    top = condition
    while isinstance(top.parent, exp.And):
        top = top.parent
    return conjuncts(top)


def read_day(node: exp.Expr) -> date | None:
    """The day that a text begins with; None where it is none."""
    if not isinstance(node, exp.Literal) or not node.is_string:
        return None
    try:
        return date.fromisoformat(node.name[:10])
    except ValueError:
        return None
