"""The other side of a condition: "and the other counties?", "now those with a reserve".

A small model at times answers these with the query before once more. Which condition is meant is then found
on its syntax tree: the one whose column or table is named, or the only one there is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqloop.database.checking.parsing import parse_statement, write_statement
from sqloop.database.schema import Dialect
from sqloop.database.words import name_stems, split_text

_OTHER = re.compile(
    r"\bothers?\b|\bthe rest\b|\bremaining\b|\b(?:opposite|reverse)\b|\bthe other way round\b", re.IGNORECASE
)
_THOSE = re.compile(
    r"\b(?:those|the ones?|ones)\s+(?:with|without|that|who|which|\w+n['’]t)\b", re.IGNORECASE
)
"""Of these only a condition that is named is turned: others are new."""
_MORE = re.compile(
    r"\b(?:as well|too|also|both|plus|add|keep|leave|drop|just|only|more|less|fewer|most|least|order|\d+)\b",
    re.IGNORECASE,
)
"""What asks for another thing than the other side alone."""


_TURNED = (exp.Is, exp.In, exp.Exists, exp.Column)


def turn_condition(said: str, before: str, dialect: Dialect) -> str | None:
    """The query ``before`` with the one condition turned that ``said`` means; None where that is not certain.

    >>> before = "SELECT name FROM site WHERE county IN ('Kent', 'Essex') AND status = 'open'"
    >>> turn_condition("and in the other counties?", before, "sqlite")
    "SELECT name FROM site WHERE NOT county IN ('Kent', 'Essex') AND status = 'open'"
    >>> turn_condition("now those with a reserve", "SELECT id FROM lot WHERE reserve IS NULL", "sqlite")
    'SELECT id FROM lot WHERE NOT reserve IS NULL'
    >>> turn_condition("and the others?", before, "sqlite")
    """
    other = _OTHER.search(said) is not None
    if not (other or _THOSE.search(said)) or _MORE.search(said):
        return None
    try:
        tree = parse_statement(before, dialect).copy()
    except SqlglotError:
        return None
    where = tree.args.get("where") if isinstance(tree, exp.Select) else None
    found = list(_conditions(where.this)) if where is not None else []
    heard = {word.stem for word in split_text(said)}
    named = [each for each in found if heard & _names(each)]
    chosen = named or (found if other else [])
    if len(chosen) != 1:
        return None
    chosen[0].replace(_turn(chosen[0]))
    return write_statement(tree, dialect)


def _conditions(node: exp.Expr) -> Iterator[exp.Expr]:
    """Those that all must hold and that have another side which is asked for."""
    node = node.unnest()
    if isinstance(node, exp.And):
        yield from _conditions(node.left)
        yield from _conditions(node.right)
    elif isinstance(_without_not(node), _TURNED) or (
        isinstance(node, exp.EQ | exp.NEQ)
        and isinstance(node.this, exp.Column)
        and isinstance(node.expression, exp.Literal | exp.Boolean)
    ):
        yield node


def _without_not(node: exp.Expr) -> exp.Expr:
    return node.this.unnest() if isinstance(node, exp.Not) else node


def _names(condition: exp.Expr) -> set[str]:
    """Stems of the columns and tables that it reads."""
    named = [each.name for each in condition.find_all(exp.Column, exp.Table)]
    return {stem for name in named for stem in name_stems(name)}


def _turn(condition: exp.Expr) -> exp.Expr:
    if isinstance(condition, exp.Not):
        return _without_not(condition).copy()
    if isinstance(condition, exp.EQ | exp.NEQ):
        other = exp.NEQ if isinstance(condition, exp.EQ) else exp.EQ
        return other(this=condition.this.copy(), expression=condition.expression.copy())
    return exp.Not(this=condition.copy())
