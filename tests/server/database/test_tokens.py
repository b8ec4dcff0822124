"""What reading SQL keeps: little, however long a statement is that somebody types in."""

from __future__ import annotations

import tracemalloc

from sqloop.database.tokens import tokenize


def test_typing_in_a_long_statement_keeps_no_more_than_its_last_versions() -> None:
    ids = ", ".join(str(number) for number in range(10_000))
    tracemalloc.start()
    try:
        for number in range(3):
            tokenize(f"SELECT {number} FROM t WHERE id IN ({ids})", "sqlite")
        few = tracemalloc.get_traced_memory()[0]
        for number in range(3, 15):
            tokenize(f"SELECT {number} FROM t WHERE id IN ({ids})", "sqlite")
        assert tracemalloc.get_traced_memory()[0] < 1.2 * few
    finally:
        tracemalloc.stop()
