"""Where an answer comes from: which model gave it, and how long each step took.

Values that the engine, the protocol of `sqloop lsp` and the JSON of `sqloop ask` have in common.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Timings:
    """Milliseconds of wall time in each step of a question."""

    schema: float
    """Reading the schema; about 0 once it is cached."""

    link: float
    """Finding tables, columns and values in the question."""

    generate: float
    """The model's work."""

    execute: float
    """Running and ranking the candidates."""

    total: float
    """All of it."""


@dataclass(frozen=True)
class ModelName:
    """What the user calls the model, never `auto`."""

    base: str
    """`starter`, a name in the list of models, a file, a folder, a name on the hub or a URL."""

    adapter: str | None = None
    """The adapter in use."""
