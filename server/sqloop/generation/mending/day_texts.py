"""Texts that hold days as people write them, `03/11/2009`, days without dashes, months (`2009-11`) or years.

Days with the year last sort by their first figures. Where a query compares such a column with days, orders by
it, takes the first or last of it or hands it to a function of dates, the same figures take its place as
2009-11-03. What only shows the column, or compares it with a text of its own form, stays. 20091103 and
2009-11 sort well and are no days: a function of dates makes NULL, or a day in the year 50,000, of them in
SQLite. Where one takes them, or today is compared with them, 2009-11-03 and the first of the month take their
place. The year of a year is the column itself. Works on the syntax tree, in place.

Not covered: days without leading zeros, or with a time, and columns whose samples leave open whether the day
or the month stands first. Of those `sqloop.explanation` says how they sort.
"""

from __future__ import annotations

import re

from sqlglot import exp

from sqloop.database.knowledge.samples import DAY_TEXT, day_order, holds_compact_days
from sqloop.database.schema import Dialect
from sqloop.generation.mending.scopes import Scopes

_COMPARED = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)
_EQUAL = (exp.EQ, exp.NEQ)
_ISO = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
_MONTH = re.compile(r"(?:19|2[01])\d\d-(?:0[1-9]|1[0-2])")
_YEAR = re.compile(r"(?:19|2[01])\d\d")
_LIKE_ISO = re.compile(r"\d{4}[-%]")
_ISO_PARTS = {("1", "4"), ("1", "7"), ("6", "2")}
"""Where the year, the month with it and the month by itself stand in 2009-11-03, with their lengths."""

_PLACES = {
    "day": ((7, 4), (4, 2), (1, 2)),
    "month": ((7, 4), (1, 2), (4, 2)),
    "compact": ((1, 4), (5, 2), (7, 2)),
}
"""Where year, month and day stand in a text, and their lengths."""

