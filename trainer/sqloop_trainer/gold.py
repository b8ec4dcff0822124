"""What a right answer is: the rows of gold SQL or of an accepted query, or a text as benchmarks write it.

Rows are compared as everywhere (`sqloop.database.answers`), texts by their parts
(`sqloop_trainer.benchmarks.temptabqa_metrics`). Everything here is a pure function of an outcome.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol

from sqloop.database.answers import INTEGER, row_key, same_answer
from sqloop.database.outcome import Outcome, Value
from sqloop.database.schema import Dialect
from sqloop_trainer.benchmarks.temptabqa_metrics import answer_text, is_exact, overlap, rems, split_parts
from sqloop_trainer.structure import likeness as compare_structure


class Gold(Protocol):
    """A right answer, against which outcomes that are ``ok`` are held."""

    def is_right(self, outcome: Outcome) -> bool:
        """Whether nothing is missing and nothing is there that was not asked for."""

    def recall(self, outcome: Outcome) -> float:
        """REMS: the share of the gold parts that are found, whatever else is there; 0.0 to 1.0."""

    def overlap(self, outcome: Outcome) -> float:
        """F1 over rows, so that rows too many cost as much as rows too few; 0.0 to 1.0."""

    def likeness(self, outcome: Outcome) -> float:
        """How much it looks like the gold answer, whatever it says: size and kinds of values; 0.0 to 1.0."""

    def structure(self, text: str) -> float:
        """How much a query is built like one that is right; 0.0 to 1.0, and 0.0 where none is known."""


@dataclass(frozen=True)
class GoldRows:
    """``outcome`` ran; ``ordered`` says whether the order of its rows is part of the answer.

    ``sql`` is what gave it, in ``dialect``; empty where that is not known.
    """

    outcome: Outcome
    ordered: bool = False
    sql: str = field(default="", compare=False)
    dialect: Dialect = field(default="sqlite", compare=False)

    def __post_init__(self) -> None:
        if self.outcome.status != "ok":
            raise ValueError(f"An outcome that is {self.outcome.status} is no gold answer.")

    def is_right(self, outcome: Outcome) -> bool:
        """See `Gold.is_right`."""
        return same_answer(outcome, self.outcome, self.ordered)

    def recall(self, outcome: Outcome) -> float:
        """See `Gold.recall`; of the rows as a text, but columns in another order are found as well."""
        return 1.0 if self.is_right(outcome) else rems(answer_text(outcome), answer_text(self.outcome))

    def overlap(self, outcome: Outcome) -> float:
        """See `Gold.overlap`."""
        given, wanted = (Counter(map(row_key, each.rows)) for each in (outcome, self.outcome))
        total = given.total() + wanted.total()
        return 2 * (given & wanted).total() / total if total else 1.0

    def likeness(self, outcome: Outcome) -> float:
        """See `Gold.likeness`: the number of rows, times a half each for that of columns and the kinds."""
        given, wanted = outcome.rows, self.outcome.rows
        if not given or not wanted:
            return float(not given and not wanted)
        same_kinds = sorted(map(_kind, given[0])) == sorted(map(_kind, wanted[0]))
        return _ratio(len(given), len(wanted)) * ((len(given[0]) == len(wanted[0])) + same_kinds) / 2

    def structure(self, text: str) -> float:
        """See `Gold.structure`."""
        return compare_structure(text, self.sql, self.dialect) if self.sql else 0.0


@dataclass(frozen=True)
class GoldText:
    """An answer as TEMPTABQA-C writes it: parts separated by commas."""

    text: str

    def is_right(self, outcome: Outcome) -> bool:
        """See `Gold.is_right`."""
        return outcome.status == "ok" and not outcome.truncated and is_exact(answer_text(outcome), self.text)

    def recall(self, outcome: Outcome) -> float:
        """See `Gold.recall`."""
        return rems(answer_text(outcome), self.text)

    def overlap(self, outcome: Outcome) -> float:
        """See `Gold.overlap`; over parts."""
        return overlap(answer_text(outcome), self.text)

    def likeness(self, outcome: Outcome) -> float:
        """See `Gold.likeness`: the number of parts, and half of it where their kinds differ."""
        if not outcome.rows:
            return 0.0
        given, wanted = split_parts(answer_text(outcome)), split_parts(self.text)
        same_kinds = set(map(_kind_of_text, given)) == set(map(_kind_of_text, wanted))
        return _ratio(len(given), len(wanted)) * (1 + same_kinds) / 2

    def structure(self, text: str) -> float:
        """See `Gold.structure`: an answer tells of no query."""
        return 0.0


def _ratio(a: int, b: int) -> float:
    return min(a, b) / max(a, b)


def _kind(value: Value) -> str:
    if isinstance(value, str):
        return _kind_of_text(value)
    return "number" if isinstance(value, int | float) else "nothing" if value is None else "bytes"


def _kind_of_text(text: str) -> str:
    if not text:
        return "nothing"
    if text in ("Yes", "No"):
        return "yes or no"
    return "number" if INTEGER.fullmatch(text) else "text"
