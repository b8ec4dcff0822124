"""How much generated tests try (a sample, always the same, or with `make fuzz` all); what work costs."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from math import inf
from random import Random
from time import thread_time
from typing import TypeVar

T = TypeVar("T")

EVERYTHING = bool(os.environ.get("SQLOOP_FUZZ"))


def amount(sample: int, everything: int) -> int:
    """How many of something to try."""
    return everything if EVERYTHING else sample


def choose(cases: Sequence[T], sample: int) -> list[T]:
    """All of ``cases``, or so many that are drawn evenly and by lot, always the same."""
    if EVERYTHING or sample >= len(cases):
        return list(cases)
    return Random(18).sample(list(cases), sample)


LOOKS = 5
"""More that a piece of work gets which took too long at the first."""


def work_of(work: Callable[[], object], enough: float, before: Callable[[], None] = lambda: None) -> float:
    """Seconds of this thread's processor time that ``work`` takes: of some looks the cheapest.

    Other work on the same core, and the collection of a suite's garbage, make a look dear. There is one where
    it takes less than ``enough``. ``before`` is called before each, and forgets what a look left behind.
    """
    least = inf
    for _ in range(1 + LOOKS):
        before()
        started = thread_time()
        work()
        least = min(least, thread_time() - started)
        if least < enough:
            break
    return least
