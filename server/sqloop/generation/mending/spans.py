"""Days between two dates: SQLite and MariaDB subtract dates as if they were numbers.

`delivered_on - ordered_on` gives the difference of the years in SQLite, and that of figures such as 20240501
in MariaDB, and everywhere where they are stored as such figures. Works on the syntax tree, in place.
"""

from __future__ import annotations

import sqlglot
from sqlglot import exp

from sqloop.database.knowledge.samples import holds_compact_days
from sqloop.database.schema import Column, Dialect
from sqloop.generation.mending.moments import has_times
from sqloop.generation.mending.scopes import Scopes

_DAYS = {
    ("mysql", True): "DATEDIFF(later, earlier)",
    ("mysql", False): "TIMESTAMPDIFF(SECOND, earlier, later) / 86400",
    ("postgres", True): "later - earlier",
    ("postgres", False): "EXTRACT(EPOCH FROM (later - earlier)) / 86400",
    ("duckdb", True): "later - earlier",
    ("duckdb", False): "EXTRACT(EPOCH FROM (later - earlier)) / 86400",
    ("sqlite", True): "JULIANDAY(later) - JULIANDAY(earlier)",
    ("sqlite", False): "JULIANDAY(later) - JULIANDAY(earlier)",
}
"""By dialect, and by whether both are days without a time."""

_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod)


def mend_spans(tree: exp.Expr, scopes: Scopes, written: Dialect) -> None:
    """Mend ``tree``, a query in the dialect ``written``, in place.

    >>> from sqloop.database.schema import Schema, Table
    >>> days = Column("ordered", "DATE", "date"), Column("delivered", "DATE", "date")
    >>> tree = sqlglot.parse_one("SELECT AVG(delivered - ordered) FROM sale")
    >>> mend_spans(tree, Scopes(tree, Schema("sqlite", (Table("sale", days),))), "sqlite")
    >>> tree.sql()
    'SELECT AVG(JULIANDAY(delivered) - JULIANDAY(ordered)) FROM sale'
    """
    if written not in ("sqlite", "mysql"):
        return
    for span in list(tree.find_all(exp.Sub)):
        sides = span.this, span.expression
        timed = [is_timed(each, scopes) for each in sides]
        if None not in timed:
            holder = span.replace(exp.Placeholder())
            later, earlier = (each.this if isinstance(each, exp.Paren) else each for each in sides)
            days = write_days(later, earlier, written, whole=not any(timed))
            inner = isinstance(days, exp.Binary) and isinstance(holder.parent, _ARITHMETIC)
            holder.replace(exp.Paren(this=days) if inner else days)
    for days in list(tree.find_all(exp.Mul)):
        if days.expression.name in ("100", "100.0") and _is_span(days.this):
            days.replace(days.this.unnest() if not isinstance(days.parent, _ARITHMETIC) else days.this)


def _is_span(node: exp.Expr) -> bool:
    """Whether it is days between two dates, of which no unit is a hundredth."""
    span = node.unnest()
    sides = (span.this, span.expression) if isinstance(span, exp.Sub) else ()
    return bool(sides) and all(
        isinstance(each, exp.Anonymous) and each.name.upper() == "JULIANDAY" for each in sides
    )


def write_days(later: exp.Expr, earlier: exp.Expr, dialect: Dialect, *, whole: bool) -> exp.Expr:
    """The days between two dates, or moments unless ``whole``; both are moved, not copied."""
    days = sqlglot.parse_one(_DAYS[dialect, whole], read=dialect)
    for name, side in (("later", later), ("earlier", earlier)):
        place = next(each for each in days.find_all(exp.Column) if each.name == name)
        place.replace(side)
    return days


def is_timed(node: exp.Expr, scopes: Scopes) -> bool | None:
    """Whether a date of some column, or a text that shows it, has a time of day; None where it is none."""
    match node:
        case exp.Paren() | exp.Max() | exp.Min() | exp.Datetime() | exp.Timestamp() | exp.TsOrDsToTimestamp():
            return is_timed(node.this, scopes)
        case exp.CurrentDate() | exp.CurrentTimestamp():
            return isinstance(node, exp.CurrentTimestamp)
        case exp.Cast() if node.is_type("date", "timestamp"):
            return not node.is_type("date")
        case exp.Date() | exp.TsOrDsToDate():
            return None if is_timed(node.this, scopes) is None else False
        case exp.Column():
            place = scopes.place(node)
            if place is not None and holds_compact_days(place.column):
                return False
            dated = place is not None and _holds_dates(place.column)
            return has_times(place.column, scopes.schema.dialect) if place is not None and dated else None
        case exp.TimeToStr() if node.text("format") in ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%F"):
            timed = is_timed(node.this, scopes)
            return None if timed is None else timed and "%H" in node.text("format")
        case exp.Subquery(this=exp.Select(expressions=[shown])):
            return is_timed(shown.unalias(), scopes)
    return None


def _holds_dates(column: Column) -> bool:
    """Whether it is a date and no number is stored in it, as SQLite allows whatever the type says."""
    return column.kind == "date" and not any(each.replace(".", "").isdigit() for each in column.samples)
