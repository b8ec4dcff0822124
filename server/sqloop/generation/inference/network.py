"""What decoding needs of a causal language model: read a prompt once, continue it in several rows.

Two networks speak this interface: `sqloop.generation.inference.hub` runs whatever transformers can load, and
`sqloop.generation.inference.llama` runs Llama-shaped models several times faster. Neither knows text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar, runtime_checkable

from sqloop.generation.inference.weights import Array

SMALL = 100_000_000
"""Parameters up to which half of the cores serve best: threads that wait for each other cost more."""


class Memory(Protocol):
    """The keys and values of one prompt that has been read; never changed once made."""

    @property
    def length(self) -> int:
        """Tokens that have been read."""

    @property
    def logits(self) -> Array:
        """``[vocabulary]``, float32, after the last token."""

    @property
    def size(self) -> int:
        """What it takes: bytes, or cells of a cache that the network shares out."""


class Session(Protocol):
    """Rows that continue one prompt, each by one token a step."""

    def advance(self, parents: Sequence[int], tokens: Sequence[int]) -> Array:
        """Let row i continue row ``parents[i]`` of the step before by ``tokens[i]``; logits of all rows.

        Before the first step there is one row, the prompt. Leaving an index out of ``parents`` drops
        that row, naming it twice forks it: sampling drops what is finished, beams fork.
        Returns ``[len(parents), vocabulary]``, float32.
        """


M = TypeVar("M", bound=Memory)


class Network(Protocol[M]):
    """A causal language model, read-only; ``context`` is the longest prompt and completion in tokens."""

    vocabulary: int
    context: int
    parameters: int
    size: int

    def read(self, tokens: Sequence[int], after: M | None) -> M:
        """Read ``tokens`` (at least one) behind what ``after`` holds; ``after`` stays usable."""

    def open(self, memory: M) -> Session:
        """Begin to continue the prompt that ``memory`` holds."""


@runtime_checkable
class CuttingNetwork(Network[M], Protocol[M]):
    """A network that can go on from anywhere within a prompt that it has read."""

    def cut(self, memory: M, length: int) -> M:
        """The first ``length`` tokens of what ``memory`` holds, without logits; ``memory`` stays usable."""
