"""Days and times in words: parts of them, what lies between two, and what is counted on from one.

The functions of all databases that are read mean the same things under many names. Empty is returned for what
has no words here: it is then shown as SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp

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

_DATES = {exp.DType.DATE, exp.DType.DATE32}
_DAYS = (exp.Date, exp.TsOrDsToDate, exp.TsOrDsToTimestamp, exp.Time)


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
    if isinstance(node, exp.Interval):
        return _say_span(node.this, node.args.get("unit"), say)
    return _say_part(node, say) or _say_between(node, say) or _say_shifted(node, say)


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
    if _is_day(node):
        return _say_literal(node.this, say) or _of("date", node.this, say)
    return _plain(node, say) if _is_moment(node) else _say_named(node, say)


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
    base = _say_base(values, say) if name in ("DATETIME", *_NAMES) else ""
    if name == "DATETIME":
        return "now" if base == "today" else base
    if name == "DATE" and (base == "today" or len(values) > 1):
        return base
    word = _word("WEEKDAY", node) if name == "WEEKDAY" else _NAMES.get(name, "")
    return f"the {word} of {base}" if base and word else ""


def _say_base(values: Sequence[exp.Expr], say: Say) -> str:
    """A moment as SQLite takes it: a value, and steps from there; empty where a step has no words."""
    if not values:
        return "now"
    said = "today" if values[0].name.lower() == "now" else say(values[0])
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
            said = f"{said} {'minus' if count[0] == '-' else 'plus'} {_count(count[1:], unit)}"
        else:
            return ""
    return said


def _say_format(format_: str, value: exp.Expr, say: Say) -> str:
    word = _FORMATS.get(format_)
    if word:
        return _of(word, value, say)
    return f"{_plain(value, say)} written as '{format_}'"


def _say_between(node: exp.Expr, say: Say) -> str:
    """The time from one moment to another."""
    if isinstance(node, exp.DateDiff | exp.TimestampDiff):
        unit = (node.text("unit") or "DAY").lower().rstrip("s")
        if unit not in ("day", "second") and node.args.get("date_part_boundary"):
            return _from(f"the number of times that a new {unit} begins", node.expression, node.this, say)
        whole = "" if unit in ("day", "second") else "whole "
        return _from(f"the {whole}{unit}s", node.expression, node.this, say)
    if isinstance(node, exp.Anonymous) and node.name.upper() == "AGE" and node.expressions:
        end, start = (
            node.expressions if len(node.expressions) == 2 else (exp.CurrentDate(), *node.expressions)
        )
        return _from("the time", start, end, say)
    if isinstance(node, exp.Extract) and isinstance(inner := node.expression.unnest(), exp.Sub):
        unit = {"EPOCH": "seconds", "DAY": "whole days"}.get(node.name.upper(), "")
        return _from(f"the {unit}", inner.expression, inner.this, say) if unit else ""
    if not isinstance(node, exp.Sub):
        return ""
    sides = _measured(node.this), _measured(node.expression)
    if sides[0] is None or sides[1] is None or sides[0][0] != sides[1][0]:
        return ""
    return _from(f"the {sides[0][0]}", sides[1][1], sides[0][1], say)


def _measured(node: exp.Expr) -> tuple[str, exp.Expr] | None:
    """The unit in which a moment is given as a number, and the moment."""
    node = node.unnest()
    if isinstance(node, exp.Anonymous) and len(node.expressions) == 1:
        unit = {"JULIANDAY": "days", "UNIXEPOCH": "seconds", "UNIX_TIMESTAMP": "seconds"}.get(
            node.name.upper()
        )
        return (unit, node.expressions[0]) if unit else None
    if isinstance(node, exp.TimeToStr) and node.text("format") == "%s":
        return "seconds", node.this
    if isinstance(node, exp.TimeToUnix):
        return "seconds", node.this
    return ("days", node) if _is_day(node) or isinstance(node, exp.CurrentDate) else None


def _say_shifted(node: exp.Expr, say: Say) -> str:
    """A moment so and so long before or after another."""
    later, span = isinstance(node, exp.Add | exp.DateAdd), node.args.get("expression")
    if isinstance(node, exp.Add | exp.Sub) and isinstance(span, exp.Interval):
        said = say(span)
    elif isinstance(node, exp.DateAdd | exp.DateSub) and span is not None:
        said = _say_span(span, node.args.get("unit"), say)
    else:
        return ""
    return f"{_plain(node.this, say)} {'plus' if later else 'minus'} {said}"


def _say_span(count: exp.Expr, unit: exp.Expr | None, say: Say) -> str:
    number = count.name if isinstance(count, exp.Literal) else say(count)
    return _count(number, unit.name.lower()) if unit is not None else number


def _count(number: str, unit: str) -> str:
    """
    >>> _count("1", "months"), _count("6", "month")
    ('1 month', '6 months')
    """
    one = unit.removesuffix("s")
    return f"{number} {one}" if number == "1" else f"{number} {one}s"


def _word(part: str, node: exp.Expr) -> str:
    """What a part of a moment is called; the days of a week are counted in many ways."""
    dialect = node.root().meta.get("dialect", "")
    if part == "DOW":
        return "weekday (1 is Sunday)" if dialect == "mysql" else "weekday (0 is Sunday)"
    if part == "WEEKDAY":
        return "weekday (0 is Monday)" if dialect == "mysql" else "weekday (0 is Sunday)"
    return _WORDS.get(part.removesuffix("S"), "") or _WORDS.get(part, "")


def _of(word: str, value: exp.Expr, say: Say) -> str:
    return f"the {word} of {_plain(value, say)}" if word else ""


def _from(words: str, start: exp.Expr, end: exp.Expr, say: Say) -> str:
    ends = ["now" if each.name.lower() == "now" else _plain(each, say) for each in (start, end)]
    return f"{words} from {ends[0]} to {ends[1]}"


def _plain(value: exp.Expr, say: Say) -> str:
    """A moment, without what only makes one of it."""
    while isinstance(value, _DAYS) or _is_moment(value):
        value = value.this
    return _say_literal(value, say) or say(value)


def _say_literal(value: exp.Expr, say: Say) -> str:
    if not isinstance(value, exp.Literal):
        return ""
    return "today" if value.name.lower() == "now" else say(value)


def _is_moment(node: exp.Expr) -> bool:
    """Whether a value is only made a moment, or a day, of."""
    return isinstance(node, exp.Cast | exp.TryCast) and node.to.this in exp.DataType.TEMPORAL_TYPES


def _is_day(node: exp.Expr) -> bool:
    cast = isinstance(node, exp.Cast | exp.TryCast) and node.to.this in _DATES
    return cast or isinstance(node, exp.Date | exp.TsOrDsToDate)
