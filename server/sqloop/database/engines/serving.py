"""The other side of `sqloop.database.engines.processes`: requests come on standard input, replies go out.

What hangs in a single instruction is ended by the kernel, which kills this process (`setitimer`) or gives it
no more memory and no more of a file (`setrlimit`). The one who asked sees the end of the pipe, and has
another process in milliseconds.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from select import select
from typing import Any, BinaryIO

from sqloop.database.outcome import Outcome
from sqloop.errors import SQLoopError

_GRACE = 0.3
"""Seconds after its limit at which a statement that did not end by itself is ended by the kernel."""

Methods = Mapping[str, Callable[..., Any]]


@dataclass(frozen=True)
class Bounds:
    """Bytes of address space, and bytes that any file may grow to by this process."""

    memory: int
    scratch: int


def serve(methods: Methods, bounds: Bounds, rest: Callable[[], None] | None = None, after: float = 0) -> None:
    """Answer until nobody asks any more; ``rest`` is called when nobody has for ``after`` seconds."""
    _limit(bounds)
    replies = _take_output()
    while True:
        if rest is not None and not _is_asked(after):
            rest()
        try:
            name, seconds, arguments = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        _alarm(seconds + _GRACE)
        reply: tuple[Any, ...]
        try:
            reply = ("value", methods[name](*arguments))
        except SQLoopError as error:
            reply = ("error", type(error), error.message, error.hint)
        data = pickle.dumps(reply, pickle.HIGHEST_PROTOCOL)
        _alarm(0)
        replies.write(data)
        replies.flush()


def told(outcome: Outcome) -> tuple[Any, ...]:
    """As a plain tuple, which crosses in half the time of a dataclass."""
    return outcome.status, outcome.columns, outcome.rows, outcome.truncated, outcome.error


def _take_output() -> BinaryIO:
    """Standard output for replies alone: what a library prints goes nowhere."""
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
    return replies


def _is_asked(seconds: float) -> bool:
    """Whether a request comes within so many seconds; Windows cannot wait for that, and says no."""
    try:
        return bool(select([sys.stdin], [], [], seconds)[0])
    except OSError:
        return False


def _limit(bounds: Bounds) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the one's who asked
    with suppress(ImportError, OSError, ValueError):  # Windows has none; where less is allowed, less it is
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (bounds.memory, bounds.memory))
        resource.setrlimit(resource.RLIMIT_FSIZE, (bounds.scratch, bounds.scratch))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _alarm(seconds: float) -> None:
    """Have the kernel end this process after ``seconds``; never for 0."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)
