"""What SQLoop adds to DuckDB's own time for a Parquet file of ten million rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

import duckdb

from benchmarks.figures import Figure, Section
from sqloop.database.connect import connect

ROWS = 10_000_000
RUNS = 5
PER_MONTH = "SELECT DATE_TRUNC('month', happened), COUNT(*) FROM {} GROUP BY 1 ORDER BY 1"
GOAL_MS = 1_000
"""More than DuckDB alone."""


def measure(path: Path) -> Section:
    """``path`` is where the file is made."""
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT i AS id, TIMESTAMP '2015-01-01' + to_seconds(i * 30) AS happened, "
            f"['open', 'paid', 'sent'][1 + i % 3] AS status, (i * 7919 % 100000) / 100 AS amount "
            f"FROM range({ROWS}) AS t(i)) TO '{path}' (FORMAT parquet)"
        )
    own = median(_own_ms(path) for _ in range(RUNS))
    started = perf_counter()
    with connect(f"duckdb:///{path}") as database:
        (table,) = database.schema().tables
        database.values()
        sql = PER_MONTH.format(database.quote(table.name))
        assert len(database.execute(sql).rows) == 115
        first = (perf_counter() - started) * 1000
        again = median(_run_ms(lambda: database.execute(sql)) for _ in range(RUNS))
    return Section(
        "parquet",
        f'"How many rows per month" on {ROWS:,} rows: DuckDB alone, `Database.execute`, and from opening the '
        "file, its schema and values, to the answer.",
        (
            Figure("DuckDB alone", "median", own, "ms"),
            Figure("SQLoop", "median", again, "ms", below=own + GOAL_MS),
            Figure("SQLoop, first contact", "median", first, "ms"),
        ),
    )


def _own_ms(path: Path) -> float:
    with duckdb.connect() as connection:
        return _run_ms(lambda: connection.execute(PER_MONTH.format(f"'{path}'")).fetchall())


def _run_ms(work: Callable[[], object]) -> float:
    started = perf_counter()
    work()
    return (perf_counter() - started) * 1000
