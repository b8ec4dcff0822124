"""Days against columns that hold moments: `placed = '2024-05-01'` where a time of day is stored as well.

Such a comparison finds midnight alone, and `BETWEEN` two days misses the whole of the last one. Each becomes
a half-open interval, which an index still serves. So does a bare year: SQLite takes `placed < '2024'` for a
comparison with a number where the column is a DATE, and other engines refuse it. A number that counts seconds
since 1970 is compared with numbers, and made a moment before a function of dates takes it. A day that is
written without dashes (20240501) is compared with such. A month (`STRFTIME('%Y-%m', placed)`) that has to be
2024 never is: it becomes the year. Works on the syntax tree, in place.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial

from sqlglot import exp

from sqloop.database.knowledge.samples import epoch_scale, holds_compact_days
from sqloop.database.schema import Column, Dialect
from sqloop.generation.mending.scopes import Scopes

_PERIOD = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_WHOLE_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"\d[ T](\d\d:\d\d[\d:.]*)")
_PARTS = ("%Y", "%Y-%m", "%Y-%m-%d")
_YEARS = range(1900, 2200)
_READINGS = {"auto", "unixepoch", "julianday"}
"""What SQLite is told of the number before it, and must follow at once."""

_SQLITES = ("DATE", "DATETIME", "TIME", "JULIANDAY", "STRFTIME")
"""Functions of SQLite that take a moment."""

Period = tuple[date, date]
"""The first day, and the first one after it."""

Write = Callable[[date], exp.Expr]
"""How the beginning of a day is written."""


def mend_moments(tree: exp.Expr, scopes: Scopes, written: Dialect) -> None:
    """Mend ``tree``, a query in the dialect ``written``, in place."""
    _compare_with_days(tree, scopes)
    _fit_parts(tree)
    for comparison in tree.find_all(exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE):
        if (column := _part_of(comparison.this)) is not None and _read_day(comparison.expression):
            comparison.set("this", column.copy())
    for column in list(tree.find_all(exp.Column)):
        place = scopes.place(column)
        if place is None:
            continue
        scale = epoch_scale(place.column)
        if scale is not None:
            _mend_epoch(column, scale, written)
        elif holds_compact_days(place.column):
            _compare(column, _read_period, partial(_write_compact, number=place.column.kind == "number"))
        elif has_times(place.column, scopes.schema.dialect):
            _compare(column, _read_day, _write_day) or _compare(column, _read_part, _write_day)
        elif place.column.kind == "date" and any(map(_WHOLE_DAY.match, place.column.samples)):
            _compare(column, _read_part, _write_day)


def _fit_parts(tree: exp.Expr) -> None:
    """Have a text of a moment show as much of it as the texts that it has to equal.

    >>> import sqlglot
    >>> one = "SELECT 1 FROM t WHERE STRFTIME('%Y-%m', a) = '2024' AND STRFTIME('%Y', b) IN ('2024-05')"
    >>> tree = sqlglot.parse_one(one, read="sqlite")
    >>> _fit_parts(tree)
    >>> tree.sql("sqlite").partition("WHERE ")[2]
    "STRFTIME('%Y', a) = '2024' AND STRFTIME('%Y-%m', b) IN ('2024-05')"
    """
    for comparison in tree.find_all(exp.EQ, exp.NEQ, exp.In):
        shown = comparison.this
        said = comparison.expressions if isinstance(comparison, exp.In) else [comparison.expression]
        fitting = {_fitting(each) for each in said}
        if isinstance(shown, exp.TimeToStr) and shown.text("format") in _PARTS and len(fitting) == 1:
            format = fitting.pop() or shown.text("format")
            shown.set("format", exp.Literal.string(format))


def _fitting(node: exp.Expr) -> str | None:
    """What shows as much of a moment as a text does; None where it is no year, month or day."""
    found = _PERIOD.fullmatch(node.name) if isinstance(node, exp.Literal) and node.is_string else None
    return _PARTS[sum(each is not None for each in found.groups()) - 1] if found is not None else None


def _compare_with_days(tree: exp.Expr, scopes: Scopes) -> None:
    """Take the day of a moment that is held against days: what is due today is not overdue at noon."""
    for comparison in tree.find_all(exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE):
        for side, other in (
            (comparison.this, comparison.expression),
            (comparison.expression, comparison.this),
        ):
            if not isinstance(side, exp.Column) or not isinstance(other, exp.Column):
                continue
            moment, day = scopes.place(side), scopes.place(other)
            if moment is None or day is None or not has_times(moment.column, scopes.schema.dialect):
                continue
            if (
                day.column.kind == "date"
                and day.column.samples
                and not any(map(_TIME.search, day.column.samples))
            ):
                side.replace(exp.Date(this=side.copy()))


def has_times(column: Column, dialect: Dialect) -> bool:
    """Whether a date shows a time of day; a text that ends in midnight is no bare day either."""
    times = [found[1] for sample in column.samples if (found := _TIME.search(sample))]
    return column.kind == "date" and any(dialect == "sqlite" or time.strip("0:.") for time in times)


def _part_of(node: exp.Expr) -> exp.Column | None:
    """The moment whose year, month or day this is; a whole day is compared with the moment itself."""
    while isinstance(node, exp.Cast | exp.Paren):
        node = node.this
    columns = list(node.find_all(exp.Column))
    shown = node.args.get("format") if isinstance(node, exp.TimeToStr) else None
    part = isinstance(node, exp.Year | exp.Month | exp.Day | exp.Extract) or (
        shown is not None and shown.name.count("%") == 1 and shown.name in ("%Y", "%m", "%d")
    )
    return columns[0] if part and len(columns) == 1 else None


def _mend_epoch(column: exp.Column, scale: int, written: Dialect) -> None:
    def count(day: date) -> exp.Expr:
        moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
        return exp.Literal.number(int(moment.timestamp()) * scale)

    if not _compare(column, _read_period, count):
        seconds = exp.Div(this=column.copy(), expression=exp.Literal.number(scale)) if scale > 1 else column
        _make_moment(column, seconds.copy(), written)


def _compare(column: exp.Column, read: Callable[[exp.Expr], Period | None], write: Write) -> bool:
    """Put an interval in the place of a comparison of ``column``; whether there was one."""
    comparison = column.parent
    if comparison is None or comparison.this is not column:
        return False
    new: exp.Expr
    match comparison:
        case exp.Between():
            low, high = read(comparison.args["low"]), read(comparison.args["high"])
            if high is None:
                return False
            start = write(low[0]) if low else comparison.args["low"].copy()
            new = exp.and_(exp.GTE(this=column.copy(), expression=start), _before(column, write(high[1])))
        case exp.In() if comparison.expressions:
            periods = [read(each) for each in comparison.expressions]
            if None in periods:
                return False
            new = exp.or_(*(_within(column, each, write) for each in periods if each is not None))
        case exp.EQ() | exp.NEQ() | exp.Like() | exp.GT() | exp.GTE() | exp.LT() | exp.LTE():
            period = read(comparison.expression)
            if period is None:
                return False
            new = _interval(comparison, column, period, write)
        case _:
            return False
    bare = isinstance(comparison.parent, exp.Where) or not isinstance(new, exp.Connector)
    comparison.replace(new if bare else exp.paren(new))
    return True


def _interval(comparison: exp.Expr, column: exp.Column, period: Period, write: Write) -> exp.Expr:
    first, after = write(period[0]), write(period[1])
    match comparison:
        case exp.EQ() | exp.Like():
            return _within(column, period, write)
        case exp.NEQ():
            return exp.or_(_before(column, first), exp.GTE(this=column.copy(), expression=after))
        case exp.GT():
            return exp.GTE(this=column.copy(), expression=after)
        case exp.GTE():
            return exp.GTE(this=column.copy(), expression=first)
        case exp.LTE():
            return _before(column, after)
        case _:
            return _before(column, first)


def _within(column: exp.Column, period: Period, write: Write) -> exp.Expr:
    low = exp.GTE(this=column.copy(), expression=write(period[0]))
    return exp.and_(low, _before(column, write(period[1])))


def _before(column: exp.Column, moment: exp.Expr) -> exp.Expr:
    return exp.LT(this=column.copy(), expression=moment)


def _read_day(node: exp.Expr) -> Period | None:
    """A day as it is written: a text, or a text that is called a date."""
    if isinstance(node, exp.Cast | exp.Date | exp.TsOrDsToDate) and not node.expressions:
        node = node.this
    if not isinstance(node, exp.Literal) or not node.is_string or node.name.count("-") != 2:
        return None
    return _read_period(node)


def _read_part(node: exp.Expr) -> Period | None:
    """A year or a month; what is matched by LIKE is left to it."""
    if isinstance(node.parent, exp.Like) or not isinstance(node, exp.Literal) or node.name.count("-") > 1:
        return None
    return _read_period(node)


def _write_day(day: date) -> exp.Expr:
    return exp.Literal.string(day.isoformat())


def _write_compact(day: date, *, number: bool) -> exp.Expr:
    text = day.strftime("%Y%m%d")
    return exp.Literal.number(text) if number else exp.Literal.string(text)


def _read_period(node: exp.Expr) -> Period | None:
    """A year, a month or a day as a text, or a year as a number."""
    if isinstance(node, exp.Cast | exp.Date | exp.TsOrDsToDate) and not node.expressions:
        node = node.this
    if not isinstance(node, exp.Literal):
        return None
    found = _PERIOD.fullmatch(node.name.rstrip("%-") if node.is_string else node.name)
    if found is None or int(found[1]) not in _YEARS:
        return None
    year, month, day = int(found[1]), int(found[2] or 1), int(found[3] or 1)
    try:
        first = date(year, month, day)
    except ValueError:
        return None
    if found[3]:
        return first, first + timedelta(1)
    return first, date(year + 1, 1, 1) if found[2] is None else date(year + month // 12, month % 12 + 1, 1)


def _make_moment(column: exp.Column, seconds: exp.Expr, written: Dialect) -> None:
    """Let the function of dates that takes ``column`` take the moment that it counts to."""
    inner: exp.Expr = column
    while isinstance(inner.parent, exp.TsOrDsToTimestamp | exp.TsOrDsToDate | exp.Div):
        inner = inner.parent
    function = inner.parent
    if written != "sqlite":
        dated = isinstance(column.parent, exp.TsOrDsToTimestamp | exp.TsOrDsToDate | exp.Extract)
        if dated or isinstance(function, exp.TimeToStr | exp.Date | exp.TimestampTrunc):
            column.replace(exp.UnixToTime(this=seconds))
        return
    if isinstance(function, exp.TimeToStr):
        arguments = [function.args["format"].copy(), seconds, exp.Literal.string("unixepoch")]
        function.replace(exp.Anonymous(this="STRFTIME", expressions=arguments))
    elif isinstance(function, exp.Date) and not function.args.get("zone"):
        later = [each.copy() for each in function.expressions]
        arguments = [seconds, exp.Literal.string("unixepoch"), *later]
        function.replace(exp.Anonymous(this="DATE", expressions=arguments))
    elif isinstance(function, exp.Anonymous) and function.name.upper() in _SQLITES:
        place = function.expressions.index(inner)
        rest = function.expressions[place + 1 :]
        if _READINGS.isdisjoint(each.name.lower() for each in rest):
            before = function.expressions[:place]
            function.set("expressions", [*before, seconds, exp.Literal.string("unixepoch"), *rest])
