"""The console: until its first prompt, beside harlequin and litecli; and keys on a result of a million rows.

All three run in a pseudo-terminal of 80 by 24 on the same SQLite file. harlequin and litecli come from PyPI,
into an environment of their own in the user's cache.
"""

from __future__ import annotations

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

STILL = 0.1
"""Seconds without a byte after which a key is done; they are not counted."""

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
        figures += _press_keys(ours, folder)
    return Section(
        "console",
        f"From the start of the process to the first prompt on the screen, median of {STARTS}; {KEYS} keys "
        f"on {ROWS:,} rows (pages and rows from either end), each from the key to the last byte drawn.",
        tuple(figures),
        "" if programs else "harlequin and litecli, which could not be installed.",
    )


def _start_ms(command: list[str], words: bytes, folder: Path) -> float:
    def start() -> float:
        started = perf_counter()
        with Terminal(command, folder) as terminal:
            return (terminal.wait_for(words) - started) * 1000

    return median([start() for _ in range(STARTS + 1)][1:])


def _press_keys(command: list[str], folder: Path) -> Iterator[Figure]:
    """What a user waits for: from a key into the terminal to the last byte of what it draws."""
    limits = {"SECONDS": "60", "ROWS": str(ROWS), "BYTES": str(512 * 2**20)}
    variables = {f"SQLOOP_LIMITS__{name}": value for name, value in limits.items()}
    with Terminal(command, folder, variables) as terminal:
        terminal.wait_for(b"ready")
        terminal.write(b"\x0e")  # Ctrl+N: a query of one's own
        terminal.wait_for(b"F5 runs it")
        before = _megabytes(terminal.process)
        terminal.write(b"\x1b[200~" + MILLION.encode() + b"\x1b[201~\x1b[15~")
        terminal.wait_for(f"{ROWS:,} rows".encode())
        # Always on rows that were not fetched yet: down from the first, then up from the last.
        down, up = (b" ", b" ", b"j", b" ", b"k"), (b"\x1b[5~", b"\x1b[5~", b"k", b"\x1b[5~", b"j")
        times = []
        for key in (*down * (KEYS // 10), b"G", *up * (KEYS // 10)):
            terminal.drain()
            started = perf_counter()
            terminal.write(key)
            times.append((terminal.wait_until_still() - started) * 1000)
        yield Figure("sqloop console", "key, median", median(times), "ms")
        yield Figure("sqloop console", "key, p95", quantiles(times, n=20)[-1], "ms", below=50)
        yield Figure("sqloop console", "memory, empty", before, "MiB")
        yield Figure("sqloop console", "memory, a million rows", _megabytes(terminal.process), "MiB")


class Terminal:
    """A program in a pseudo-terminal of 80 by 24; it is killed at the end."""

    def __init__(self, command: list[str], folder: Path, variables: dict[str, str] | None = None) -> None:
        self._ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (24, 80))
        homes = {f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in ("DATA", "CACHE", "CONFIG")}
        self.process = subprocess.Popen(
            command,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            env={**os.environ, **homes, **(variables or {}), "TERM": "xterm-256color", "HOME": str(folder)},
        )
        os.close(theirs)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self._ours)

    def write(self, data: bytes) -> None:
        """What a keyboard would send."""
        os.write(self._ours, data)

    def wait_for(self, words: bytes) -> float:
        """When some words had been drawn."""
        shown, deadline = b"", monotonic() + PATIENCE
        while words not in shown:
            if monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError(f"{words!r} is not shown: {shown[-500:]!r}")
            shown += self._read(1.0)
        return perf_counter()

    def wait_until_still(self) -> float:
        """When the last byte came before a pause of `STILL` seconds; there is at least one."""
        last, wait = 0.0, PATIENCE
        while self._read(wait):
            last, wait = perf_counter(), STILL
        return last

    def drain(self) -> None:
        """Read what is still to come of what was done before."""
        while self._read(2 * STILL):
            pass

    def _read(self, seconds: float) -> bytes:
        if not select.select([self._ours], [], [], seconds)[0]:
            return b""
        data = os.read(self._ours, 65_536)
        if b"\x1b[6n" in data:
            self.write(b"\x1b[1;1R")  # It asks where the cursor is, and waits for the answer.
        return data


def _megabytes(process: subprocess.Popen[bytes]) -> float:
    """Resident memory of the console itself; its rows are kept by the language server."""
    return float(psutil.Process(process.pid).memory_info().rss / 2**20)


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
