"""Headings that read well, of what databases call columns: ``average price`` of ``AVG(products.price)``.

For people, on a terminal and in a Markdown or Excel file; programs get the names as the database gave them,
made distinct where a file needs that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_NAME = r"[\"`\[]?(\w+)[\"`\]]?"
_QUALIFIED = re.compile(rf"(?:{_NAME}\.)*{_NAME}")
_CALL = re.compile(r"\"?(\w+)\"?\s*\((.*)\)", re.DOTALL)
_ROUNDED = re.compile(r"(.*),\s*\d+", re.DOTALL)
_CAST = re.compile(r"(.*)\s+as\s+\w+", re.DOTALL | re.IGNORECASE)
_PERIOD = re.compile(r"'(%[^']*)'\s*,.*", re.DOTALL)

_FOR_PEOPLE = (".md", ".xlsx")

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


def distinct_names(columns: Sequence[str]) -> tuple[str, ...]:
    """Names that differ: a query may give two columns the same.

    >>> distinct_names(["id", "id"])
    ('id', 'id_2')
    """
    names: list[str] = []
    for name in columns:
        number, chosen = 1, name
        while chosen in names:
            number += 1
            chosen = f"{name}_{number}"
        names.append(chosen)
    return tuple(names)


def name_columns(columns: Sequence[str], suffix: str) -> tuple[str, ...]:
    """What the columns of a file are called: one that people read has headings, as a terminal.

    >>> name_columns(["COUNT(*)"], ".md"), name_columns(["COUNT(*)"], ".csv")
    (('count',), ('COUNT(*)',))
    """
    return distinct_names(write_headings(columns) if suffix in _FOR_PEOPLE else columns)


def write_heading(column: str) -> str:
    """One heading; what is neither a name nor a plain call stays as it is.

    >>> write_heading("ROUND(SUM(o.total_price), 2)"), write_heading("COUNT(DISTINCT o.customer_id)")
    ('total price', 'different customer id')
    >>> write_heading("strftime('%Y-%m', ordered_on)"), write_heading("a.price * 2")
    ('month', 'a.price * 2')
    >>> write_heading("CAST(STRFTIME('%Y', paid_on) AS INTEGER)"), write_heading('"year"("day")')
    ('year', 'year')
    """
    text = column.strip()
    if name := _QUALIFIED.fullmatch(text):
        return name[name.lastindex or 0].replace("_", " ")
    call = _CALL.fullmatch(text)
    return (call and _read_call(call[1].lower(), call[2].strip())) or text


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
