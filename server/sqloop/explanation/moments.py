"""Days and times in words: parts of them, what lies between two, and what is counted on from one.

The functions of all databases that are read mean the same things under many names. Empty is returned for what
has no words here: it is then shown as SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp

from sqloop.explanation.spans import (
    count_units,
    is_day,
    is_moment,
    say_between,
    say_literal,
    say_plain,
    say_shifted,
    say_span,
)

Say = Callable[[exp.Expr], str]

_PARTS: dict[type[exp.Expr], str] = {
    exp.Year: "YEAR",
    exp.Quarter: "QUARTER",
    exp.Month: "MONTH",
    exp.Week: "WEEK",
    exp.Day: "DAY",
    exp.DayOfMonth: "DAY",
    exp.DayOfYear: "DOY",
    exp.DayOfWeek: "DOW",
    exp.DayOfWeekIso: "ISODOW",
    exp.Hour: "HOUR",
    exp.Minute: "MINUTE",
    exp.Second: "SECOND",
    exp.TimeToUnix: "EPOCH",
    exp.Monthname: "MONTHNAME",
    exp.Dayname: "DAYNAME",
    exp.LastDay: "LAST_DAY",
}
_WORDS = {
    "YEAR": "year",
    "QUARTER": "quarter",
    "MONTH": "month",
    "WEEK": "week",
    "DAY": "day of the month",
    "DOY": "day of the year",
    "HOUR": "hour",
    "MINUTE": "minute",
    "SECOND": "second",
    "EPOCH": "seconds since 1970",
    "MONTHNAME": "name of the month",
    "DAYNAME": "name of the weekday",
    "LAST_DAY": "last day of the month",
    "ISODOW": "weekday (1 is Monday)",
    "WEEKDAY": "weekday (0 is Monday)",
}
_FORMATS = {
    "%Y": "year",
    "%m": "month",
    "%d": "day of the month",
    "%j": "day of the year",
    "%H": "hour",
    "%M": "minute",
    "%S": "second",
    "%w": "weekday (0 is Sunday)",
    "%W": "week",
    "%s": "seconds since 1970",
    "%B": "name of the month",
    "%A": "name of the weekday",
    "%Y-%m": "year and month",
    "%Y-%W": "year and week",
    "%m-%d": "month and day",
    "%Y-%m-%d": "date",
    "%H:%M": "hour and minute",
    "%Y-%m-01": "first day of the month",
    "%Y-01-01": "first day of the year",
}
_NAMES = {
    "DATE": "date",
    "TIME": "time of day",
    "JULIANDAY": "day number",
    "UNIXEPOCH": "seconds since 1970",
    "UNIX_TIMESTAMP": "seconds since 1970",
    "EPOCH": "seconds since 1970",
    "WEEKDAY": "",
    "YEARWEEK": "year and week",
}
"""Functions that the parser does not know; WEEKDAY begins on another day in each database."""

_SAME = {"unixepoch", "auto", "localtime", "utc", "subsec"}
"""What SQLite is told of how a moment is stored, or is to be shown."""


def say_moment(node: exp.Expr, say: Say) -> str:
    """A function of days and times.

    >>> import sqlglot
    >>> parse = lambda sql: sqlglot.parse_one(sql, dialect="sqlite")
    >>> say_moment(parse("STRFTIME('%Y', ordered_at)"), lambda each: each.sql())
    'the year of ordered_at'
    >>> say_moment(parse("JULIANDAY(returned) - JULIANDAY(lent)"), lambda each: each.sql())
    'the days from lent to returned'
    """
    if isinstance(node, exp.CurrentDate):
        return "today"
    if isinstance(node, exp.CurrentTimestamp | exp.Localtimestamp):
        return "now"
    if node.args.get("this") is None:
        return ""
    if isinstance(node, exp.Interval):
        return say_span(node.this, node.args.get("unit"), say)
    return _say_part(node, say) or say_between(node, say) or say_shifted(node, say)


def _say_part(node: exp.Expr, say: Say) -> str:
    if type(node) in _PARTS:
        return _of(_word(_PARTS[type(node)], node), node.this, say)
    if isinstance(node, exp.Extract):
        inner = node.expression.unnest()
        return "" if isinstance(inner, exp.Sub) else _of(_word(node.name.upper(), node), inner, say)
    if isinstance(node, exp.TimeToStr):
        return _say_format(node.text("format"), node.this, say)
    if isinstance(node, exp.TimestampTrunc | exp.DateTrunc):
        return _of(f"start of the {node.text('unit').lower()}", node.this, say)
    if isinstance(node, exp.Time):
        return _of("time of day", node.this, say)
    if is_day(node):
        return say_literal(node.this, say) or _of("date", node.this, say)
    return say_plain(node, say) if is_moment(node) else _say_named(node, say)


def _say_named(node: exp.Expr, say: Say) -> str:
    """Of the functions that only one database has."""
    if not isinstance(node, exp.Anonymous):
        return ""
    name, values = node.name.upper(), list(node.expressions)
    if name == "NOW" and not values:
        return "now"
    if name == "STRFTIME" and len(values) > 1:
        base = _say_base(values[1:], say)
        word = _FORMATS.get(values[0].name)
        return f"the {word} of {base}" if base and word else ""
    if name == "DATE_PART" and len(values) == 2:
        return _of(_word(values[0].name.upper(), node), values[1], say)
    if name == "DATETIME":
        return _say_base(values, say, now="now")
    base = _say_base(values, say) if name in _NAMES else ""
    if name == "DATE" and (base == "today" or len(values) > 1):
        return base
    word = _word("WEEKDAY", node) if name == "WEEKDAY" else _NAMES.get(name, "")
    return f"the {word} of {base}" if base and word else ""


def _say_base(values: Sequence[exp.Expr], say: Say, now: str = "today") -> str:
    """A moment as SQLite takes it: a value, and steps from there; empty where a step has no words."""
    if not values:
        return "now"
    said = now if values[0].name.lower() == "now" else say(values[0])
    for step in values[1:]:
        words = step.name.lower() if isinstance(step, exp.Literal) else "?"
        count, _, unit = words.partition(" ")
        if words in _SAME:
            continue
        if words.startswith("start of "):
            said = f"the {words} of {said}".replace("start of month", "start of the month").replace(
                "start of year", "start of the year"
            )
        elif count[:1] in "+-" and count[1:].isdecimal() and unit:
            said = f"{said} {'minus' if count[0] == '-' else 'plus'} {count_units(count[1:], unit)}"
        else:
            return ""
    return said


def _say_format(format_: str, value: exp.Expr, say: Say) -> str:
    word = _FORMATS.get(format_)
    if word:
        return _of(word, value, say)
    return f"{say_plain(value, say)} written as '{format_}'"


def _word(part: str, node: exp.Expr) -> str:
    """What a part of a moment is called; the days of a week are counted in many ways."""
    dialect = node.root().meta.get("dialect", "")
    if part == "DOW":
        return "weekday (1 is Sunday)" if dialect == "mysql" else "weekday (0 is Sunday)"
    if part == "WEEKDAY":
        return "weekday (0 is Monday)" if dialect == "mysql" else "weekday (0 is Sunday)"
    return _WORDS.get(part.removesuffix("S"), "") or _WORDS.get(part, "")


def _of(word: str, value: exp.Expr, say: Say) -> str:
    return f"the {word} of {say_plain(value, say)}" if word else ""
