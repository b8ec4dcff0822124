"""The processes that read the files of one database: started when needed, killed when cancelled.

Each answers one caller at a time. One is enough for most questions: another is started only when those that
run are busy for longer than most queries take, and ended when it was not needed for a while. See
`sqloop.database.engines.serving` for their other side, and what each of them is bounded by.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Condition, Timer
from time import perf_counter
from typing import Any
from weakref import finalize

from sqloop.database.cancellation import Cancellation

AT_MOST = 8
"""Processes for one database."""

_PATIENCE = 0.02
"""Seconds to wait for one that is busy before another is started."""

_KEPT = 10.0
"""Seconds after which one that nobody needed is ended, while another is kept."""

_MAIN = (
    "import os, sys; from importlib import import_module; "
    "module = sys.argv.pop(1); sys.path[:0] = sys.argv.pop(1).split(os.pathsep); "
    "import_module(module).main()"
)
_HOME = str(Path(__file__).parents[3])

_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "TMPDIR", "SQLITE_TMPDIR", "SYSTEMROOT", "TEMP", "TMP")
"""All that it inherits: no password, no key."""


_GRACE = 0.5
"""Seconds over its limit after which a process is killed from here, where no kernel does it."""


class KilledError(Exception):
    """The process ended before it answered: it was killed, or took more than it may."""


@dataclass(frozen=True)
class Program:
    """``main()`` of ``module``, which finds ``arguments`` in ``sys.argv`` and may import from ``folders``."""

    module: str
    arguments: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()


class Process:
    """One process; ``ask`` is called by one thread at a time."""

    def __init__(self, program: Program) -> None:
        folders = os.pathsep.join((_HOME, *program.folders))
        self._popen = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _MAIN, program.module, folders, *program.arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            start_new_session=True,
        )
        self.end = finalize(self, _end, self._popen)
        self._killed = False

    def ask(self, name: str, seconds: float, *arguments: Any) -> Any:
        """What the method called ``name`` gives there. Raises its SQLoopError, and KilledError."""
        assert self._popen.stdin is not None
        assert self._popen.stdout is not None
        try:
            self._popen.stdin.write(pickle.dumps((name, seconds, arguments), pickle.HIGHEST_PROTOCOL))
            self._popen.stdin.flush()
            kind, *told = pickle.load(self._popen.stdout)
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            self.end()
            raise KilledError from error
        if kind == "error":
            kind_of_error, message, hint = told
            raise kind_of_error(message, hint)
        return told[0]

    def kill(self) -> None:
        """End it now, whatever it does; who waits for its answer gets a KilledError, unless it has come."""
        self._killed = True
        self._popen.kill()

    @property
    def alive(self) -> bool:
        """Whether it may be asked: not if it was killed just as it answered, or died since."""
        return self.end.alive and not self._killed and self._popen.poll() is None


def _end(popen: subprocess.Popen[bytes]) -> None:
    popen.kill()
    popen.wait()
    for pipe in (popen.stdin, popen.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()


class Processes:
    """The processes of one database; may be used from several threads at once."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._idle: list[tuple[float, Process]] = []
        """Since when each is idle; the one that was busy last is taken first."""
        self._running = 0
        self._changed = Condition()

    def ask(self, name: str, seconds: float, *arguments: Any, cancel: Cancellation | None = None) -> Any:
        """Have one of them answer; see `Process.ask`. Also raises KilledError where ``cancel`` is set."""
        with (
            self._lease() as process,
            (cancel or Cancellation()).calling(process.kill),
            _killing(process, seconds + _GRACE),
        ):
            return process.ask(name, seconds, *arguments)

    def close(self) -> None:
        """End those that nobody waits for."""
        with self._changed:
            idle, self._idle = self._idle, []
        for _, process in idle:
            process.end()

    @contextmanager
    def _lease(self) -> Iterator[Process]:
        process = self._take()
        try:
            yield process
        finally:
            now = perf_counter()
            with self._changed:
                self._running -= 1
                if alive := process.alive:
                    self._idle.append((now, process))
                stale = [idle for idle in self._idle[:-1] if idle[0] <= now - _KEPT]
                self._idle = self._idle[len(stale) :]
                self._changed.notify()
            if not alive:
                process.end()
            for _, each in stale:
                each.end()

    def _take(self) -> Process:
        patient_until = perf_counter() + _PATIENCE
        with self._changed:
            while not self._idle and self._running:
                left = patient_until - perf_counter()
                if left <= 0 and self._running < AT_MOST:
                    break
                self._changed.wait(left if left > 0 else None)
            self._running += 1
            while self._idle:
                if (process := self._idle.pop()[1]).alive:
                    return process
                process.end()
        try:
            return Process(self._program)
        except BaseException:
            with self._changed:
                self._running -= 1
            raise


@contextmanager
def _killing(process: Process, seconds: float) -> Iterator[None]:
    """Kill it after ``seconds`` on a system that has no timer for it to set (Windows)."""
    if hasattr(signal, "setitimer"):
        yield
        return
    timer = Timer(seconds, process.kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
