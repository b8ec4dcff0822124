"""Writers of a store, four at a time, each killed at a moment of chance; says what they said was kept.

``python killed_writers.py STORE ROUNDS LEAST LEAST LEAST LEAST``. They are forked, so that a thousand of them
take minutes: each opens the store itself, with drivers that are imported already. None is killed before it
has said as many events as its ``LEAST``: that something was written does not hang on the machine's speed.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Sequence
from random import Random
from select import select

import psycopg  # noqa: F401
import pymysql  # noqa: F401
import sqlalchemy.dialects.mysql
import sqlalchemy.dialects.postgresql.psycopg
import sqlalchemy.dialects.sqlite  # noqa: F401
from writer import main

PATIENCE = 60.0
"""Seconds that a writer may take for one event."""

LATEST = {"sqlite": 0.3, "mysql+pymysql": 0.8, "postgresql": 0.8}
"""Seconds that the kills spread over: one that need say nothing may die before it has opened the store."""


def start(where: str) -> tuple[int, int]:
    """A writer's process, and where to read what it says."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reading)
        sys.stdin = open(os.devnull)  # noqa: SIM115  # the process keeps it until it is killed
        sys.stdout = os.fdopen(writing, "w")
        main(where, 0)
        os._exit(0)
    os.close(writing)
    return process, reading


def kill_all(where: str, leasts: Sequence[int], chance: Random) -> list[str]:
    """What as many of them as there are ``leasts`` said before they were killed."""
    writers = [(*start(where), least) for least in leasts]
    chance.shuffle(writers)
    latest = LATEST.get(where.partition("://")[0], LATEST["sqlite"])
    said = []
    for process, reading, least in writers:
        text = b""
        while text.count(b"\n") <= least:  # it has said that it is ready
            assert select([reading], [], [], PATIENCE)[0], "a writer hangs"
            text += (more := os.read(reading, 4096))
            assert more, "a writer has ended"
        time.sleep(chance.uniform(0, latest / len(leasts)))
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        with os.fdopen(reading, "rb") as rest:
            said.append((text + rest.read()).decode())
    return [line for text in said for line in text.splitlines() if len(line) == 12]


if __name__ == "__main__":
    lot = Random(18)
    for _ in range(int(sys.argv[2])):
        print("\n".join(kill_all(sys.argv[1], [*map(int, sys.argv[3:])], lot)), flush=True)
