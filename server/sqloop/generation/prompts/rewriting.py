"""A follow-up as one full question, written by the model that answers questions.

For chat models without an adapter of SQLoop's own. The prompt begins as that of a question does, so that the
schema's key-value cache serves both. What comes back is a question like any other: it is shown to the user,
and asked in the usual way.
"""

from __future__ import annotations

import re

from sqloop.database.cancellation import Cancellation
from sqloop.database.schema import Schema
from sqloop.errors import CancelledError
from sqloop.generation.generator import Generator
from sqloop.generation.prompts.forms import FollowUp, PromptForm, without_tokens
from sqloop.generation.prompts.told_text import one_line
from sqloop.generation.request import GenerationRequest

MOST_TOKENS = 96
"""Of a question; a longer one is none."""

_LABELS = ("Question:", "Full question:", "Rewritten question:")
_QUERY = re.compile(r"(?:select|with)\b.*\b(?:from|select)\b", re.IGNORECASE)
_MARKS = "\"'`* "


def rewrite(
    follow_up: FollowUp,
    schema: Schema,
    form: PromptForm,
    generator: Generator,
    cancel: Cancellation | None = None,
) -> str:
    """The question that ``follow_up`` means, decoded greedily.

    Empty where the model writes a query instead, as one may that was not tuned for it. Raises ModelError,
    CancelledError.
    """
    request = GenerationRequest(
        form.prefix(schema), rewriting_suffix(follow_up), k=1, max_new_tokens=MOST_TOKENS, decoding="sample"
    )
    completions = generator.generate(request, cancel)
    if cancel is not None and cancel.cancelled:
        raise CancelledError("Stopped.")
    return read_question(completions[0].text) if completions else ""


def rewriting_suffix(follow_up: FollowUp) -> str:
    r"""What stands behind the schema.

    >>> print(rewriting_suffix(FollowUp("only 2023", "How many orders?", "SELECT COUNT(*)\nFROM orders")))
    Rewrite the follow-up as one full question.
    Question: How many orders?
    SQL: SELECT COUNT(*) FROM orders
    Follow-up: only 2023
    <BLANKLINE>
    """
    return (
        "Rewrite the follow-up as one full question.\n"
        f"Question: {one_line(follow_up.question)}\nSQL: {one_line(follow_up.sql)}\n"
        f"Follow-up: {one_line(follow_up.text)}\n"
    )


def read_question(completion: str) -> str:
    r"""The first line of a completion that says something, without the marks that chat models put around it.

    Empty where there is none, or where it is a query.

    >>> read_question('Question: "How many orders in 2023?"\n\nThis counts orders.')
    'How many orders in 2023?'
    """
    lines = (one_line(line) for line in without_tokens(completion).splitlines())
    line = next((line.strip(_MARKS) for line in lines if any(map(str.isalnum, line))), "")
    for label in _LABELS:
        if line.casefold().startswith(label.casefold()):
            line = line[len(label) :].strip(_MARKS)
    return "" if _QUERY.match(line) else line
