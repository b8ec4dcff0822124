"""What a question gave: the chosen candidate with its rows, and all the others with what became of them.

Values only; `sqloop.answer` is how a user of Python meets them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from sqloop.database.outcome import Value
from sqloop.database.schema import Schema
from sqloop.linking.question import Note
from sqloop.provenance import ModelName, Timings
from sqloop.ranking import Candidate, confidence, is_nothing
from sqloop.terminal.certainty import FROM_SCHEMA, NOTHING, REJECTED, TIED, Certainty, name_certainty

DOUBT = 0.45
"""The most that an answer is trusted which leaves a word out, finds nothing for a value, or was rejected."""

CHANCE = 0.75
"""The most that an answer is trusted whose last row is there by chance: likely, never sure."""

NOT_ALL_LINKED = "Some columns hold more values than were read: not all were looked for in the question."


@dataclass(frozen=True)
class Recalled:
    """That an answer is from memory: when its SQL was last accepted for the same question, in local time.

    ``others`` is by how many users where whoever asks is none of them, else 0. ``question`` is that for which
    it was accepted, in other words or with other values; empty where it was this one.
    """

    accepted: datetime
    others: int = 0
    question: str = ""

    def __str__(self) -> str:
        by = f" by {self.others} others" if self.others else ""
        question = f" for “{self.question}”" if self.question else ""
        return f"from memory, accepted{by} {self.accepted:%Y-%m-%d}{question}"


@dataclass(frozen=True)
class LeftOut:
    """How many tables and columns the prompt had no room for, and the names of those that it ``shows``."""

    tables: int
    columns: int
    shows: tuple[str, ...]

    @classmethod
    def between(cls, schema: Schema, shown: Schema) -> LeftOut | None:
        """What ``schema`` holds beyond ``shown``; None where that is nothing."""
        tables = len(schema.tables) - len(shown.tables)
        columns = sum(len(table.columns) for table in schema.tables)
        columns -= sum(len(table.columns) for table in shown.tables)
        return (
            cls(tables, columns, tuple(table.name for table in shown.tables)) if tables or columns else None
        )


@dataclass(frozen=True, repr=False)
class Findings:
    """``candidates`` are ordered by `sqloop.ranking.rank`; ``proposed`` completions lie behind them.

    ``linked_all`` is False when some column was too large to look for all of its values in the question,
    ``left_out`` is what the model was not shown of a large schema, ``not_understood`` are words of the
    question that nothing in the chosen SQL stands for (`sqloop.linking.understanding`). ``recalled`` is None
    unless the SQL is from memory, ``from_schema`` says that the question was about tables and columns, and
    ``own`` that it was SQL itself, which was run as it is; the model was not asked then. ``notes`` are the
    words of the glossary that the question uses. ``greedy`` is the text that the likeliest token at each step
    gave, before any repair; None where that is not known. ``like`` says where the first candidate is from
    that was accepted for a like question and that the model, though it was asked, did not write. ``tied``
    says that chance chose the last of its rows (`sqloop.asking.ties`).
    """

    question: str
    candidates: tuple[Candidate, ...]
    proposed: int
    timings: Timings
    model: ModelName
    linked_all: bool = True
    left_out: LeftOut | None = None
    not_understood: tuple[str, ...] = ()
    recalled: Recalled | None = None
    from_schema: bool = False
    own: bool = False
    notes: tuple[Note, ...] = ()
    greedy: str | None = None
    like: Recalled | None = None
    tied: bool = False

    @property
    def best(self) -> Candidate | None:
        """The chosen candidate; None when none ran."""
        return self.candidates[0] if self.candidates and self.candidates[0].ran else None

    def prefer(self, number: int) -> Self:
        """The same with another candidate first, which only memory gave where it is the first already."""
        chosen = self.candidates[number]
        others = (each for each in self.candidates if each is not chosen)
        return replace(
            self,
            candidates=(chosen, *others),
            like=None if number else self.like,
            tied=self.tied and not number,
        )

    def first(self, rows: int) -> Self:
        """The same with so many rows of the answer at most."""
        if self.best is None or len(self.rows) <= rows:
            return self
        outcome = replace(self.best.outcome, rows=self.rows[:rows], truncated=True)
        return replace(self, candidates=(replace(self.best, outcome=outcome), *self.candidates[1:]))

    @property
    def sql(self) -> str | None:
        """The chosen SQL; None when no candidate ran."""
        return self.best.sql if self.best else None

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns of the answer."""
        return self.best.outcome.columns if self.best else ()

    @property
    def rows(self) -> tuple[tuple[Value, ...], ...]:
        """The rows of the answer, all of them unless `truncated`."""
        return self.best.outcome.rows if self.best else ()

    @property
    def truncated(self) -> bool:
        """Whether the limits cut rows off."""
        return self.best.outcome.truncated if self.best else False

    @property
    def confidence(self) -> float:
        """The probability that the model gives to this answer, 0.0 to 1.0; see `sqloop.ranking`.

        0 where no candidate ran. At most `DOUBT` where a word was not understood, or where a filter by a text
        left nothing: a model is as sure without the word, and of a value that is not there; and of an answer
        that was rejected. At most `CHANCE` where it is `tied`. Where no model was asked, 1.
        """
        if self.best is None:
            return 0.0
        share = confidence(self.candidates)
        if self.not_understood or self.found_nothing or self.best.rejected:
            return min(share, DOUBT)
        return min(share, CHANCE) if self.tied else share

    @property
    def found_nothing(self) -> bool:
        """Whether a filter by a text that a model wrote left nothing."""
        if self.best is None or self.origin:
            return False
        return "'" in self.best.sql and is_nothing(self.best.outcome)

    @property
    def trust(self) -> Certainty:
        """The confidence as one word, for people."""
        return name_certainty(self.confidence)

    @property
    def origin(self) -> str:
        """Where it is from, in words, where no model was asked; else empty."""
        if self.recalled is not None:
            return str(self.recalled)
        if self.from_schema:
            return FROM_SCHEMA
        return "your own query" if self.own else ""

    @property
    def agreement(self) -> str:
        """Why to believe it, in words: when it was accepted, or how sure the model is of it."""
        like = str(self.like) if self.like is not None else ""
        return self.origin or "; ".join(filter(None, (self.trust, like, self.doubt)))

    @property
    def doubt(self) -> str:
        """What speaks against it, as people are told; often empty."""
        unread = f"not understood: {', '.join(self.not_understood)}" if self.not_understood else ""
        rejected = REJECTED if self.best is not None and self.best.rejected else ""
        nothing = NOTHING if self.found_nothing else ""
        return "; ".join(filter(None, (unread, rejected, nothing, TIED if self.tied else "")))
