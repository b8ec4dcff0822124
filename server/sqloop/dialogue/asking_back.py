"""The one decision by which likely answers differ, as a question to whoever asked.

Asked only where another answer is nearly as likely as the first, both ran, and their queries differ in one
thing that can be said in words: a column, a value, an aggregate, a condition, a join, duplicates. Where they
differ in more, no question would be fair. Further answers that differ from the first in the same thing are
offered with it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqloop import english
from sqloop.database.answers import answer_key
from sqloop.database.schema import Schema
from sqloop.dialogue.choice_words import Words, say_difference
from sqloop.dialogue.differences import Difference, Query, find_differences
from sqloop.dialogue.joined_tables import find_owners
from sqloop.ranking import Candidate, is_empty, is_nothing

NEARLY = 0.35
"""Of the probability of the first answer: another that has less is not asked about."""

MOST = 4
"""Options of one question."""

_WORD = re.compile(r"[^\W_]+")
_FORMAT = re.compile(r"(?:%\w\W?)+")


@dataclass(frozen=True)
class Choice:
    """``options`` are in words, each with the number of the candidate that it stands for; the first is 0."""

    question: str
    options: tuple[tuple[str, int], ...]


def find_choice(candidates: Sequence[Candidate], schema: Schema, question: str) -> Choice | None:
    """What to ask before the first candidate is taken; None where there is nothing to be asked.

    Nor is anything asked that ``question`` says: "customers in Paris" are not all customers.
    """
    told: Words | None = None
    options: dict[str, int] = {}
    for number in _find_rivals(candidates):
        try:
            first, other = (Query.read(candidates[each].sql, schema) for each in (0, number))
        except SqlglotError:
            return None
        differences = find_differences(first, other)
        if _names_nothing(differences, candidates[0], candidates[number]):
            continue
        words = _tell_apart(first, other, differences, question)
        if told is None and words is None:
            return None
        told = told or words
        if words is not None and told is not None and words[:2] == told[:2]:
            options = options or {words[1]: 0}
            options.setdefault(words[2], number)
    return Choice(told[0], tuple(options.items())[:MOST]) if told else None


def _find_rivals(candidates: Sequence[Candidate]) -> Iterator[int]:
    """The numbers of candidates nearly as likely as the first, one for each other answer, in their order.

    One without rows is none where the first has some.
    """
    able = [number for number, each in enumerate(candidates) if each.ran and not each.rejected]
    if not able or able[0] != 0:
        return
    first = candidates[0]
    known = {answer_key(first.outcome)}
    for number in able[1:]:
        other = candidates[number]
        if (key := answer_key(other.outcome)) in known:
            continue
        known.add(key)
        if is_empty(other.outcome) and not is_empty(first.outcome):
            continue
        if first.score == other.score == 0.0:  # The model tells no probabilities.
            likely = other.votes >= NEARLY * first.votes
        else:
            likely = math.exp(min(0.0, other.score - first.score)) >= NEARLY
        if likely:
            yield number


def _names_nothing(differences: Sequence[Difference], first: Candidate, other: Candidate) -> bool:
    """Whether the other counts none for a value of its own, which most often is not stored."""
    if not is_nothing(other.outcome) or is_nothing(first.outcome):
        return False
    return any(_read_values(each.other) - _read_values(each.one) for each in differences)


def _tell_apart(first: Query, other: Query, differences: Sequence[Difference], question: str) -> Words | None:
    """The question and both answers for two queries that differ in one thing which was not said."""
    if (owners := find_owners(first, other)) is not None:
        return owners
    if len(differences) != 1:
        return None
    values, others = (_read_values(each) for each in (differences[0].one, differences[0].other))
    if _is_said(values - others, question) and not _is_said(others - values, question):
        return None
    return say_difference(differences[0], first)


def _is_said(values: set[str], question: str) -> bool:
    """Whether there are values, and all of them stand in the question."""
    words = _read_words(question)
    return bool(values) and all(_holds(words, _read_words(each)) for each in values)


def _read_values(node: exp.Expr | None) -> set[str]:
    """The values that a part of a query names, without formats: "%Y-%m" is none."""
    values = (str(each.this) for each in node.find_all(exp.Literal)) if node is not None else ()
    return {each for each in values if not _FORMAT.fullmatch(each)}


def _read_words(text: str) -> list[str]:
    """The words of a text, small; "five" is 5."""
    return [str(english.NUMBERS.get(each, each)) for each in _WORD.findall(text.casefold())]


def _holds(words: list[str], some: list[str]) -> bool:
    return any(words[start : start + len(some)] == some for start in range(len(words)))
