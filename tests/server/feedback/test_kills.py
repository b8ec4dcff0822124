"""Writers of the store that are killed at any moment: what they said was kept is there."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from effort import amount
from sqloop.feedback.store import FeedbackStore

from .test_store import place

__all__ = ["place"]

KILLER = Path(__file__).with_name("killed_writers.py")
ROUNDS = amount(6, 250)
"""Of as many writers as there are `LEASTS`."""

LEASTS = (0, 1, 2, 4)
"""Events that a writer has acknowledged before it is killed, at the least."""


def test_nothing_that_was_acknowledged_is_lost(place: str) -> None:
    done = subprocess.run(
        [sys.executable, str(KILLER), place, str(ROUNDS), *map(str, LEASTS)],
        capture_output=True,
        text=True,
        timeout=1_800,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    acknowledged = done.stdout.split()
    kept = [event.id for event in FeedbackStore(place).events()]
    assert len(acknowledged) >= ROUNDS * sum(LEASTS)
    assert set(acknowledged) <= set(kept)
    assert len(set(kept)) == len(kept) <= len(acknowledged) + len(LEASTS) * ROUNDS
    if Path(place).is_file():
        with closing(sqlite3.connect(place)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
