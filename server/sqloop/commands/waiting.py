"""A sign of life while something slow is done."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer

from sqloop.terminal.telling import tell

SLOW = 15.0
"""Seconds after which who waits is told why."""


@contextmanager
def spinner(text: str, slow: str = "") -> Iterator[None]:
    """A sign of life on standard error, with the time that has passed; ``slow`` tells why it takes long."""
    if not sys.stderr.isatty():
        with _after_a_while(lambda: tell(f"{text} {slow}".rstrip())):
            yield
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(text, total=None)
        with _after_a_while(lambda: progress.update(task, description=f"{text} {slow}".rstrip())):
            yield


@contextmanager
def _after_a_while(say: Callable[[], None]) -> Iterator[None]:
    timer = Timer(SLOW, say)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
