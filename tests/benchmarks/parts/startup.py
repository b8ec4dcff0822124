"""How long `sqloop --help` takes, from the start of a process to its end."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks.figures import Figure, Section

RUNS = 10
GOAL_MS = 250


def measure() -> Section:
    """The installed command, after one run that nobody counts (it fills the caches of a fresh install)."""
    times = [_start_ms() for _ in range(RUNS + 1)][1:]
    return Section(
        "startup",
        f"`sqloop --help` from start to end, {RUNS} processes one after the other.",
        (
            Figure("sqloop --help", "median", median(times), "ms", below=GOAL_MS),
            Figure("sqloop --help", "slowest", max(times), "ms"),
        ),
    )


def _start_ms() -> float:
    command = Path(sys.executable).with_name("sqloop")
    started = perf_counter()
    subprocess.run([command, "--help"], check=True, stdout=subprocess.DEVNULL)
    return (perf_counter() - started) * 1000
