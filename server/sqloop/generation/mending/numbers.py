"""Whole numbers that lose their fractions in a division. Works on the syntax tree, in place.

SQLite and PostgreSQL divide whole numbers without a rest: `milliseconds / 60000 > 5` leaves out all that is
longer than five minutes by less than one, `COUNT(*) / COUNT(DISTINCT x)` is no average, and the share
`sprouted / sown` is 0 in all rows but the best. A division by a number that the query says is left alone, as
it makes units or steps, but where it makes minutes or hours that are compared. "How many (full) boxes" asks
for a whole number of them: what divides one column by another is left alone there.
"""

from __future__ import annotations

import re

from sqlglot import exp

from sqloop.database.schema import Dialect
from sqloop.generation.mending.scopes import Scopes

_CUTTING: frozenset[Dialect] = frozenset({"sqlite", "postgres"})
_MINUTE = 60
"""What makes greater units of time is a multiple of it; 10 and 100 make decades and floors."""

_THINGS = re.compile(
    r"\bhow many (?:(?:full|whole|complete|entire)\b|(?!.*\b(?:per|average|mean)\b))", re.IGNORECASE
)
_COMPARED = (exp.GT, exp.GTE, exp.LT, exp.LTE)


def mend_divisions(tree: exp.Expr, scopes: Scopes, written: Dialect, question: str = "") -> None:
    """Mend ``tree``, a query in the dialect ``written`` that answers the ``question``, in place."""
    if written not in _CUTTING:
        return
    for division in list(tree.find_all(exp.Div)):
        outer = _out_of_brackets(division)
        comparison = outer.parent
        divisor = division.expression
        if isinstance(comparison, _COMPARED) and comparison.this is outer and _whole(divisor):
            _multiply(comparison, division)
        elif _THINGS.search(question) and _is_plain(division.this) and _is_plain(divisor):
            continue
        elif _is_count(division.this, scopes) and _is_count(divisor, scopes):
            division.set("this", exp.Mul(this=exp.Literal.number("1.0"), expression=division.this.copy()))


def _multiply(comparison: exp.Expr, division: exp.Expr) -> None:
    """``x / n > m`` as ``x > m * n``."""
    limit, divisor = comparison.expression, division.expression
    if not isinstance(limit, exp.Literal) or limit.is_string or not _makes_time(divisor):
        return
    if not isinstance(division.this, exp.Column):
        return
    product = float(limit.name) * int(divisor.name)
    number = str(int(product)) if product.is_integer() else repr(product)
    comparison.set("this", division.this.copy())
    comparison.set("expression", exp.Literal.number(number))


def _is_count(node: exp.Expr, scopes: Scopes) -> bool:
    """Whether an expression is a whole number that was counted: a column, a count, a sum of such."""
    node = node.unnest()
    match node:
        case exp.Count():
            return True
        case exp.Column():
            return _is_whole_column(node, scopes)
        case exp.Sum() | exp.Min() | exp.Max():
            return _is_one_or_none(node.this, scopes)
        case exp.Mul():
            sides = [node.this, node.expression]
            return any(_is_count(each, scopes) for each in sides) and all(
                _whole(each) or _is_count(each, scopes) for each in sides
            )
        case exp.Subquery():
            shown = node.this.expressions if isinstance(node.this, exp.Select) else []
            return len(shown) == 1 and _is_count(shown[0].unalias(), scopes)
    return False


def _is_one_or_none(node: exp.Expr, scopes: Scopes) -> bool:
    """Whether what is summed is a condition, or a column of whole numbers."""
    node = node.unnest()
    if isinstance(node, exp.Column):
        return _is_whole_column(node, scopes)
    if isinstance(node, exp.Case | exp.If):
        branches = [each.args["true"] for each in node.args.get("ifs", [])] or [node.args.get("true")]
        last = node.args.get("default") or node.args.get("false")
        return all(each is not None and _whole(each) for each in (*branches, last or exp.Literal.number(0)))
    return isinstance(node, exp.Predicate)


def _makes_time(divisor: exp.Expr) -> bool:
    return int(divisor.name) > 0 and int(divisor.name) % _MINUTE == 0


def _is_plain(node: exp.Expr) -> bool:
    return isinstance(node.unnest(), exp.Column)


def _is_whole_column(column: exp.Column, scopes: Scopes) -> bool:
    place = scopes.place(column)
    return place is not None and "int" in place.column.type.lower()


def _whole(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal) and not node.is_string and node.name.isdigit()


def _out_of_brackets(node: exp.Expr) -> exp.Expr:
    while isinstance(node.parent, exp.Paren):
        node = node.parent
    return node
