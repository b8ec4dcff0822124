"""Thousands of nested texts: the check answers each in half a second of work, however deep it is."""

from __future__ import annotations

from time import thread_time

import pytest

from effort import choose
from sqloop.database.checking.readonly import check_readonly

from .nested import PATTERNS, nested_texts

SECONDS = 0.5
LOOKS = 5
"""More that a text gets which took too long at the first one; each does all the work anew."""

SAMPLE = 400


def test_there_are_enough_of_them() -> None:
    texts = {text for _, text in nested_texts()}
    assert len(PATTERNS.split("\n")) > 50
    assert 2 * len(texts) >= 6_000


def clock(text, dialect) -> float:  # type: ignore[no-untyped-def]
    check_readonly.cache_clear()
    started = thread_time()
    check_readonly(text, dialect)
    return thread_time() - started


@pytest.mark.parametrize("dialect", ["sqlite", "mysql", "postgres", "duckdb"])
def test_each_is_answered_in_time(dialect) -> None:  # type: ignore[no-untyped-def]
    slow = []
    for pattern, text in choose(list(nested_texts()), SAMPLE):
        # Other work on the same core makes a look dear: the cheapest of some tells what the text costs.
        took = clock(text, dialect)
        for _ in range(LOOKS):
            took = min(took, clock(text, dialect)) if took > SECONDS else took
        if took > SECONDS:
            slow.append((pattern, len(text), took))
    assert slow == []
