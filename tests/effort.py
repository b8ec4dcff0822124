"""How much the generated tests try: a sample that is the same every time, or with `make fuzz` all of it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from random import Random
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
