"""Headings that read well, of what databases call columns: ``average price`` of ``AVG(products.price)``.

For people, on a terminal and in a Markdown or Excel file; programs get the names as the database gave them,
made distinct where a file needs that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

_NAME = r"[\"`\[]?(\w+)[\"`\]]?"
_QUALIFIED = re.compile(rf"(?:{_NAME}\.)*{_NAME}")
_CALL = re.compile(r"\"?(\w+)\"?\s*\((.*)\)", re.DOTALL)
_ROUNDED = re.compile(r"(.*),\s*\d+", re.DOTALL)
_CAST = re.compile(r"(.*)\s+as\s+\w+", re.DOTALL | re.IGNORECASE)
_PERIOD = re.compile(r"'(%[^']*)'\s*,.*", re.DOTALL)

_AGGREGATES = {"avg": "average", "sum": "total", "min": "minimum", "max": "maximum", "count": "count of"}
_PARTS = ("year", "quarter", "month", "week", "day", "hour")
_PERIODS = {"%Y": "year", "%Y-%m": "month", "%Y-%m-%d": "day", "%m": "month", "%H": "hour"}


def write_headings(columns: Sequence[str]) -> tuple[str, ...]:
    """A heading for each column; as the database has them where two would be the same.

    >>> write_headings(["first_name", "COUNT(*)", "AVG(products.price)"])
    ('first name', 'count', 'average price')
    >>> write_headings(["MAX(a.price)", "MAX(b.price)"])
    ('MAX(a.price)', 'MAX(b.price)')
    """
    headings = [write_heading(column) for column in columns]
    return tuple(
        heading if headings.count(heading) == 1 else column
        for heading, column in zip(headings, columns, strict=True)
    )


def write_heading(column: str) -> str:
    """One heading; what there are no words for stays as it is.

    >>> write_heading("ROUND(SUM(o.total_price), 2)"), write_heading("COUNT(DISTINCT o.customer_id)")
    ('total price', 'different customer id')
    >>> write_heading("strftime('%Y-%m', ordered_on)"), write_heading("SUM(i.quantity * i.unit_price)")
    ('month', 'total quantity * unit price')
    >>> write_heading("CAST(STRFTIME('%Y', paid_on) AS INTEGER)"), write_heading('"year"("day")')
    ('year', 'year')
    >>> write_heading("100.0 * SUM(CASE WHEN is_warranty = 1 THEN 1 ELSE 0 END) / COUNT(*)")
    'percent where is warranty = 1'
    >>> write_heading("100.0 * COUNT(*) / (SELECT COUNT(*) FROM orders)")
    'percent'
    >>> write_heading("ROUND(100 * SUM(o.price) / SUM(SUM(o.price)) OVER (), 1)")
    'percent of total price'
    >>> write_heading("AVG(JULIANDAY(r.picked_up_at) - JULIANDAY(r.dropped_off_at))")
    'average days from dropped off at to picked up at'
    """
    text = column.strip()
    if name := _QUALIFIED.fullmatch(text):
        return name[name.lastindex or 0].replace("_", " ")
    call = _CALL.fullmatch(text)
    return (call and _read_call(call[1].lower(), call[2].strip())) or _read_expression(text) or text


def _read_call(function: str, inside: str) -> str:
    """Empty where it is not one of those that are known."""
    if function == "round":
        rounded = _ROUNDED.fullmatch(inside)
        return write_heading(rounded[1] if rounded else inside)
    if function == "cast" and (cast := _CAST.fullmatch(inside)):
        return write_heading(cast[1])
    if function == "strftime" and (period := _PERIOD.fullmatch(inside)):
        return _PERIODS.get(period[1], "")
    if function in _PARTS and _QUALIFIED.fullmatch(inside):
        return function
    if function == "count" and inside in ("*", "1"):
        return "count"
    first, _, rest = inside.partition(" ")
    distinct = first.lower() == "distinct"
    name = _QUALIFIED.fullmatch(rest.strip() if distinct else inside)
    if name is None or function not in _AGGREGATES:
        return ""
    word = "different" if distinct and function == "count" else _AGGREGATES[function]
    counted = name[name.lastindex or 0].replace("_", " ")
    if function == "count" and not distinct and counted.lower().endswith("id"):
        return "count"  # of keys: of rows
    return counted if counted.lower().startswith(word) else f"{word} {counted}"


def _read_expression(text: str) -> str:
    """Empty where it is no expression, or there are no words for it."""
    try:
        node = parse_one(text)
    except SqlglotError:
        return ""
    return _say(node) if isinstance(node, exp.Expr) else ""


_SIGNS: dict[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/"}


def _say(node: exp.Expr) -> str:
    if isinstance(node, exp.Column):
        return node.name.replace("_", " ")
    if isinstance(node, exp.Literal):
        return "" if node.is_string else node.name
    if isinstance(node, exp.Paren):
        return f"({said})" if (said := _say(node.this)) else ""
    if isinstance(node, exp.Round | exp.Cast | exp.Nullif | exp.Coalesce):
        return _say(node.this)
    if isinstance(node, exp.AggFunc):
        return _say_aggregate(node)
    if type(node) not in _SIGNS:
        return ""
    left, right = node.args["this"], node.args["expression"]
    if isinstance(node, exp.Sub) and (last := _find_day(left)) and (first := _find_day(right)):
        return f"days from {first} to {last}"
    if isinstance(node, exp.Div) and (share := _say_share(left, right)):
        return share
    sides = [_say(left), _say(right)]
    return f" {_SIGNS[type(node)]} ".join(sides) if all(sides) else ""


def _say_aggregate(node: exp.AggFunc) -> str:
    if condition := _find_condition(node):
        return f"{'share' if isinstance(node, exp.Avg) else 'count'} where {condition}"
    if isinstance(node, exp.Count):
        return _read_call("count", _plain_sql(node.this)) if node.this else ""
    said, word = _say(node.this) if node.this else "", _AGGREGATES.get(node.key, "")
    return f"{word} {said}" if said and word else ""


def _say_share(left: exp.Expr, right: exp.Expr) -> str:
    """A part of all rows, or of a sum, in percent; else empty."""
    product = left.unnest()
    factors = [each.unnest() for each in (product.flatten() if isinstance(product, exp.Mul) else ())]
    counted = [each for each in factors if isinstance(each, exp.AggFunc)]
    hundred = [each for each in factors if _number(each) == 100]
    if len(factors) != 2 or not counted or not hundred or not right.find(exp.AggFunc):
        return ""
    if isinstance(right.unnest(), exp.Query | exp.Window):
        said = _say(counted[0])
        return "percent" if said == "count" else f"percent of {said}" if said else ""
    condition = "" if isinstance(counted[0], exp.Avg) else _find_condition(counted[0])
    return f"percent where {condition}" if condition and right.find(exp.Count) else ""


def _find_condition(node: exp.AggFunc) -> str:
    """The condition of the rows that are counted, or averaged as 1 and 0; empty where there is none."""
    case = node.this
    if isinstance(node, exp.Sum | exp.Avg) and isinstance(case, exp.Predicate):
        return _plain_sql(case)
    if not isinstance(node, exp.Sum | exp.Count | exp.Avg) or not isinstance(case, exp.Case):
        return ""
    if case.this or len(case.args["ifs"]) != 1:
        return ""
    (branch,), default = case.args["ifs"], case.args.get("default")
    value = branch.args["true"]
    if _number(value) is None or not (isinstance(node, exp.Count) or _number(value) == 1):
        return ""
    no_more = default is None or isinstance(default, exp.Null)
    nothing = default is not None and default.name == "0" and not isinstance(node, exp.Count)
    counts = nothing or (no_more and not isinstance(node, exp.Avg))
    return _plain_sql(branch.this) if counts else ""


def _number(node: exp.Expr) -> float | None:
    return float(node.name) if isinstance(node, exp.Literal) and not node.is_string else None


def _find_day(node: exp.Expr) -> str:
    """The column of a Julian day; empty of anything else."""
    column = node.expressions[0] if isinstance(node, exp.Anonymous) and node.expressions else None
    if not isinstance(column, exp.Column) or node.name.lower() != "julianday":
        return ""
    return column.name.replace("_", " ")


def _plain_sql(node: exp.Expr) -> str:
    """SQL without the names of tables, its columns as words."""
    return node.transform(
        lambda each: (
            exp.to_identifier(each.name.replace("_", " "), quoted=False)
            if isinstance(each, exp.Column)
            else each
        )
    ).sql()
