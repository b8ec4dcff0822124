"""Bounded by bytes, the least recently used out first."""

from __future__ import annotations

import numpy as np

from sqloop.generation.inference.llama import LlamaMemory
from sqloop.generation.inference.prefix_cache import PrefixCache


def memory(length: int) -> LlamaMemory:
    """One of 80 bytes a token."""
    slots = np.zeros((1, 2, length, 5), dtype=np.float32)
    return LlamaMemory(slots, slots, np.zeros(3, dtype=np.float32))


def test_least_recently_used_goes_first() -> None:
    cache = PrefixCache(limit=80 * 10)
    first, second, third = memory(4), memory(4), memory(4)
    cache.put((1,), first)
    cache.put((2,), second)
    assert cache.get((1,)) is first
    cache.put((3,), third)
    assert cache.get((2,)) is None
    assert cache.get((1,)) is first
    assert cache.get((3,)) is third
    assert cache.size == 80 * 8


def test_what_is_too_large_is_not_kept() -> None:
    cache = PrefixCache(limit=80 * 10)
    cache.put((1,), memory(1))
    cache.put((2,), memory(11))
    assert cache.get((2,)) is None
    assert cache.get((1,)) is not None


def test_the_nearest_begins_with_most_of_the_tokens() -> None:
    cache = PrefixCache()
    short, long = memory(2), memory(4)
    cache.put((1, 2), short)
    cache.put((1, 2, 3, 4), long)
    assert cache.nearest((1, 2, 3, 9)) == (long, 3)
    assert cache.nearest((1, 7)) == (short, 1)
    assert cache.nearest((5,)) == (None, 0)
