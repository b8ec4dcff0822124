"""Keeps what has been read of a prompt's beginning, least recently used out first, bounded by their size."""

from __future__ import annotations

from collections import OrderedDict

from sqloop.generation.inference.network import Memory

LIMIT = 512 * 1024 * 1024
"""Bytes of keys and values."""


class PrefixCache:
    """Memories by prefix text; one whose size alone exceeds ``limit`` is not kept."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._memories: OrderedDict[str, Memory] = OrderedDict()

    def get(self, prefix: str) -> Memory | None:
        """The memory of ``prefix``, which now counts as used last."""
        memory = self._memories.get(prefix)
        if memory is not None:
            self._memories.move_to_end(prefix)
        return memory

    def put(self, prefix: str, memory: Memory) -> None:
        """Keep ``memory``, dropping the least recently used as long as there is too much."""
        if memory.size > self._limit:
            return
        self._memories[prefix] = memory
        while self.size > self._limit:
            self._memories.popitem(last=False)

    @property
    def size(self) -> int:
        """What all together take."""
        return sum(each.size for each in self._memories.values())
