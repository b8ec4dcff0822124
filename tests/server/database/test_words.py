"""Words are the same whoever asks for them at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import snowballstemmer  # type: ignore[import-untyped]  # it ships no types

from sqloop.database.words import stem

THREADS = 8
WORDS = [
    f"{start}{end}" for start in ("organ", "rel", "nation", "hope", "condition") for end in ("ization", "s")
]


@pytest.mark.usefixtures("_many_switches")
def test_threads_stem_without_disturbing_each_other() -> None:
    alone = snowballstemmer.stemmer("porter")
    wanted = [str(alone.stemWord(word)) for word in WORDS]
    begin = Barrier(THREADS)

    def work(_: int) -> list[list[str]]:
        begin.wait()
        # Around the cache, which would leave the stemmer nothing to do after the first words.
        return [[stem.__wrapped__(word) for word in WORDS] for _ in range(60)]

    with ThreadPoolExecutor(THREADS) as pool:
        told = [stems for each in pool.map(work, range(THREADS)) for stems in each]
    assert all(stems == wanted for stems in told)
