"""The other side of a condition: "and the other counties?", "now those with a reserve".

A small model at times answers these with the query before once more. Which condition is meant is then found
on its syntax tree: the one whose column or table is named, or the only one there is.
"""

from __future__ import annotations

import re

from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqloop import english
from sqloop.database.checking.parsing import parse_statement, write_statement
from sqloop.database.schema import Dialect
from sqloop.database.words import fold, name_stems, split_text
from sqloop.generation.mending.scopes import conjuncts

_OTHER = re.compile(
    r"\b(?:other|remaining)\s+(?!ones?\b|side\b|way\b|half\b)\w|\bothers\b|\bother\s+(?:ones?|side|half|way)\b"
    r"|\bthe\s+(?:rest(?!\s+of\b(?!\s+(?:them|those|these)\b))|remaining\s+ones|opposite|reverse)\b"
)
_OF_A_NOUN = re.compile(r"\b(?:other|remaining)\s+(?!ones?\b|side\b|way\b|half\b)\w")
_THOSE = re.compile(
    r"\b(?:those|the ones?|ones)\s+(?:with|without|that|who|which|\w+n['’]t)\b", re.IGNORECASE
)
_DENIED = re.compile(r"\b(?:no|not|never|without)\b|n['’]t\b", re.IGNORECASE)
_MORE = re.compile(
    r"\b(?:as well|too|also|both|plus|add|keep|leave|drop|just|only|more|less|fewer|most|least|order|sort"
    r"|\d+)\b",
    re.IGNORECASE,
)
"""What asks for another thing than the other side alone."""
_SMALL = english.QUESTION | english.PLAIN | english.OPENERS | english.ARTICLES
_SMALL |= frozenset(
    "others ones rest opposite reverse way round side half instead now so ok don doesn didn t".split()
)
_YES, _NO = (frozenset(each.split()) for each in ("1 y yes t true", "0 n no f false"))


def turn_condition(said: str, before: str, dialect: Dialect) -> str | None:
    """The query ``before`` with the one condition turned that ``said`` means; None where that is not certain.

    >>> before = "SELECT name FROM site WHERE county IN ('Kent', 'Essex') AND status = 'open'"
    >>> turn_condition("and in the other counties?", before, "sqlite")
    "SELECT name FROM site WHERE NOT county IN ('Kent', 'Essex') AND status = 'open'"
    >>> turn_condition("now those with a reserve", "SELECT id FROM lot WHERE reserve IS NULL", "sqlite")
    'SELECT id FROM lot WHERE NOT reserve IS NULL'
    >>> turn_condition("and the others?", before, "sqlite")
    """
    if _MORE.search(said) or not (_OTHER.search(said) or _THOSE.search(said)):
        return None
    try:
        tree = parse_statement(before, dialect).copy()
        condition = _find(said, tree) if isinstance(tree, exp.Select) else None
        if condition is None:
            return None
        condition.replace(_turn(condition))
        return write_statement(tree, dialect)
    except SqlglotError:
        return None


def _find(said: str, tree: exp.Select) -> exp.Expr | None:
    """The condition whose other side is meant, if no word says more than that."""
    where = tree.args.get("where")
    if where is None or any(tree.args.get(part) for part in ("limit", "fetch", "having")):
        return None  # Others may be those behind the first so many, or the groups that were left out.
    if tree.args.get("order") and re.search(r"\b(?:reverse|way)\b", said):
        return None
    every = conjuncts(where)
    found = [each for each in every if _has_another_side(each, tree)]
    told = {
        word.stem for word in split_text(said) if word.text[0].isalnum() and fold(word.text) not in _SMALL
    }
    named = [each for each in found if told & _names(each)]
    if len(named) == 1 and told <= _names(named[0]):
        return named[0] if not _THOSE.search(said) or _is_against(said, named[0]) else None
    if told or len(every) != 1 or found != every or _OF_A_NOUN.search(said):
        return None
    return found[0] if not _THOSE.search(said) or _is_against(said, found[0]) else None


def _is_against(said: str, condition: exp.Expr) -> bool:
    """Whether it says "without" of what rows have, or "with" of what they lack."""
    return _side(condition) == (1 if _DENIED.search(said) else -1)


def _has_another_side(node: exp.Expr, tree: exp.Select) -> bool:
    """Whether its opposite holds for the other rows, once for each."""
    bare, joins = _without_not(node), tree.args.get("joins") or []
    if joins and any(each.find(exp.Distinct) for each in tree.expressions):
        return False  # A customer with a late order may have another one that is not.
    if isinstance(bare, exp.Is):
        return not any(join.side for join in joins)
    if isinstance(bare, exp.In):
        return not bare.args.get("query")  # NOT IN finds nothing where the query gives a NULL.
    if isinstance(bare, exp.EQ | exp.NEQ):
        return isinstance(bare.this, exp.Column) and isinstance(bare.expression, exp.Literal | exp.Boolean)
    return isinstance(bare, exp.Exists | exp.Column)


def _side(condition: exp.Expr) -> int:
    """1 for rows that have or are something, -1 for the others, 0 where there is no such side."""
    if isinstance(condition, exp.Not):
        return -_side(_without_not(condition))
    if isinstance(condition, exp.NEQ):
        return -_side(exp.EQ(this=condition.this.copy(), expression=condition.expression.copy()))
    if isinstance(condition, exp.Is):
        return -1
    if isinstance(condition, exp.EQ):
        value = condition.expression.sql().strip("'").lower()
        return 1 if value in _YES else -1 if value in _NO else 0
    return 1 if isinstance(condition, exp.Exists | exp.Column) else 0


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
