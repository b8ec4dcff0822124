"""What was used last, by key: the one bounded store that forgets what was not used for longest."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, ItemsView
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Values by key, up to ``room`` by their ``size`` together; without one, so many.

    >>> kept = Recent[str, int](2)
    >>> kept.put("a", 1), kept.put("b", 2), kept.get("a"), kept.put("c", 3)
    (None, None, 1, None)
    >>> kept.get("a"), kept.get("b"), kept.size
    (1, None, 2)
    """

    def __init__(self, room: int, size: Callable[[V], int] = lambda value: 1) -> None:
        self._room = room
        self._size_of = size
        self._kept: OrderedDict[K, V] = OrderedDict()
        self.size = 0
        """What all together take."""

    def __contains__(self, key: K) -> bool:
        return key in self._kept

    def get(self, key: K) -> V | None:
        """The value, which counts as used now; None where it is not kept."""
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def items(self) -> ItemsView[K, V]:
        """All that is kept, what was used last behind."""
        return self._kept.items()

    def put(self, key: K, value: V) -> None:
        """Keep it in place of those that were not used for longest; what is larger than all is not kept."""
        self.forget(key)
        if self._size_of(value) > self._room:
            return
        self._kept[key] = value
        self.size += self._size_of(value)
        while self.size > self._room:
            self.forget(next(iter(self._kept)))

    def forget(self, key: K) -> None:
        """Keep it no longer, if it is kept."""
        if key in self._kept:
            self.size -= self._size_of(self._kept.pop(key))

    def clear(self) -> None:
        """Forget all."""
        self._kept.clear()
        self.size = 0
