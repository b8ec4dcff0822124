"""Functions of dates that another engine has: MariaDB's `DATE_FORMAT` and `TIMESTAMPDIFF` on PostgreSQL.

What the engine has itself stays as it is written. Works on the syntax tree, in place.
"""

from __future__ import annotations

import re

import sqlglot
from sqlglot import exp

from sqloop.database.schema import Dialect
from sqloop.generation.mending.scopes import Scopes
from sqloop.generation.mending.spans import is_timed

_NOW = {
    "CURDATE": exp.CurrentDate,
    "TODAY": exp.CurrentDate,
    "NOW": exp.CurrentTimestamp,
    "GETDATE": exp.CurrentTimestamp,
    "SYSDATE": exp.CurrentTimestamp,
}
_OWN_NOW: dict[Dialect, frozenset[str]] = {
    "mysql": frozenset({"CURDATE", "NOW", "SYSDATE"}),
    "postgres": frozenset({"NOW"}),
    "duckdb": frozenset({"TODAY", "NOW"}),
    "sqlite": frozenset(),
}
"""Those that an engine has itself."""

_CALLED_PARTS = {
    exp.Hour: "EXTRACT(HOUR FROM {})",
    exp.Minute: "EXTRACT(MINUTE FROM {})",
    exp.Second: "EXTRACT(SECOND FROM {})",
    exp.Time: "CAST({} AS TIME)",
    exp.Quarter: "EXTRACT(QUARTER FROM {})",
    exp.Week: "EXTRACT(WEEK FROM {})",
    exp.WeekOfYear: "EXTRACT(WEEK FROM {})",
    exp.DayOfYear: "EXTRACT(DOY FROM {})",
    exp.DayOfWeek: "EXTRACT(DOW FROM {}) + 1",
    exp.Dayname: "TO_CHAR({}, 'FMDay')",
    exp.Monthname: "TO_CHAR({}, 'FMMonth')",
}
"""Parts of a date that PostgreSQL has no function for."""

_FORMATS = {"%i": "%M", "%s": "%S", "%M": "%B", "%W": "%A", "%e": "%-d", "%c": "%-m"}
"""What DATE_FORMAT of MariaDB calls what strftime calls otherwise."""

_PADDED = re.compile(r"(?<!FM)(?<!TM)(Day|Month)(?!\w*\()", re.IGNORECASE)
_NAMES = re.compile(r"(?:FM|TM)?(Day|Month|Mon|Dy)\b")
"""Names in a format of TO_CHAR."""
_TO_CHAR = re.compile(r"[YMDHQW]", re.IGNORECASE)
_NUMBERS = ("%Y", "%m", "%d", "%H", "%M", "%S", "%w", "%j", "%W")
"""Formats of one number."""
_COMPARED = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Between)
_SECONDS = {"SECOND": 1, "MINUTE": 60, "HOUR": 3600}


def mend_functions(tree: exp.Expr, scopes: Scopes) -> None:
    """Mend ``tree``, a query in the dialect of its schema, in place.

    >>> from sqloop.database.schema import Schema
    >>> tree = sqlglot.parse_one("SELECT DATE_FORMAT(at, '%Y-%m'), QUARTER(at), CURDATE() FROM t", "postgres")
    >>> mend_functions(tree, Scopes(tree, Schema("postgres", ())))
    >>> tree.sql("postgres")
    "SELECT TO_CHAR(at, 'YYYY-MM'), EXTRACT(QUARTER FROM at), CURRENT_DATE FROM t"
    """
    dialect = scopes.schema.dialect
    for call in list(tree.find_all(exp.Anonymous)):
        _write_call(call, dialect)
    for text in list(tree.find_all(exp.ToChar, exp.TimeToStr)):
        form = text.args.get("format")
        if isinstance(form, exp.Literal):
            _write_format(text, form, dialect)
    for difference in list(tree.find_all(exp.DateDiff, exp.TimestampDiff)):
        _write_difference(difference, scopes)
    if dialect == "postgres":
        _write_parts(tree)
    if dialect in ("postgres", "duckdb"):
        _count_days(tree, scopes)
    if dialect == "sqlite":
        for compared in tree.find_all(*_COMPARED):
            _compare_numbers(compared)


def _write_parts(tree: exp.Expr) -> None:
    for kind, form in _CALLED_PARTS.items():
        for part in list(tree.find_all(kind)):
            part.replace(_fill(form, "postgres", part.this))


def _write_format(text: exp.Expr, form: exp.Literal, dialect: Dialect) -> None:
    """``TO_CHAR`` where it is another function; PostgreSQL pads names of days and months unless told not to.

    >>> text = sqlglot.parse_one("SELECT TO_CHAR(at, 'Day')", read="postgres")
    >>> each = text.expressions[0]
    >>> _write_format(each, each.args["format"], "postgres")
    >>> text.sql("postgres")
    "SELECT TO_CHAR(at, 'FMDay')"
    """
    told = type(text)(this=exp.column("x"), format=form.copy()).sql("postgres")
    if dialect == "postgres":
        plain = _PADDED.sub(r"FM\1", told)
        if plain != told:
            said = exp.Literal.string(plain.removeprefix("TO_CHAR(x, '").removesuffix("')"))
            text.replace(exp.ToChar(this=text.this, format=said))
    elif isinstance(text, exp.ToChar) and dialect in ("duckdb", "mysql") and _TO_CHAR.search(form.name):
        shown = sqlglot.parse_one(_NAMES.sub(r"TM\1", told), read="postgres")
        shown.set("this", text.this)
        text.replace(shown)


