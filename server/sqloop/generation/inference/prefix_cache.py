"""Keeps what has been read of a prompt's beginning, bounded by the size of its keys and values."""

from __future__ import annotations

from collections.abc import Sequence

from sqloop.generation.inference.network import Memory
from sqloop.recent import Recent

LIMIT = 512 * 1024 * 1024
"""Bytes of keys and values."""


class PrefixCache(Recent[tuple[int, ...], Memory]):
    """Memories by their tokens; one whose size alone exceeds ``limit`` is not kept."""

    def __init__(self, limit: int = LIMIT) -> None:
        super().__init__(limit, lambda memory: memory.size)

    def nearest(self, tokens: Sequence[int]) -> tuple[Memory | None, int]:
        """The memory that begins with most of ``tokens``, and with how many of them."""
        best, most = None, 0
        for kept, memory in self.items():
            shared = _shared(kept, tokens)
            if shared > most:
                best, most = memory, shared
        return best, most


def _shared(one: Sequence[int], other: Sequence[int]) -> int:
    """The length of what both begin with.

    >>> _shared([1, 2, 3], [1, 2, 4, 5])
    2
    """
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))
