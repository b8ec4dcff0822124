"""How much generated tests try (a sample, always the same, or with `make fuzz` all); what work costs.

A promise of seconds is held against a clock, and a machine with other work keeps everybody waiting. So a
bound is widened by how crowded the machine is, and what can be done again is: what breaks a promise does so
each time.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from math import inf
from pathlib import Path
from random import Random
from time import perf_counter, thread_time
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


def crowded() -> float:
    """How many processes want each core, now or in the last minute, whichever is more; at least 1."""
    minute, _, _, now, _ = Path("/proc/loadavg").read_text().split()
    return max(1.0, max(float(minute), float(now.partition("/")[0]) - 1) / len(os.sched_getaffinity(0)))


def in_time(work: Callable[[], T], limit: float, late: float, told: object = "") -> T:
    """What ``work`` gives, ``late`` seconds after its ``limit`` at most: so quick is one of three looks."""
    took = []
    for _ in range(3):
        started = perf_counter()
        result = work()
        took.append(perf_counter() - started)
        if took[-1] < limit + late * crowded():
            return result
    raise AssertionError(f"{told} took {took} s of {limit:g} and {late:g} with {crowded():.1f} for each core")
