"""The console: until its first prompt, beside harlequin and litecli; and keys on a result of a million rows.

All three run in a pseudo-terminal of 80 by 24 on the same SQLite file. harlequin and litecli come from PyPI,
into an environment of their own in the user's cache.
"""

from __future__ import annotations

import asyncio
import os
import pty
import select
import signal
import sqlite3
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import monotonic, perf_counter

import psutil

from benchmarks.figures import Figure, Section

STARTS = 7
KEYS = 200
ROWS = 1_000_000
PATIENCE = 60.0
"""Seconds until something must be shown."""

OTHERS = ("harlequin==2.17.0", "litecli==1.17.1")
MILLION = (
    f"WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < {ROWS}) "
    "SELECT n, n * 2 AS m FROM r"
)


def measure() -> Section:
    """What a user waits for."""
    with TemporaryDirectory(prefix="sqloop-bench-") as name:
        folder = Path(name)
        path = folder / "shop.db"
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT)")
        ours = [sys.executable, "-m", "sqloop", "console", "--no-feedback", "--db", f"sqlite:///{path}"]
        figures = [
            Figure("sqloop console", "first prompt", _start_ms(ours, b"Ask your", folder), "ms", below=800)
        ]
        programs = find_others()
        if programs is not None:
            for other, words, arguments in (
                ("harlequin", b"Query Editor", ["-a", "sqlite"]),
                ("litecli", b"shop.db>", []),
            ):
                command = [str(programs / other), *arguments, str(path)]
                figures.append(Figure(other, "first prompt", _start_ms(command, words, folder), "ms"))
        figures += asyncio.run(_press_keys(folder, f"sqlite:///{path}"))
    return Section(
        "console",
        f"From the start of the process to the first prompt on the screen, median of {STARTS}; {KEYS} keys "
        f"(page and row down, end, home) on a result of {ROWS:,} rows.",
        tuple(figures),
        "" if programs else "harlequin and litecli, which could not be installed.",
    )


def _start_ms(command: list[str], words: bytes, folder: Path) -> float:
    return median([_wait_for(command, words, folder) for _ in range(STARTS + 1)][1:])


def _wait_for(command: list[str], words: bytes, folder: Path) -> float:
    """Milliseconds until a program in a terminal shows some words."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    homes = {f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in ("DATA", "CACHE", "CONFIG")}
    started = perf_counter()
    process = subprocess.Popen(
        command,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        env={**os.environ, **homes, "TERM": "xterm-256color", "HOME": str(folder)},
    )
    os.close(theirs)
    shown, deadline = b"", monotonic() + PATIENCE
    try:
        while words not in shown:
            if monotonic() > deadline or process.poll() is not None:
                raise RuntimeError(f"{command[0]} did not show {words!r}: {shown[-500:]!r}")
            if select.select([ours], [], [], 1.0)[0]:
                data = os.read(ours, 65_536)
                shown += data
                if b"\x1b[6n" in data:
                    os.write(ours, b"\x1b[1;1R")  # It asks where the cursor is, and waits for the answer.
        return (perf_counter() - started) * 1000
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        os.close(ours)


async def _press_keys(folder: Path, url: str) -> Iterator[Figure]:
    from sqloop.lsp.protocol import LimitOptions, Options
    from sqloop_tui.app import ConsoleApp
    from sqloop_tui.result_table import ResultTable
    from sqloop_tui.sql_editor import SqlEditor
    from sqloop_tui.verdict_bar import VerdictBar

    limits = LimitOptions(seconds=60, rows=ROWS, bytes=512 * 1024 * 1024)
    app = ConsoleApp(Options(trusted=True, connection=url, feedback=False, limits=limits), folder=folder)
    times, keys = [], ["pagedown", "down", "end", "up", "pageup", "home", "down", "pagedown"]
    async with app.run_test(size=(80, 24)) as pilot:
        async with asyncio.timeout(PATIENCE):
            while app.status is None or app.status.database.state != "ready":
                await pilot.pause(0.1)
        app.work_screen.query_one(SqlEditor).text = MILLION
        await pilot.press("f7", "f5")
        async with asyncio.timeout(PATIENCE):
            while "rows" not in app.work_screen.query_one(VerdictBar).words:
                await pilot.pause(0.1)
        app.work_screen.query_one(ResultTable).focus()
        for number in range(KEYS):
            started = perf_counter()
            await pilot.press(keys[number % len(keys)])
            times.append((perf_counter() - started) * 1000)
        memory = psutil.Process().memory_info().rss / 2**20
    return iter(
        (
            Figure("sqloop console", "key, median", median(times), "ms"),
            Figure("sqloop console", "key, p95", quantiles(times, n=20)[-1], "ms", below=50),
            Figure("sqloop console", "memory of the console", memory, "MiB"),
        )
    )


def find_others() -> Path | None:
    """The folder of the other programs, installed where they are missing; None where they cannot be."""
    folder = Path.home() / ".cache/sqloop-tests/consoles"
    programs = folder / "bin"
    if not (programs / "harlequin").exists():
        try:
            subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
            subprocess.run([str(programs / "pip"), "install", "--quiet", *OTHERS], check=True)
        except (OSError, subprocess.CalledProcessError):
            return None
    return programs
