"""Days between two dates: SQLite and MariaDB subtract dates as if they were numbers.

`delivered_on - ordered_on` gives the difference of the years in SQLite, and that of figures such as 20240501
in MariaDB. Works on the syntax tree, in place.
"""

from __future__ import annotations

from sqlglot import exp

from sqloop.database.knowledge.samples import epoch_scale
from sqloop.database.schema import Dialect
from sqloop.generation.mending.scopes import Scopes


def mend_spans(tree: exp.Expr, scopes: Scopes, written: Dialect) -> None:
    """Mend ``tree``, a query in the dialect ``written``, in place.

    >>> import sqlglot
    >>> from sqloop.database.schema import Column, Schema, Table
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
        if not all(_is_day(each, scopes) for each in sides):
            continue
        if written == "mysql":
            _call("DATEDIFF", span, *sides)
        else:
            for each in sides:
                _call("JULIANDAY", each, each.this if isinstance(each, exp.Paren) else each)


def _call(name: str, replaced: exp.Expr, *arguments: exp.Expr) -> None:
    """Put a call in the place of an expression; its arguments are moved, since scopes know their queries."""
    call = exp.Anonymous(this=name)
    replaced.replace(call)
    call.set("expressions", list(arguments))


def _is_day(node: exp.Expr, scopes: Scopes) -> bool:
    """Whether it is a date, or a text that shows one, of some column."""
    match node:
        case exp.Paren() | exp.Max() | exp.Min():
            return _is_day(node.this, scopes)
        case exp.Date() | exp.Datetime() | exp.Timestamp() | exp.TsOrDsToDate() | exp.TsOrDsToTimestamp():
            return _is_day(node.this, scopes)
        case exp.Column():
            place = scopes.place(node)
            return place is not None and place.column.kind == "date" and epoch_scale(place.column) is None
        case exp.TimeToStr():
            return node.text("format") in ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%F") and _is_day(
                node.this, scopes
            )
        case exp.Subquery(this=exp.Select(expressions=[shown])):
            return _is_day(shown.unalias(), scopes)
    return False