def _write_call(call: exp.Anonymous, dialect: Dialect) -> None:
    name, arguments = call.name.upper(), call.expressions
    if name in _NOW and not arguments and name not in _OWN_NOW[dialect]:
        call.replace(_NOW[name]())
    elif name == "DATE_SUB" and dialect == "duckdb" and isinstance(arguments[-1], exp.Interval):
        call.replace(exp.Paren(this=exp.Sub(this=arguments[0], expression=arguments[1])))
    elif name == "DATE_FORMAT" and len(arguments) == 2 and dialect in ("postgres", "duckdb"):
        when, how = arguments
        if isinstance(how, exp.Literal):
            form = re.sub(r"%.", lambda found: _FORMATS.get(found[0], found[0]), how.name)
            how = exp.Literal.string(form)
        if dialect == "duckdb":
            call.replace(exp.Anonymous(this="STRFTIME", expressions=[when, how]))
        else:
            call.replace(exp.TimeToStr(this=when, format=how))


def _compare_numbers(compared: exp.Expr) -> None:
    """A part of a date as a number where it is held against one: SQLite takes any text for greater.

    >>> tree = sqlglot.parse_one("SELECT STRFTIME('%Y', d) > 2020", read="sqlite")
    >>> _compare_numbers(tree.expressions[0])
    >>> tree.sql("sqlite")
    "SELECT CAST(STRFTIME('%Y', d) AS INTEGER) > 2020"
    """
    part, *others = compared.iter_expressions()
    shown = part.text("format") if isinstance(part, exp.TimeToStr) else ""
    if shown in _NUMBERS and any(isinstance(each, exp.Add | exp.Sub) or each.is_number for each in others):
        part.replace(exp.cast(part.copy(), "INTEGER"))


def _write_difference(difference: exp.Expr, scopes: Scopes) -> None:
    """The time between two dates, in the unit that is asked for, as PostgreSQL and DuckDB can say it."""
    dialect = scopes.schema.dialect
    later, earlier, unit = difference.this, difference.expression, difference.text("unit").upper() or "DAY"
    if dialect == "duckdb":
        if isinstance(difference, exp.TimestampDiff):
            full = exp.Anonymous(
                this="DATE_SUB", expressions=[exp.Literal.string(unit.lower()), earlier.copy(), later.copy()]
            )
            difference.replace(full)
        return
    if dialect != "postgres":
        return
    crossed = isinstance(difference, exp.DateDiff)
    forms = {
        "DAY": "{} - {}",
        "YEAR": "EXTRACT(YEAR FROM {}) - EXTRACT(YEAR FROM {})"
        if crossed
        else "EXTRACT(YEAR FROM AGE({}, {}))",
        "MONTH": "EXTRACT(YEAR FROM AGE({0}, {1})) * 12 + EXTRACT(MONTH FROM AGE({0}, {1}))",
        **{name: f"FLOOR(EXTRACT(EPOCH FROM ({{}} - {{}})) / {size})" for name, size in _SECONDS.items()},
    }
    if unit not in forms:
        return
    sides = [_as_day(each, scopes) if unit == "DAY" else each for each in (later, earlier)]
    if unit in _SECONDS:
        sides = [each if is_timed(each, scopes) else exp.cast(each.copy(), "TIMESTAMP") for each in sides]
    new = _fill(forms[unit], dialect, *sides)
    inner = isinstance(new, exp.Binary) and isinstance(difference.parent, exp.Binary | exp.Cast)
    difference.replace(exp.paren(new) if inner else new)


def _as_day(moment: exp.Expr, scopes: Scopes) -> exp.Expr:
    whole = is_timed(moment, scopes) is False or isinstance(moment, exp.CurrentDate)
    return moment if whole else exp.cast(moment.copy(), "DATE")


def _count_days(tree: exp.Expr, scopes: Scopes) -> None:
    """Days between two days are a number, no interval: it is compared with a number, and has no parts."""
    for span in list(tree.find_all(exp.Sub)):
        if any(
            is_timed(each, scopes) is not False and not isinstance(each, exp.CurrentDate)
            for each in (span.this, span.expression)
        ):
            continue
        outer: exp.Expr = span
        while isinstance(outer.parent, exp.Paren):
            outer = outer.parent
        around = outer.parent
        if isinstance(around, exp.Extract) and around.name.upper() == "DAY":
            around.replace(exp.paren(span.copy()) if isinstance(around.parent, exp.Binary) else span.copy())
        elif isinstance(around, exp.GT | exp.GTE | exp.LT | exp.LTE | exp.EQ) and around.this is outer:
            length = around.expression
            number = length.this if isinstance(length, exp.Interval) else None
            if (
                number is not None
                and length.text("unit").upper() in ("DAY", "DAYS")
                and number.name.isdigit()
            ):
                length.replace(exp.Literal.number(number.name))


def _fill(form: str, dialect: Dialect, *parts: exp.Expr) -> exp.Expr:
    return sqlglot.parse_one(form.format(*(each.sql(dialect) for each in parts)), read=dialect)
