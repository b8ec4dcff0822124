"""How many candidates a second can be checked and executed, one at a time and as many as the assistant runs.

The queries are the gold SQL of the 40 written questions on the library, which all engines hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter

from benchmarks.figures import Figure, Section
from benchmarks.workload import read_queries
from sqloop.database.connect import Database, connect
from sqloop.race import AT_ONCE

SECONDS = 3.0


def measure(urls: Mapping[str, str]) -> Section:
    """``urls`` of databases that hold the library, by the name of the engine."""
    return Section(
        "executions",
        f"`Database.execute` (all walls) over the {len(read_queries())} gold queries of the library, "
        f"{SECONDS:.0f} s each.",
        tuple(figure for engine, url in urls.items() for figure in _measure_engine(engine, url)),
    )


def _measure_engine(engine: str, url: str) -> Iterator[Figure]:
    with connect(url) as database:
        yield Figure(engine, "one at a time", _rate(database, 1), "/s")
        yield Figure(engine, f"{AT_ONCE} at once", _rate(database, AT_ONCE), "/s")


def _rate(database: Database, at_once: int) -> float:
    _run_round(database, at_once)  # Opens the connections, which stay open.
    started, done = perf_counter(), 0
    while (elapsed := perf_counter() - started) < SECONDS:
        done += _run_round(database, at_once)
    return done / elapsed


def _run_round(database: Database, at_once: int) -> int:
    """Run every query once; how many there were."""
    queries = read_queries()
    with ThreadPoolExecutor(at_once) as pool:
        outcomes = list(pool.map(database.execute, queries))
    failed = [query for query, each in zip(queries, outcomes, strict=True) if each.status != "ok"]
    assert not failed, failed
    return len(queries)
