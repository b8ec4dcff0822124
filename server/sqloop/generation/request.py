"""What goes to a model and what comes back: text in, scored texts out.

The process that serves the user knows schemas and prompts but no tensors; the worker process (or a
remote server) knows tokens but no schemas. These values are all that crosses between them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Decoding = Literal["sample", "beam", "branch"]
"""``branch`` is for models that run without a grammar on a network that can branch; others search beams."""

MOST_CANDIDATES = 32
"""That one question may ask for: a GGUF model has so many rows beside all prompts that it keeps."""


@dataclass(frozen=True)
class GenerationRequest:
    """``prefix`` is the schema part, the same for every question on it: its key-value cache is kept.

    ``grammar`` is Lark for llguidance, or None; ``k`` completions come back, the first of which is
    greedy under ``sample``; ``temperature`` is used by ``sample`` only.
    """

    prefix: str
    suffix: str
    k: int = 4
    grammar: str | None = None
    decoding: Decoding = "sample"
    temperature: float = 0.8
    max_new_tokens: int = 200
    seed: int = 0


@dataclass(frozen=True)
class Completion:
    """``logprob`` is the sum over ``tokens`` generated tokens, in nats, under the model unmasked.

    ``greedy``: it is what the likeliest token at each step gives. ``adapter`` names the tuning that the model
    had, where a `Generator` knows. Neither tells of a difference.
    """

    text: str
    logprob: float
    tokens: int
    adapter: str | None = field(default=None, compare=False)
    greedy: bool = field(default=False, compare=False)
