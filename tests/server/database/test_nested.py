"""Thousands of nested texts: the check answers each in half a second of work, however deep it is."""

from __future__ import annotations

from functools import partial

import pytest

from effort import choose, work_of
from sqloop.database.checking.readonly import check_readonly

from .nested import PATTERNS, nested_texts

SECONDS = 0.5
SAMPLE = 160


def test_there_are_enough_of_them() -> None:
    texts = {text for _, text in nested_texts()}
    assert len(PATTERNS.split("\n")) > 50
    assert 2 * len(texts) >= 6_000


@pytest.mark.parametrize("dialect", ["sqlite", "mysql", "postgres", "duckdb"])
def test_each_is_answered_in_time(dialect) -> None:  # type: ignore[no-untyped-def]
    slow = []
    for pattern, text in choose(list(nested_texts()), SAMPLE):
        took = work_of(partial(check_readonly, text, dialect), SECONDS, check_readonly.cache_clear)
        if took > SECONDS:
            slow.append((pattern, len(text), took))
    assert slow == []
