"""How many candidates a second the pool of rewards executes: texts that are new to it, and repeated ones.

A policy writes both. The queries are those of `executions`, each made a new text by a comment at its end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import count
from time import perf_counter

from benchmarks.figures import Figure, Section
from benchmarks.workload import read_queries
from sqloop_trainer.learning.execution import RewardPool

SECONDS = 3.0


def measure(urls: Mapping[str, str]) -> Section:
    """``urls`` of databases that hold the library, by the name of the engine."""
    return Section(
        "reward_pool",
        f"`RewardPool.run` (all walls) over the {len(read_queries())} gold queries of the library at a time, "
        f"{SECONDS:.0f} s each.",
        tuple(figure for engine, url in urls.items() for figure in _measure_engine(engine, url)),
    )


def _measure_engine(engine: str, url: str) -> Iterator[Figure]:
    queries, number = read_queries(), count()
    with RewardPool(url) as pool:
        pool.run(queries)  # Opens the connections, which stay open.
        new = _rate(pool, lambda: [f"{query} -- {next(number)}" for query in queries])
        yield Figure(engine, "new texts", new, "/s")
        yield Figure(engine, "texts seen before", _rate(pool, lambda: queries), "/s")


def _rate(pool: RewardPool, write: Callable[[], list[str]]) -> float:
    started, done = perf_counter(), 0
    while (elapsed := perf_counter() - started) < SECONDS:
        outcomes = pool.run(write())
        assert all(outcome.status == "ok" for outcome in outcomes), outcomes
        done += len(outcomes)
    return done / elapsed
