"""What tests of the starter model's language ask and write."""

from __future__ import annotations

from collections.abc import Callable

from sqloop.database.knowledge.value_index import ValueMatch
from sqloop.database.schema import Schema
from sqloop.generation.prompts.forms import Asked
from sqloop.generation.prompts.starter_tokens import token
from sqloop.linking.link import ValueLink
from sqloop.linking.question import LinkedQuestion

Accepts = Callable[[str, str], bool]
"""Whether a grammar accepts a completion as a whole."""


def tokens(words: str) -> str:
    return "".join(map(token, words.split()))


def linked(schema: Schema, *values: str | int | float, match: ValueMatch | None = None) -> Asked:
    matches = (match,) if match else ()
    links = tuple(ValueLink(f"v{i}", i, i + 1, value, matches) for i, value in enumerate(values))
    return Asked(LinkedQuestion("", schema, links))
