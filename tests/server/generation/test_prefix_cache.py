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
    cache.put("first", first)
    cache.put("second", second)
    assert cache.get("first") is first
    cache.put("third", third)
    assert cache.get("second") is None
    assert cache.get("first") is first
    assert cache.get("third") is third
    assert cache.size == 80 * 8


def test_what_is_too_large_is_not_kept() -> None:
    cache = PrefixCache(limit=80 * 10)
    cache.put("small", memory(1))
    cache.put("large", memory(11))
    assert cache.get("large") is None
    assert cache.get("small") is not None
