"""How long the first question on a database takes on each engine, from the start of the command to its end.

The first time nothing is known of the database; later its schema and values are kept in the user's cache.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.figures import Figure, Section

RUNS = 5
QUESTION = "How many books are in the catalogue?"


def measure(urls: Mapping[str, str]) -> Section:
    """``urls`` of databases that hold the library, by the name of the engine."""
    return Section(
        "first_question",
        f"`sqloop ask` with the starter model on the library, a process a question: with an empty cache, and "
        f"the median of {RUNS} more.",
        tuple(figure for engine, url in urls.items() for figure in _measure_engine(engine, url)),
    )


def _measure_engine(engine: str, url: str) -> Iterator[Figure]:
    with TemporaryDirectory(prefix="sqloop-bench-cache-") as cache:
        first, *more = [ask_ms(url, QUESTION, cache) for _ in range(RUNS + 1)]
    yield Figure(engine, "first", first, "ms")
    yield Figure(engine, "again", median(more), "ms")


def ask_ms(url: str, question: str, cache: str) -> float:
    """Milliseconds of one `sqloop ask` with the starter, ``cache`` the folder of the user's cache."""
    command = Path(sys.executable).with_name("sqloop")
    started = perf_counter()
    subprocess.run(
        [command, "ask", question, "--db", url, "--model", "starter", "--no-feedback"],
        check=True,
        stdout=subprocess.DEVNULL,
        env=os.environ | {"XDG_CACHE_HOME": cache},
    )
    return (perf_counter() - started) * 1000
