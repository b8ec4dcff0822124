"""A query of SQLite in the words of another engine, as somebody who works with it would write it.

SQLoop's adapters learned SQLite first; on PostgreSQL and DuckDB they are asked for it, and what they write is
translated. `sqlglot` translates too, but writes what is safe for any input (casts of dates, NULLIF around
divisors, where NULLs stand), and knows nothing of `julianday`: the columns are known here, so that it can be
written plainly.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import sqlglot
from sqlglot import exp

from sqloop.database.knowledge.samples import holds_compact_days
from sqloop.database.schema import Dialect, Schema
from sqloop.generation.mending.spans import write_days

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_UNITS = {"%Y": "YEAR", "%m": "MONTH", "%d": "DAY", "%H": "HOUR", "%w": "DOW"}
_COMPARED = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Between)

_SQLITES = frozenset(("JULIANDAY", "DATETIME", "TIME", "UNIXEPOCH", "STRFTIME"))
"""Functions that say something else elsewhere, or nothing."""

_SQLITES_OWN = frozenset(("JULIANDAY", "UNIXEPOCH", "STRFTIME"))
"""Those that MariaDB does not have."""


def is_sqlite(tree: exp.Expr) -> bool:
    """Whether a query calls what SQLite alone has."""
    return any(call.name.upper() in _SQLITES_OWN for call in tree.find_all(exp.Anonymous))


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
    tree = tree.transform(_Writer(dialect, days).rewrite)
    for function in tree.find_all(exp.Anonymous):
        if function.name.upper() in _SQLITES:
            raise ValueError(f"{function.name} has no plain form in {dialect}")
    return tree


class _Writer:
    def __init__(self, dialect: Dialect, days: Mapping[str, bool]) -> None:
        self._dialect, self._days = dialect, days

    def rewrite(self, node: exp.Expr) -> exp.Expr:
        """One node, its children not yet rewritten."""
        for kind, write in self._writers.items():
            if isinstance(node, kind):
                return write(self, node)
        return node

    def _division(self, node: exp.Expr) -> exp.Expr:
        node.set("safe", False)
        return node

    def _order(self, node: exp.Expr) -> exp.Expr:
        down = bool(node.args.get("desc"))
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
            return node
        whole = not any(self._has_time(each) for each in (later, earlier))
        written = write_days(self.rewrite(later), self.rewrite(earlier), self._dialect, whole=whole)
        return exp.paren(written) if isinstance(node.parent, exp.Binary) else written

    def _has_time(self, node: exp.Expr) -> bool:
        if isinstance(node, exp.Date) or (isinstance(node, exp.Cast) and node.is_type("date")):
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
        moment = self.rewrite(_bare(node.this))
        format_ = node.args["format"].name
        if format_ in _UNITS:
            return self._part(moment, _UNITS[format_])
        if isinstance(moment, exp.Column | exp.UnixToTime):
            return exp.TimeToStr(this=moment, format=node.args["format"])
        raise ValueError("a text of more than a column")

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
        return node

    def _date(self, node: exp.Expr) -> exp.Expr:
        if node.args.get("zone") or node.expressions:
            raise ValueError("a date with modifiers")
        inner = _bare(node.this)
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


def _bare(node: exp.Expr) -> exp.Expr:
    """A moment without what `sqlglot` puts around it to make one of any text."""
    while isinstance(node, exp.TsOrDsToTimestamp | exp.TsOrDsToDate):
        node = node.this
    return node
