"""Keeps what has been read of a prompt's beginning, bounded by the size of its keys and values."""

from __future__ import annotations

from sqloop.generation.inference.network import Memory
from sqloop.recent import Recent

LIMIT = 512 * 1024 * 1024
"""Bytes of keys and values."""


class PrefixCache(Recent[str, Memory]):
    """Memories by prefix text; one whose size alone exceeds ``limit`` is not kept."""

    def __init__(self, limit: int = LIMIT) -> None:
        super().__init__(limit, lambda memory: memory.size)
