"""Prompt forms: how a model is asked and how its completion becomes SQL."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, Protocol

from sqloop.database.schema import Schema
from sqloop.generation.request import Decoding
from sqloop.linking.link import ValueLink
from sqloop.linking.mentions import Room, take_tables
from sqloop.linking.question import LinkedQuestion, Note

_TOKEN = re.compile(r"<\|\w+\|>")
_NAME = re.compile(r"\w+")


@dataclass(frozen=True)
class Example:
    """A question on the same database whose SQL somebody accepted."""

    question: str
    sql: str


@dataclass(frozen=True)
class Failure:
    """A query that the model wrote for the question, and what the database said of it."""

    sql: str
    error: str


@dataclass(frozen=True)
class Asked:
    """What a model is asked: a question that was linked, and what came before it.

    ``examples`` are like questions that were answered before; ``failed`` is shown where the model is asked
    again because its query did not run.
    """

    linked: LinkedQuestion
    examples: tuple[Example, ...] = ()
    failed: Failure | None = None

    @property
    def question(self) -> str:
        """The question as it was written."""
        return self.linked.question

    @property
    def schema(self) -> Schema:
        """The part of the schema that the prompt shows."""
        return self.linked.schema

    def met_by(self, sql: str) -> Schema:
        """What a query may name: the tables that the prompt shows and those that ``sql`` speaks of, whole."""
        if self.linked.whole is None:
            return self.schema
        words = frozenset(_NAME.findall(sql.casefold()))
        shown = {table.name for table in self.schema.tables}
        names = [table.name for table in self.linked.whole.tables]
        return take_tables(
            self.linked.whole,
            (name for name in names if name in shown or words.issuperset(_NAME.findall(name.casefold()))),
        )

    @property
    def links(self) -> tuple[ValueLink, ...]:
        """The values that the question names."""
        return self.linked.links

    @property
    def notes(self) -> tuple[Note, ...]:
        """What the glossary says of its words."""
        return self.linked.notes


@dataclass(frozen=True)
class FollowUp:
    """What somebody says after an answer: ``text`` refers to a ``question`` and the ``sql`` of its answer."""

    text: str
    question: str
    sql: str


FollowUps = Literal["refused", "together", "rewritten"]


class NoQueryError(ValueError):
    """A completion is no query; ``written`` is what a person is shown of it, in words that they know."""

    def __init__(self, message: str, written: str) -> None:
        super().__init__(message)
        self.written = written


class ChangingStatementError(NoQueryError):
    """A completion would change the database, which SQLoop never does."""


class MeaninglessQueryError(NoQueryError):
    """A completion is a query that nobody can have meant; it is not run."""


class PromptForm(Protocol):
    """One way of asking a model; `prefix` + `suffix` is the prompt.

    The probability that the model gives to an answer, to the power of ``calibration``, is how often such an
    answer is right, as measured; 1.0 where nobody measured. ``ranks_by_words`` says that its queries are also
    held against the words of the question (measured for the starter; others know more words), ``repairs``
    that the model can be shown a query that failed, ``follow_ups`` what it makes of a follow-up
    (`sqloop.generation.prompts.rewriting`): nothing, both texts put ``together`` as one question, or a
    question ``rewritten`` by itself.
    """

    name: str
    calibration: float
    decoding: Decoding
    ranks_by_words: bool
    repairs: bool
    follow_ups: FollowUps

    def room(self, schema: Schema) -> Room | None:
        """How much of it a prompt shows; None for all of it."""

    def prefix(self, schema: Schema) -> str:
        """The part that all questions on ``schema`` share."""

    def suffix(self, asked: Asked) -> str:
        """The question."""

    def grammar(self, asked: Asked) -> str | None:
        """Lark for llguidance, or None."""

    def to_sql(self, completion: str, asked: Asked) -> str:
        """SQL in the dialect of the schema; raises ValueError when the completion is none."""


def without_tokens(text: str) -> str:
    """What a model wrote, for people: the tokens that are its own and stand for no text are left out.

    >>> without_tokens("<|select|><|c1|>"), without_tokens("I cannot.<|im_end|>")
    ('', 'I cannot.')
    """
    return _TOKEN.sub("", text).strip()
