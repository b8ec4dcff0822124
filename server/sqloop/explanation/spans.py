"""The time between two moments, and moments counted on from another, in words.

Empty is returned for what is neither.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

Say = Callable[[exp.Expr], str]

_DATES = {exp.DType.DATE, exp.DType.DATE32}
_DAYS = (exp.Date, exp.TsOrDsToDate, exp.TsOrDsToTimestamp, exp.Time)


def say_between(node: exp.Expr, say: Say) -> str:
    """The time from one moment to another."""
    if isinstance(node, exp.DateDiff | exp.TimestampDiff):
        unit = (node.text("unit") or "DAY").lower().rstrip("s")
        if unit not in ("day", "second") and node.args.get("date_part_boundary"):
            return _from(f"the number of times that a new {unit} begins", node.expression, node.this, say)
        whole = "" if unit in ("day", "second") else "whole "
        return _from(f"the {whole}{unit}s", node.expression, node.this, say)
    if isinstance(node, exp.Anonymous) and node.name.upper() == "AGE" and len(node.expressions) in (1, 2):
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
    return ("days", node) if is_day(node) or isinstance(node, exp.CurrentDate) else None


def say_shifted(node: exp.Expr, say: Say) -> str:
    """A moment so and so long before or after another."""
    later, span = isinstance(node, exp.Add | exp.DateAdd), node.args.get("expression")
    if isinstance(node, exp.Add | exp.Sub) and isinstance(span, exp.Interval):
        said = say(span)
    elif isinstance(node, exp.DateAdd | exp.DateSub) and span is not None:
        said = say_span(span, node.args.get("unit"), say)
    else:
        return ""
    return f"{say_plain(node.this, say)} {'plus' if later else 'minus'} {said}"


def say_span(count: exp.Expr, unit: exp.Expr | None, say: Say) -> str:
    """So many units of time."""
    number = count.name if isinstance(count, exp.Literal) else say(count)
    return count_units(number, unit.name.lower()) if unit is not None else number


def count_units(number: str, unit: str) -> str:
    """
    >>> count_units("1", "months"), count_units("6", "month")
    ('1 month', '6 months')
    """
    one = unit.removesuffix("s")
    return f"{number} {one}" if number == "1" else f"{number} {one}s"


def _from(words: str, start: exp.Expr, end: exp.Expr, say: Say) -> str:
    ends = ["now" if each.name.lower() == "now" else say_plain(each, say) for each in (start, end)]
    return f"{words} from {ends[0]} to {ends[1]}"


def say_plain(value: exp.Expr, say: Say) -> str:
    """A moment, without what only makes one of it."""
    while isinstance(value, _DAYS) or is_moment(value):
        value = value.this
    said = say_literal(value, say) or say(value)
    return f"({said})" if isinstance(value, exp.Coalesce) else said


def say_literal(value: exp.Expr, say: Say) -> str:
    """A day that is written out; empty for all else."""
    if not isinstance(value, exp.Literal):
        return ""
    return "today" if value.name.lower() == "now" else say(value)


def is_moment(node: exp.Expr) -> bool:
    """Whether a value is only made a moment, or a day, of."""
    return isinstance(node, exp.Cast | exp.TryCast) and node.to.this in exp.DataType.TEMPORAL_TYPES


def is_day(node: exp.Expr) -> bool:
    """Whether a value is the day of a moment."""
    cast = isinstance(node, exp.Cast | exp.TryCast) and node.to.this in _DATES
    return cast or isinstance(node, exp.Date | exp.TsOrDsToDate)
