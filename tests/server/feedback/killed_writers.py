"""Writers of a store, four at a time, each killed at a moment of chance; says what they said was kept.

``python killed_writers.py STORE ROUNDS``. They are forked, so that a thousand of them take minutes: each
opens the store itself, with drivers that are imported already.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from random import Random

import psycopg  # noqa: F401
import pymysql  # noqa: F401
import sqlalchemy.dialects.mysql
import sqlalchemy.dialects.postgresql.psycopg
import sqlalchemy.dialects.sqlite  # noqa: F401
from writer import main

AT_ONCE = 4
LATEST = {"sqlite": 0.3, "mysql+pymysql": 0.8, "postgresql": 0.8}
"""Seconds after which the last of them is killed: from before the store is opened to some fifty events."""


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


def kill_all(where: str, chance: Random) -> list[str]:
    """What four of them said before they were killed."""
    writers = [start(where) for _ in range(AT_ONCE)]
    chance.shuffle(writers)
    latest = LATEST.get(where.partition("://")[0], LATEST["sqlite"])
    for process, _ in writers:
        time.sleep(chance.uniform(0, latest / AT_ONCE))
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
    said = [os.fdopen(reading).read() for _, reading in writers]
    return [line for text in said for line in text.splitlines() if len(line) == 12]


if __name__ == "__main__":
    lot = Random(18)
    for _ in range(int(sys.argv[2])):
        print("\n".join(kill_all(sys.argv[1], lot)), flush=True)
