"""How likely the SQL that was accepted for one question answers another one: evidence, weighed.

Questions that differ by one condition share nearly all of their words; the same question in other words may
share hardly any. So the words of both are held against each other, and those of the new question against the
SQL: what its values, numbers, tables and columns are, and whether it counts, averages, groups or denies. Each
piece of evidence is a number; the result is the logistic of their weighted sum. `WEIGHTS` are fitted on
written questions in two wordings (`python tests/benchmarks/near.py --fit`). Pure; nothing is parsed, as many
queries are looked at for each question.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property, lru_cache
from math import exp

from sqloop.database.knowledge.value_index import ValueIndex
from sqloop.database.outcome import Outcome
from sqloop.linking.link import is_sure, link_values
from sqloop.linking.question import LinkedQuestion
from sqloop.linking.wording import Wording
from sqloop.memory.exchange import Template, exchange_one, make_template
from sqloop.memory.intent import read_intent

WEIGHTS: dict[str, float] = {
    "one": 0.09,
    "likeness": 11.19,
    "unfit": -0.28,
    "values left out": -1.08,
    "numbers left out": -0.36,
    "numbers beyond": -1.06,
    "texts beyond": -2.1,
    "asked, not answered": -0.34,
    "answered, not asked": -0.17,
    "asked otherwise": -0.94,
}
"""By the names of `gather`."""

ALIKE = 0.4
"""Likeness from which two questions are in much the same words, so that what differs is meant to."""

OPPOSED = 0.2
"""Likeness from which a word and its opposite ("active", "inactive") are meant of the same thing."""

_NOTHING = Outcome("ok")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_TEXT = re.compile(r"'((?:[^']|'')*)'")

_DENIALS = r"\b(?:not|no|never|none|without|nobody|neither|nor|\w+n't|yet|lack\w*|except)\b"

_SHAPES = tuple(
    (re.compile(said, re.IGNORECASE), re.compile(written, re.IGNORECASE))
    for said, written in (
        (r"\b(?:how many|number of|count|tally)\b", r"\bCOUNT\s*\("),
        (r"\b(?:average|mean|typical(?:ly)?|avg)\b", r"\bAVG\s*\("),
        (r"\b(?:total|sum|altogether|combined|overall|how much)\b", r"\b(?:SUM|TOTAL)\s*\("),
        (r"\b(?:per|each|every|by|broken down|respective(?:ly)?)\b", r"\bGROUP\s+BY\b"),
        (_DENIALS, r"\b(?:NOT|EXCEPT|IS\s+NULL)\b|<>|!="),
        (
            r"\b(?:\w{3,}est|most|least|top|max\w*|min\w*|best|worst|first|last)\b",
            r"\bLIMIT\b|\bM(?:AX|IN)\s*\(",
        ),
        (r"\b(?:percent\w*|share|proportion|fraction|ratio)\b|%", r"/"),
    )
)
"""What a question says, and what a query of it has: a count, an average, a sum, groups, a denial, an end of
an order, a share."""

_ENDS = tuple(
    re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    for words in (
        "most|highest|largest|biggest|latest|newest|longest|heaviest|greatest|best|top|max|maximum|more|over|above|"
        "after|since|exceed\\w*|at least|expensive|dearest|last|recent|descending|within|inside|included?",
        "least|fewest|lowest|smallest|earliest|oldest|shortest|lightest|worst|bottom|min|minimum|less|fewer|under|"
        "below|before|until|at most|cheap|cheapest|first|ascending|outside|excluded?",
    )
)
"""Words for one end of an order and for the other."""


class Asking:
    """A new question, to be held against many known ones."""

    def __init__(self, linked: LinkedQuestion, index: ValueIndex) -> None:
        self._linked = linked
        self._index = index
        question = linked.question
        self._folded = question.casefold()
        self._numbers = set(_NUMBER.findall(question))
        self._values = [
            {str(match.value).casefold() for match in link.matches}
            for link in linked.links
            if is_sure(link, question)
        ]

    @cached_property
    def _wording(self) -> Wording:
        return Wording(self._linked)

    @cached_property
    def _template(self) -> Template:
        return make_template(self._linked.question, self._linked.links)

    def adapt(self, question: str, sql: str) -> str:
        """``sql``, which answers ``question``, with the value of this question where one is another."""
        if not self._template.slots or all(_holds(sql, slot.value) for slot in self._template.slots):
            return sql
        schema = self._linked.schema
        known = make_template(question, link_values(question, schema, self._index))
        return exchange_one(sql, known, self._template, schema.dialect) or sql

    def likely(self, question: str, sql: str, likeness: float) -> float:
        """The probability, 0 to 1, that ``sql``, which answers ``question``, answers this one.

        ``likeness`` is that of their words (`sqloop.memory.index`), ``sql`` as `adapt` gives it.
        """
        if contradicts(self._linked.question, question, likeness):
            return 0.0
        evidence = self.gather(question, sql, likeness)
        return 1 / (1 + exp(-sum(WEIGHTS[name] * amount for name, amount in evidence.items())))

    def gather(self, question: str, sql: str, likeness: float) -> dict[str, float]:
        """The evidence by name."""
        unfit = self._wording.cost(sql, _NOTHING)
        before, sql = question.casefold(), sql.casefold()
        texts = [text for text in _TEXT.findall(sql) if text]
        numbers, known_numbers = set(_NUMBER.findall(sql)), set(_NUMBER.findall(before))
        asked, answered, known = _shapes(self._folded, 0), _shapes(sql, 1), _shapes(before, 0)
        return {
            "one": 1.0,
            "likeness": likeness,
            "unfit": unfit,
            "values left out": float(sum(not any(value in sql for value in each) for each in self._values)),
            "numbers left out": float(len(self._numbers - numbers)),
            "numbers beyond": float(len((known_numbers & numbers) - self._numbers)),
            "texts beyond": float(sum(text in before and text not in self._folded for text in texts)),
            "asked, not answered": float(sum(a and not b for a, b in zip(asked, answered, strict=True))),
            "answered, not asked": float(sum(b and not a for a, b in zip(asked, answered, strict=True))),
            "asked otherwise": float(sum(a != b for a, b in zip(asked, known, strict=True))),
        }


def share_out(likely: Mapping[str, float]) -> dict[str, float]:
    """The probabilities of different SQL, by its text, where one of them at most is right: by their odds.

    >>> share_out({"SELECT 1": 0.5, "SELECT 2": 0.5, "SELECT 3": 0.0})
    {'SELECT 1': 0.3333333333333333, 'SELECT 2': 0.3333333333333333, 'SELECT 3': 0.0}
    """
    odds = {sql: probability / max(1e-9, 1.0 - probability) for sql, probability in likely.items()}
    total = 1.0 + sum(odds.values())
    return {sql: each / total for sql, each in odds.items()}


def _holds(sql: str, value: str) -> bool:
    return value.casefold() in sql.casefold()


@lru_cache(maxsize=4_096)
def _shapes(text: str, side: int) -> list[bool]:
    return [shape[side].search(text) is not None for shape in _SHAPES]


def contradicts(question: str, known: str, likeness: float = 1.0) -> bool:
    """Whether like questions differ in a denial, a number, an opposite or the end of an order.

    Of what is less alike than `ALIKE` only opposites count: the same question in other words may deny one
    thing instead of saying another.

    >>> contradicts("which shops are not open", "which shops are open")
    True
    >>> contradicts("the ten cheapest rooms", "the ten dearest rooms")
    True
    >>> contradicts("the two newest rooms not booked yet", "the latest 2 unbooked rooms")
    False
    """
    new, old = read_intent(question), read_intent(known)
    mine, its = new.denials(old), old.denials(new)
    if len(mine) != len(its):
        opposed = len(mine) > len(new.denied) or len(its) > len(old.denied)
        return likeness >= (OPPOSED if opposed else ALIKE)
    (high, low), (other_high, other_low) = _read_ends(question), _read_ends(known)
    turned = (high - other_high and other_low - low) or (low - other_low and other_high - high)
    return likeness >= ALIKE and (new.digits != old.digits or bool(turned))


@lru_cache(maxsize=4_096)
def _read_ends(question: str) -> list[frozenset[str]]:
    return [frozenset(end.findall(question.casefold())) for end in _ENDS]
