"""How long it takes to read a schema of 1,000 tables with 20 columns each, keys and samples included."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from statistics import median
from time import perf_counter

from benchmarks.figures import Figure, Section
from sqloop.database.connect import connect

TABLES = 1_000
COLUMNS = 20
RUNS = 5
GOALS_MS = {"MariaDB": 1_000, "PostgreSQL": 1_000}

_KINDS = ("INTEGER", "VARCHAR(60)", "DECIMAL(10, 2)", "DATE", "VARCHAR(255)")
_VALUES = ("7", "'north'", "12.50", "'2024-03-01'", "'a word or two of free text'")


def make_tables() -> Iterator[str]:
    """The statements, the same for every engine: each table but the first refers to an earlier one.

    >>> len([each for each in make_tables() if each.startswith("CREATE TABLE")])
    1000
    """
    for number in range(TABLES):
        key = f", FOREIGN KEY (parent_id) REFERENCES entity_{number // 2} (id)" if number else ""
        extra = ", ".join(f"field_{each} {_KINDS[each % len(_KINDS)]}" for each in range(COLUMNS - 2))
        yield f"CREATE TABLE entity_{number} (id INTEGER PRIMARY KEY, parent_id INTEGER, {extra}{key})"
        values = ", ".join(_VALUES[each % len(_VALUES)] for each in range(COLUMNS - 2))
        yield f"INSERT INTO entity_{number} VALUES (1, NULL, {values}), (2, NULL, {values})"


def measure(urls: Mapping[str, str]) -> Section:
    """``urls`` of databases made by `make_tables`, by the name of the engine, just started."""
    return Section(
        "introspection",
        f"`Database.schema()`, keys and samples included, of {TABLES:,} tables with {COLUMNS} columns each: "
        f"the first time after the server was started, and the median of {RUNS} more.",
        tuple(figure for engine, url in urls.items() for figure in _measure_engine(engine, url)),
    )


def _measure_engine(engine: str, url: str) -> Iterator[Figure]:
    goal = GOALS_MS.get(engine)
    first, *more = [_read_ms(url) for _ in range(RUNS + 1)]
    yield Figure(engine, "first", first, "ms", below=goal)
    yield Figure(engine, "again", median(more), "ms", below=goal)


def _read_ms(url: str) -> float:
    with connect(url) as database:
        started = perf_counter()
        tables = database.schema().tables
        ms = (perf_counter() - started) * 1000
    assert (len(tables), len(tables[-1].columns)) == (TABLES, COLUMNS)
    return ms
