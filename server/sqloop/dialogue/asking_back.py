"""The one decision by which two likely answers differ, as a question to whoever asked.

Asked only where the second answer is nearly as likely as the first, both ran, and their queries differ in one
thing that can be said in words: a column, a value, an aggregate, a condition, a join, duplicates. Where they
differ in more, no question would be fair.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqloop.database.answers import answer_key
from sqloop.database.checking.parsing import parse_statement
from sqloop.database.schema import Dialect
from sqloop.database.words import identifier_words
from sqloop.explanation.clauses import say_node
from sqloop.ranking import Candidate

NEARLY = 0.35
"""Of the probability of the first answer: a second that has less is not asked about."""

LONGEST = 80
"""Characters of an option."""

_WORD = re.compile(r"[^\W_]+")

Difference = tuple[exp.Expr | None, exp.Expr | None]


@dataclass(frozen=True)
class Choice:
    """``options`` are in words, each with the number of the candidate that it stands for."""

    question: str
    options: tuple[tuple[str, int], tuple[str, int]]


def find_choice(candidates: Sequence[Candidate], dialect: Dialect, question: str) -> Choice | None:
    """What to ask before the first candidate is taken; None where there is nothing to be asked.

    Nor is anything asked that ``question`` says: "customers in Paris" are not all customers.
    """
    second = _find_second(candidates)
    if second is None:
        return None
    try:
        trees = [parse_statement(candidates[number].sql, dialect) for number in (0, second)]
    except SqlglotError:
        return None
    for tree in trees:
        tree.meta["dialect"] = dialect
    found = {(_sql(one), _sql(other)): (one, other) for one, other in _compare(*map(_bare, trees))}
    if (owners := _find_owners(list(found.values()))) is not None:
        return Choice(owners[0], ((owners[1], 0), (owners[2], second)))
    if len(found) != 1:
        return None
    one, other = next(iter(found.values()))
    if _is_said(one, question) and not _is_said(other, question):
        return None
    words = _say(one, other)
    return Choice(words[0], ((words[1], 0), (words[2], second))) if words else None


def _is_said(node: exp.Expr | None, question: str) -> bool:
    """Whether a part of a query has values, and all of them stand in the question."""
    values = [each.this for each in node.find_all(exp.Literal)] if node is not None else []
    words = _WORD.findall(question.casefold())
    return bool(values) and all(_holds(words, _WORD.findall(str(each).casefold())) for each in values)


def _holds(words: list[str], some: list[str]) -> bool:
    return any(words[start : start + len(some)] == some for start in range(len(words)))


def _find_second(candidates: Sequence[Candidate]) -> int | None:
    """The number of the likeliest candidate with another answer, if it is nearly as likely as the first."""
    able = [number for number, each in enumerate(candidates) if each.ran and not each.rejected]
    if not able or able[0] != 0:
        return None
    first = candidates[0]
    key = answer_key(first.outcome)
    for number in able[1:]:
        other = candidates[number]
        if answer_key(other.outcome) == key:
            continue
        if first.score == other.score == 0.0:  # The model tells no probabilities.
            return number if other.votes >= NEARLY * first.votes else None
        return number if math.exp(min(0.0, other.score - first.score)) >= NEARLY else None
    return None


def _find_owners(differences: Sequence[Difference]) -> tuple[str, str, str] | None:
    """The question and both answers where one column is taken from another table, which is joined for it."""
    tables = [pair for pair in differences if all(isinstance(each, exp.Table) for each in pair)]
    taken = [pair for pair in differences if not all(each and each.find_ancestor(exp.Join) for each in pair)]
    if len(tables) != 1 or len(taken) != 1 or not all(isinstance(each, exp.Column) for each in taken[0]):
        return None
    columns: Any = taken[0]
    read: Any = tables[0]
    if [each.table for each in columns] != [each.alias_or_name for each in read] or len(
        {each.name.lower() for each in columns}
    ) > 1:
        return None
    asked, *owners = (" ".join(identifier_words(each.name)) for each in (columns[0], *read))
    return f"Whose {asked} is meant?", f"that of {owners[0]}", f"that of {owners[1]}"


def _bare(tree: exp.Expr) -> exp.Expr:
    """Without the names of columns of the result, which decide nothing."""

    def strip(node: exp.Expr) -> exp.Expr:
        return node.this if isinstance(node, exp.Alias) and isinstance(node.parent, exp.Select) else node

    bare = tree.copy().transform(strip)
    bare.meta["dialect"] = tree.meta["dialect"]
    return bare


def _compare(one: exp.Expr, other: exp.Expr) -> Iterator[Difference]:
    """The least parts in which two trees differ."""
    if one == other:
        return
    if isinstance(one, exp.And) or isinstance(other, exp.And):
        yield from _compare_parts(list(_conjuncts(one)), list(_conjuncts(other)))
        return
    if type(one) is not type(other) or isinstance(one, exp.Column | exp.Literal | exp.Table):
        yield one, other
        return
    differences: list[Difference] = []
    for name in dict.fromkeys([*one.args, *other.args]):
        mine, theirs = one.args.get(name) or None, other.args.get(name) or None
        if mine == theirs:
            continue
        if isinstance(mine, list) and isinstance(theirs, list):
            differences += _compare_parts(mine, theirs)
        elif isinstance(mine, exp.Where) or isinstance(theirs, exp.Where):
            parts = [list(_conjuncts(each.this)) if each else [] for each in (mine, theirs)]
            differences += _compare_parts(*parts)
        elif isinstance(mine, exp.Expr) and isinstance(theirs, exp.Expr):
            differences += _compare(mine, theirs)
        else:
            yield one, other
            return
    yield from differences


def _compare_parts(mine: list[exp.Expr], theirs: list[exp.Expr]) -> Iterator[Difference]:
    """Parts that only one side has, in pairs where both have as many."""
    left = [each for each in mine if each not in theirs]
    right = [each for each in theirs if each not in mine]
    if len(left) == len(right):
        for one, other in zip(left, right, strict=True):
            yield from _compare(one, other)
    elif not left or not right:
        for each in left:
            yield each, None
        for each in right:
            yield None, each
    else:
        yield mine[0].parent, theirs[0].parent
        yield None, None  # More than one decision.


def _conjuncts(node: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(node, exp.And):
        yield from _conjuncts(node.left)
        yield from _conjuncts(node.right)
    else:
        yield node


def _say(one: exp.Expr | None, other: exp.Expr | None) -> tuple[str, str, str] | None:
    """The question and both answers in words; None for what cannot be said shortly."""
    if one is None or other is None:
        node = one or other
        if not isinstance(node, exp.Predicate | exp.Not | exp.In | exp.Between | exp.Is):
            return None
        only, every = f"only those where {say_node(node)}", "all of them"
        return ("All, or only some?", only, every) if other is None else ("All, or only some?", every, only)
    if any(isinstance(each, exp.Distinct) for each in (one, other)) or isinstance(one, exp.Select):
        return _say_repeated(one, other)
    if isinstance(one, exp.Join) and isinstance(other, exp.Join):
        outer = [each.side.upper() == "LEFT" for each in (one, other)]
        name = one.this.name
        words = [f"also those without any {name}" if each else f"only those with {name}" for each in outer]
        return None if outer[0] == outer[1] else ("All, or only some?", words[0], words[1])
    if isinstance(one, exp.Ordered) and isinstance(other, exp.Ordered):
        falls = [bool(each.args.get("desc")) for each in (one, other)]
        words = [f"the {'greatest' if each else 'least'} {say_node(one.this)} first" for each in falls]
        same = one.this != other.this or falls[0] == falls[1]
        return None if same else ("In which order?", words[0], words[1])
    if any(isinstance(each, exp.Query | exp.Table | exp.Star) for each in (one, other)):
        return None
    if isinstance(one, exp.AggFunc) != isinstance(other, exp.AggFunc):  # A number or a list: that is said.
        return None
    said = say_node(one), say_node(other)
    return None if said[0] == said[1] or max(map(len, said)) > LONGEST else ("Which is meant?", *said)


def _say_repeated(one: exp.Expr, other: exp.Expr) -> tuple[str, str, str] | None:
    once = [isinstance(each, exp.Distinct) or bool(each.args.get("distinct")) for each in (one, other)]
    words = ["each only once" if each else "as often as it occurs" for each in once]
    return None if once[0] == once[1] else ("How often does one count?", words[0], words[1])


def _sql(node: exp.Expr | None) -> str:
    return node.sql() if node is not None else ""