_FUNCTIONS = (
    exp.Max,
    exp.Min,
    exp.Date,
    exp.TsOrDsToDate,
    exp.TsOrDsToTimestamp,
    exp.TimeToStr,
    exp.Year,
    exp.Month,
    exp.Day,
    exp.Extract,
    exp.DateDiff,
    exp.TimestampDiff,
    exp.TimestampTrunc,
)
_PARTS = ("YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "DAYOFWEEK", "DAYNAME", "MONTHNAME")
_CALLS = ("DATE", "DATETIME", "JULIANDAY", "STRFTIME", "UNIXEPOCH", "TIMEDIFF", "AGE", *_PARTS)
"""Functions of dates that the parser has no class for, and those that `translating` writes."""


_DAYS = ("DATE", "DATETIME", "LAST_DAY")
_TODAY = (
    exp.CurrentDate,
    exp.CurrentTimestamp,
    exp.Date,
    exp.TsOrDsToDate,
    exp.TsOrDsToTimestamp,
    exp.DateAdd,
    exp.DateSub,
    exp.DateTrunc,
    exp.TimestampTrunc,
    exp.LastDay,
)
"""Functions that make a day of today."""


def mend_day_texts(tree: exp.Expr, scopes: Scopes) -> None:
    """Mend ``tree``, a query in the dialect of its schema, in place.

    >>> import sqlglot
    >>> from sqloop.database.schema import Column, Schema, Table
    >>> staff = Table("staff", (Column("since", "TEXT", "text", samples=("03/11/2009", "21/02/2017")),))
    >>> tree = sqlglot.parse_one("SELECT since FROM staff WHERE since < '2015-01-01'")
    >>> mend_day_texts(tree, Scopes(tree, Schema("sqlite", (staff,))))
    >>> tree.sql("sqlite").partition("WHERE ")[2]
    "SUBSTRING(since, 7, 4) || '-' || SUBSTRING(since, 4, 2) || '-' || SUBSTRING(since, 1, 2) < '2015-01-01'"
    """
    columns = list(tree.find_all(exp.Column))
    places = {id(each): place for each in columns if (place := scopes.place(each)) is not None}
    dated = {key: str(first) for key, place in places.items() if (first := day_order(place.column))}
    for column in columns:
        place = places.get(id(column))
        if place is not None and holds_compact_days(place.column):
            _take_day(column, _write(column, "compact", number=place.column.kind == "number"), scopes)
        elif place is not None and place.column.samples:
            if all(map(_MONTH.fullmatch, place.column.samples)):
                _take_first_day(column, scopes)
            elif all(map(_YEAR.fullmatch, place.column.samples)):
                _take_year(column)
        order = dated.get(id(column), "")
        if order not in ("day", "month"):
            continue
        for literal in _own_literals(column):
            literal.set("this", _turn(literal.name, order))
        if (use := _use(column, dated, scopes)) is not None:
            bare = isinstance(use, exp.Cast) and scopes.schema.dialect in ("sqlite", "mysql")
            text = _write(column, order)
            (use if bare else column).replace(_cast(text, use, scopes.schema.dialect))


def _take_first_day(column: exp.Column, scopes: Scopes) -> None:
    """Put the first of the month in the place of a month; a month that is said to be a year is any of it."""
    parent = column.parent
    if isinstance(parent, exp.EQ) and parent.this is column and _YEAR.fullmatch(parent.expression.name):
        months = exp.Literal.string(f"{parent.expression.name}-%")
        parent.replace(exp.Like(this=column.copy(), expression=months))
    else:
        first = exp.Concat(expressions=[column.copy(), exp.Literal.string("-01")])
        _take_day(column, first, scopes)


def _take_day(column: exp.Column, day: exp.Expr, scopes: Scopes) -> None:
    """Put a ``day`` in the place of a column that is held against days or taken for one."""
    parent = column.parent
    if isinstance(parent, _COMPARED):
        other = parent.expression if parent.this is column else parent.this
        dated = _is_whole_day(other) or _counts_from_today(other) or _is_date(other, scopes)
    elif isinstance(parent, exp.Between) and parent.this is column:
        dated = _is_whole_day(parent.args["low"]) and _is_whole_day(parent.args["high"])
    elif isinstance(parent, exp.Sub):
        dated = scopes.schema.dialect in ("postgres", "duckdb")  # `mend_spans` knows those of the others.
    elif isinstance(parent, exp.Substring):
        dated = (parent.text("start"), parent.text("length")) in _ISO_PARTS - {("1", "4")}
    else:
        dated = is_taken_for_day(column)
    if dated and parent is not None:
        column.replace(_cast(day, parent, scopes.schema.dialect))


def _take_year(column: exp.Column) -> None:
    """Put a column of years in the place of a function that would take the year of it."""
    if not is_taken_for_day(column):
        return
    function: exp.Expr = column
    while isinstance(function.parent, exp.TsOrDsToTimestamp | exp.TsOrDsToDate | exp.Date | exp.Cast):
        function = function.parent
    year = function.parent
    match year:
        case exp.TimeToStr():
            whole = year.text("format") == "%Y"
        case exp.Extract() | exp.Anonymous():
            whole = year.name.upper() == "YEAR"
        case _:
            whole = isinstance(year, exp.Year)
    if whole and year is not None:
        year.replace(column.copy())


def is_taken_for_day(column: exp.Column) -> bool:
    """Whether a function of dates takes it."""
    match column.parent:
        case exp.Max() | exp.Min():
            return False
        case exp.Cast() as cast:
            return cast.is_type("date", "timestamp", "datetime")
        case exp.Anonymous() as function:
            return function.name.upper() in _CALLS
        case parent:
            return isinstance(parent, _FUNCTIONS)


def _is_whole_day(node: exp.Expr) -> bool:
    return _is_day(node) and node.find(exp.Literal).name.count("-") == 2  # type: ignore[union-attr]


def _use(column: exp.Column, dated: dict[int, str], scopes: Scopes) -> exp.Expr | None:
    """What takes the column for a day, or asks for its order; None where nothing does."""
    parent = column.parent
    match parent:
        case exp.Ordered():
            select = parent.parent.parent if parent.parent is not None else None
            distinct = isinstance(select, exp.Select) and select.args.get("distinct")
            used = not distinct and (bool(column.table) or column.name.lower() not in _aliases(select))
        case exp.Substring():
            used = (parent.text("start"), parent.text("length")) in _ISO_PARTS
        case exp.Cast():
            used = parent.is_type("date", "timestamp", "datetime")
        case exp.Anonymous():
            used = parent.name.upper() in _CALLS
        case _:
            used = isinstance(parent, _FUNCTIONS) or _is_held_against_days(column, dated, scopes)
    return parent if used else None


def _aliases(select: exp.Expr | None) -> set[str]:
    """Names that a query gives to what it shows: an order by one of them is not by a column."""
    shown = select.expressions if isinstance(select, exp.Select) else []
    return {each.alias.lower() for each in shown if isinstance(each, exp.Alias)}


def _is_held_against_days(column: exp.Column, dated: dict[int, str], scopes: Scopes) -> bool:
    parent = column.parent
    if isinstance(parent, _COMPARED):
        other = parent.expression if parent.this is column else parent.this
        return _compares_days(parent, other, dated, scopes)
    if parent is None or parent.this is not column:
        return False
    match parent:
        case exp.Between():
            return _is_day(parent.args["low"]) and _is_day(parent.args["high"])
        case exp.In():
            return bool(parent.expressions) and all(map(_is_day, parent.expressions))
        case exp.Like():
            return _LIKE_ISO.match(parent.expression.name) is not None
    return False


def _compares_days(comparison: exp.Expr, other: exp.Expr, dated: dict[int, str], scopes: Scopes) -> bool:
    if isinstance(other, exp.Column):
        if id(other) in dated:  # Both are written anew where it matters.
            return not isinstance(comparison, _EQUAL)
        return _is_date(other, scopes)
    if isinstance(other, exp.Subquery):
        return other.find(exp.Max, exp.Min) is not None
    return _is_day(other) or _counts_from_today(other)


def _is_date(node: exp.Expr, scopes: Scopes) -> bool:
    place = scopes.place(node) if isinstance(node, exp.Column) else None
    return place is not None and place.column.kind == "date" and not holds_compact_days(place.column)


def _counts_from_today(node: exp.Expr) -> bool:
    """Whether it is a day, written as 2009-11-03, that is counted from today.

    >>> import sqlglot
    >>> days = "DATE('now', '-1 year')", "STRFTIME('%Y%m%d', 'now')", "REPLACE(DATE('now'), '-', '')"
    >>> [_counts_from_today(sqlglot.parse_one(each, read="sqlite")) for each in days]
    [True, False, False]
    """
    today = node.find(exp.CurrentDate, exp.CurrentTimestamp) is not None
    today = today or any(each.name.lower() == "now" for each in node.find_all(exp.Literal))
    return today and _gives_day(node)


def _gives_day(node: exp.Expr) -> bool:
    match node:
        case exp.Cast():
            return node.is_type("date", "timestamp", "datetime") or (
                node.is_type("text", "varchar") and _gives_day(node.this)
            )
        case exp.TimeToStr():
            return node.text("format").startswith("%Y-%m-%d")
        case exp.Anonymous():
            form = node.expressions[0].name if node.expressions else ""
            return node.name.upper() in _DAYS or (
                node.name.upper() == "STRFTIME" and form.startswith("%Y-%m-%d")
            )
        case exp.Add() | exp.Sub():  # On MySQL a day that 0 is added to has no dashes.
            return node.expression.name != "0" and _gives_day(node.this)
        case exp.Paren():
            return _gives_day(node.this)
        case _:
            return isinstance(node, _TODAY)


def _is_day(node: exp.Expr) -> bool:
    node = node.this if isinstance(node, exp.Cast | exp.Date | exp.TsOrDsToDate) else node
    return isinstance(node, exp.Literal) and node.is_string and _ISO.fullmatch(node.name) is not None


def _own_literals(column: exp.Column) -> list[exp.Literal]:
    """Days in the form of the column that it is held against by their order."""
    parent = column.parent
    if isinstance(parent, exp.Between) and parent.this is column:
        sides = [parent.args["low"], parent.args["high"]]
    elif isinstance(parent, _COMPARED) and not isinstance(parent, _EQUAL):
        sides = [parent.expression if parent.this is column else parent.this]
    else:
        return []
    return [each for each in sides if isinstance(each, exp.Literal) and DAY_TEXT.fullmatch(each.name)]


def _turn(text: str, order: str) -> str:
    first, second, year = text[:2], text[3:5], text[6:]
    return f"{year}-{second}-{first}" if order == "day" else f"{year}-{first}-{second}"


def _write(column: exp.Column, order: str, *, number: bool = False) -> exp.Expr:
    """The text of the column with the year first and dashes: it sorts as days do."""
    whole = exp.Cast(this=column.copy(), to=exp.DataType.build("text")) if number else column

    def part(place: tuple[int, int]) -> exp.Expr:
        numbers = (exp.Literal.number(each) for each in place)
        return exp.Substring(this=whole.copy(), start=next(numbers), length=next(numbers))

    year, month, day = map(part, _PLACES[order])
    dash = exp.Literal.string("-")
    return exp.Concat(expressions=[year, dash, month, dash.copy(), day])


def _cast(text: exp.Expr, use: exp.Expr, dialect: Dialect) -> exp.Expr:
    """As a date where a function, or another date, takes no text."""
    plain = (exp.Ordered, exp.Max, exp.Min, exp.Like, exp.In, exp.Between, exp.Substring, exp.Cast)
    sides = [use.this, use.expression] if isinstance(use, _COMPARED) else []
    if (
        dialect in ("sqlite", "mysql")
        or isinstance(use, plain)
        or any(isinstance(each, exp.Literal | exp.Subquery) for each in sides)
    ):
        return text
    return exp.Cast(this=text, to=exp.DataType.build("date"))
