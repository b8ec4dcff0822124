"""A query of SQLite in the words of another engine, as somebody who works with it would write it.

SQLoop's adapters learned SQLite first; on PostgreSQL and DuckDB they are asked for it, and what they write is
translated. `sqlglot` translates too, but writes what is safe for any input (casts of dates, NULLIF around
divisors, where NULLs stand), and knows nothing of `julianday`: the columns are known here, so that it can be
written plainly.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping

import sqlglot
from sqlglot import exp

from sqloop.database.knowledge.samples import holds_compact_days
from sqloop.database.schema import Dialect, Schema
from sqloop.generation.mending.spans import write_days

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_STEP = re.compile(r"([+-]?)(\d+)\s+(second|minute|hour|day|month|year)s?", re.IGNORECASE)
_START = re.compile(r"start of (day|month|year)", re.IGNORECASE)
_ZONES = frozenset(("localtime", "utc", "auto", "subsec"))
"""What SQLite is told of a moment beside steps, and what changes no day."""
_UNITS = {"%Y": "YEAR", "%m": "MONTH", "%d": "DAY", "%H": "HOUR", "%w": "DOW"}
_COMPARED = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Between)

_SQLITES = frozenset(("JULIANDAY", "DATETIME", "TIME", "UNIXEPOCH", "STRFTIME"))
"""Functions that say something else elsewhere, or nothing."""

_SQLITES_OWN = frozenset(("JULIANDAY", "UNIXEPOCH", "STRFTIME"))
"""Those that MariaDB does not have."""

_DATED = (exp.Anonymous, exp.Date, exp.Literal, exp.CurrentDate, exp.CurrentTimestamp)
"""Moments that are written plainly elsewhere."""


def is_sqlite(tree: exp.Expr) -> bool:
    """Whether a query calls what SQLite alone has, or counts days as it does: `DATE('now', '-1 day')`."""
    if any(call.name.upper() in _SQLITES_OWN for call in tree.find_all(exp.Anonymous)):
        return True
    if any(day.args.get("zone") or day.expressions for day in tree.find_all(exp.Date)):
        return True
    dated = (exp.Anonymous, exp.Date, exp.Datetime, exp.TsOrDsToDate, exp.TsOrDsToTimestamp, exp.TimeToStr)
    return any(_is_now(each) and isinstance(each.parent, dated) for each in tree.find_all(exp.Literal))


def translate(tree: exp.Expr, schema: Schema, dialect: Dialect) -> exp.Expr:
    """``tree``, read as SQLite, for ``dialect``; ``schema`` tells its dates from its moments.

    Raises ValueError for what has no plain form there.
    """
    days = {
        column.name.lower(): column.type.lower().startswith(("datetime", "timestamp"))
        for table in schema.tables
        for column in table.columns
        if column.kind == "date" or holds_compact_days(column)
    }
    numbers = {
        column.name.lower()
        for table in schema.tables
        for column in table.columns
        if "int" in column.type.lower()
    }
    tree = tree.transform(_Writer(dialect, days, numbers).rewrite)
    for function in tree.find_all(exp.Anonymous):
        if function.name.upper() in _SQLITES:
            raise ValueError(f"{function.name} has no plain form in {dialect}")
    return tree


class _Writer:
    def __init__(self, dialect: Dialect, days: Mapping[str, bool], numbers: Collection[str]) -> None:
        self._dialect, self._days, self._numbers = dialect, days, numbers

    def rewrite(self, node: exp.Expr) -> exp.Expr:
        """One node, its children not yet rewritten."""
        for kind, write in self._writers.items():
            if isinstance(node, kind):
                return write(self, node)
        return node

    def _division(self, node: exp.Expr) -> exp.Expr:
        """``x / 3``: without a rest where rows are grouped by it, or where it is taken threefold again."""
        node.set("safe", False)
        divisor = node.expression
        if not isinstance(divisor, exp.Literal) or not divisor.is_int or isinstance(node.parent, exp.Floor):
            return node
        product, whole = node.parent, _is_whole(node.this, self._numbers)
        while isinstance(product, exp.Paren):
            product = product.parent
        steps = isinstance(product, exp.Mul) and divisor in (product.this, product.expression)
        if whole and (steps or node.this.find(exp.TimeToStr) or _makes_groups(node)):
            node.set("this", node.this.transform(self.rewrite))
            return exp.Floor(this=node)
        return node

    def _sum_of_truths(self, node: exp.Expr) -> exp.Expr:
        """``this_year - born - (today < birthday)``: a truth is no number elsewhere."""
        if self._dialect != "mysql":
            for side in (node.this, node.expression):
                if isinstance(side.unnest(), _COMPARED):
                    one = exp.If(this=side.unnest().copy(), true=exp.Literal.number(1))
                    side.replace(exp.Case(ifs=[one], default=exp.Literal.number(0)))
        return node

    def _order(self, node: exp.Expr) -> exp.Expr:
        down = bool(node.args.get("desc"))
        if bool(node.args.get("nulls_first")) is down:  # It is said outright.
            return node
        node.set("nulls_first", {"postgres": down, "duckdb": False}.get(self._dialect, not down))
        return node

    def _like(self, node: exp.Expr) -> exp.Expr:
        if self._dialect == "mysql":
            return node
        return exp.ILike(this=node.this, expression=node.expression)

    def _sum(self, node: exp.Expr) -> exp.Expr:
        if self._dialect == "mysql" or not isinstance(node.this, (*_COMPARED, exp.Is, exp.Not)):
            return node
        return exp.Filter(this=exp.Count(this=exp.Star()), expression=exp.Where(this=node.this))

    def _average(self, node: exp.Expr) -> exp.Expr:
        if self._dialect == "mysql" or not isinstance(node.this, (*_COMPARED, exp.Is, exp.Not)):
            return node
        one = exp.If(this=node.this, true=exp.Literal.number("1.0"))
        return exp.Avg(this=exp.Case(ifs=[one], default=exp.Literal.number("0.0")))

    def _days_between(self, node: exp.Expr) -> exp.Expr:
        later, earlier = _julian(node.this), _julian(node.expression)
        if later is None or earlier is None:
            return self._sum_of_truths(node)
        whole = not any(self._has_time(each) for each in (later, earlier) if not _is_now(each))
        later, earlier = (
            self._now(each, whole=whole) if _is_now(each) else each for each in (later, earlier)
        )
        written = write_days(self.rewrite(later), self.rewrite(earlier), self._dialect, whole=whole)
        return exp.paren(written) if isinstance(node.parent, exp.Binary) else written

    def _has_time(self, node: exp.Expr) -> bool:
        if isinstance(node, exp.Date) or (isinstance(node, exp.Cast) and node.is_type("date")):
            return False
        if isinstance(node, exp.Anonymous) and node.name.upper() == "DATE":
            return False
        names = {column.name.lower() for column in node.find_all(exp.Column)}
        # A subquery has other columns beside, such as the key that it looks for.
        known = [self._days[name] for name in names if name in self._days]
        return any(known) or not known

    def _subquery(self, node: exp.Expr) -> exp.Expr:
        """One that is read from needs a name everywhere but in SQLite."""
        if isinstance(node.parent, exp.From | exp.Join) and not node.alias:
            node.set("alias", exp.TableAlias(this=exp.to_identifier("t")))
        return node

    def _formatted(self, node: exp.Expr) -> exp.Expr:
        """``strftime``: a part of a date as a number, else a text."""
        moment, format_ = _bare(node.this), node.args["format"].name
        timed = any(part in format_ for part in ("%H", "%M", "%S"))
        moment = self._now(moment, whole=not timed) if _is_now(moment) else self.rewrite(moment)
        if format_ in _UNITS:
            return self._part(moment, _UNITS[format_])
        if isinstance(moment, exp.Column | exp.UnixToTime) or isinstance(_bare(node.this), _DATED):
            return exp.TimeToStr(this=moment, format=node.args["format"])
        raise ValueError("a text of more than a column")

    def _now(self, node: exp.Expr, *, whole: bool) -> exp.Expr:
        """Today, or the moment if not ``whole``, for 'now'; all else as it is."""
        if not _is_now(node):
            return node
        if whole:
            return exp.CurrentDate()
        moment = exp.CurrentTimestamp()
        return exp.cast(moment, "TIMESTAMP") if self._dialect == "duckdb" else moment

    def _call(self, node: exp.Expr) -> exp.Expr:
        """``date``, ``datetime`` and ``strftime`` with steps: ``date('now', '-1 month')``."""
        name, arguments = node.name.upper(), node.expressions
        if name == "STRFTIME" and len(arguments) > 2:
            stepped = exp.Anonymous(this="DATETIME", expressions=arguments[1:])
            return self._formatted(exp.TimeToStr(this=stepped, format=arguments[0]))
        if name == "TIME" and len(arguments) == 1 and self._dialect != "mysql":
            return exp.cast(self._now(_bare(arguments[0]), whole=False), "TIME")
        if name not in ("DATE", "DATETIME") or not arguments:
            return node
        steps = [each.name.lower() for each in arguments[1:]]
        if not all(each in _ZONES or _STEP.fullmatch(each) or _START.fullmatch(each) for each in steps):
            return node  # An epoch, or the next such day of the week.
        moment = _bare(arguments[0])
        timed = name == "DATETIME"
        if _is_now(moment):
            moment = self._now(moment, whole=not timed)
        elif isinstance(moment, exp.Literal) and moment.is_string:
            moment = exp.cast(moment.copy(), "TIMESTAMP" if " " in moment.name else "DATE")
        elif timed:
            moment = self.rewrite(moment.copy())
        else:
            moment = self._date(exp.Date(this=moment.copy()))
        for step in steps:
            moment = self._step(moment, step)
        # Elsewhere a day and an interval make a moment, which compares as the day does.
        compared = isinstance(node.parent, (*_COMPARED, exp.TimeToStr, exp.TsOrDsToTimestamp))
        if steps and not timed and self._dialect != "mysql" and not compared:
            return exp.cast(moment, "DATE")
        inner = isinstance(moment, exp.Binary) and isinstance(node.parent, exp.Binary)
        return exp.paren(moment) if inner else moment

    def _step(self, moment: exp.Expr, step: str) -> exp.Expr:
        if found := _STEP.fullmatch(step):
            length = exp.Interval(this=exp.Literal.string(found[2]), unit=exp.var(found[3].upper()))
            return (exp.Sub if found[1] == "-" else exp.Add)(this=moment, expression=length)
        start = _START.fullmatch(step)
        if start is None:
            return moment
        if self._dialect == "mysql":
            form = {"day": "%Y-%m-%d", "month": "%Y-%m-01", "year": "%Y-01-01"}[start[1]]
            text = exp.Anonymous(this="DATE_FORMAT", expressions=[moment, exp.Literal.string(form)])
            return exp.cast(text, "DATE")
        return exp.TimestampTrunc(this=moment, unit=exp.var(start[1].upper()))

    def _part(self, moment: exp.Expr, unit: str) -> exp.Expr:
        if self._dialect == "postgres":
            return exp.Extract(this=exp.var(unit), expression=moment)
        if unit == "DOW":
            text = "DAYOFWEEK({}) - 1" if self._dialect == "mysql" else "DAYOFWEEK({})"
            return sqlglot.parse_one(text.format(moment.sql(self._dialect)), read=self._dialect)
        return exp.Anonymous(this=unit, expressions=[moment])

    def _compared(self, node: exp.Expr) -> exp.Expr:
        """``strftime('%Y', d) = '2023'``: both sides as numbers."""
        formatted = node.this.unnest() if node.this is not None else None
        if isinstance(formatted, exp.Cast):
            formatted = formatted.this
        if not isinstance(formatted, exp.TimeToStr) or formatted.args["format"].name not in _UNITS:
            return node
        for literal in [each for each in node.iter_expressions() if isinstance(each, exp.Literal)]:
            if literal.is_string and literal.name.isdigit():
                literal.replace(exp.Literal.number(int(literal.name)))
        node.set("this", self._formatted(formatted))
        return node

    def _cast(self, node: exp.Expr) -> exp.Expr:
        inner = node.this
        if isinstance(inner, exp.TimeToStr) and inner.args["format"].name in _UNITS:
            return self._formatted(inner)
        if node.is_type("int", "bigint") and inner.find(exp.Div, exp.Avg):
            return exp.Floor(this=inner.unnest().transform(self.rewrite))  # Others round.
        return node

    def _date(self, node: exp.Expr) -> exp.Expr:
        if node.args.get("zone") or node.expressions:
            raise ValueError("a date with modifiers")
        inner = _bare(node.this)
        if _is_now(inner):
            return exp.CurrentDate()
        if isinstance(inner, exp.Column) and not self._days.get(inner.name.lower(), True):
            return inner
        if self._dialect == "mysql":
            return exp.Anonymous(this="DATE", expressions=[inner])
        return exp.Cast(this=inner, to=exp.DataType.build("date"))

    _writers: Mapping[type[exp.Expr], Callable[[_Writer, exp.Expr], exp.Expr]] = {
        exp.Div: _division,
        exp.Ordered: _order,
        exp.Like: _like,
        exp.Sum: _sum,
        exp.Avg: _average,
        exp.Sub: _days_between,
        exp.Add: _sum_of_truths,
        exp.Anonymous: _call,
        exp.TimeToStr: _formatted,
        exp.Subquery: _subquery,
        exp.Cast: _cast,
        exp.Date: _date,
        **dict.fromkeys(_COMPARED, _compared),
    }


def _julian(node: exp.Expr) -> exp.Expr | None:
    if isinstance(node, exp.Anonymous) and node.name.upper() == "JULIANDAY" and len(node.expressions) == 1:
        moment = _bare(node.expressions[0])
        if isinstance(moment, exp.Literal) and moment.is_string and _DAY.fullmatch(moment.name):
            return exp.Cast(this=moment, to=exp.DataType.build("date"))
        return moment
    return None


def _is_now(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal) and node.is_string and node.name.lower() == "now"


def _is_whole(node: exp.Expr, numbers: Collection[str]) -> bool:
    """Whether SQLite divides it without a rest: a cast to whole numbers, a column of them, a sum of such."""
    match node.unnest():
        case exp.Cast() as whole:
            return whole.is_type("int", "bigint")
        case exp.TimeToStr() as part:
            return part.text("format") in _UNITS
        case exp.Literal() as literal:
            return literal.is_int is True
        case exp.Column() as column:
            return column.name.lower() in numbers
        case exp.Add() | exp.Sub() | exp.Mul() as both:
            return _is_whole(both.this, numbers) and _is_whole(both.expression, numbers)
    return False


def _makes_groups(node: exp.Expr) -> bool:
    """Whether rows are grouped by it, if under its alias or number."""
    if node.find_ancestor(exp.Group, exp.Select, exp.Where) is node.find_ancestor(exp.Group):
        return node.find_ancestor(exp.Group) is not None
    select = node.find_ancestor(exp.Select)
    group = select.args.get("group") if select is not None else None
    if select is None or group is None:
        return False
    for number, shown in enumerate(select.expressions, 1):
        if any(each is node for each in shown.walk()):
            names = {shown.alias.lower(), str(number)} - {""}
            return any(each == shown.unalias() or each.name.lower() in names for each in group.expressions)
    return False


def _bare(node: exp.Expr) -> exp.Expr:
    """A moment without what `sqlglot` puts around it to make one of any text."""
    while isinstance(node, exp.TsOrDsToTimestamp | exp.TsOrDsToDate):
        node = node.this
    return node
