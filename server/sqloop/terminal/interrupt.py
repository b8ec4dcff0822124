"""Ctrl-C: heard at once, and passed on to the model and into the database."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

from sqloop.database.cancellation import Cancellation
from sqloop.errors import CancelledError

T = TypeVar("T")

GRACE = 2.0
"""Seconds that interrupted work has to let go of the database."""


def run_interruptibly(work: Callable[[Cancellation], T]) -> T:
    """``work`` in a thread: the main one is not interrupted while it waits inside a database driver.

    Raises CancelledError after an interrupt, and what ``work`` raises.
    """
    cancel = Cancellation()
    result: Future[T] = Future()

    def target() -> None:
        try:
            result.set_result(work(cancel))
        except BaseException as error:
            result.set_exception(error)

    thread = Thread(target=target, daemon=True)
    thread.start()
    try:
        return result.result()
    except KeyboardInterrupt:
        cancel.cancel()
        thread.join(GRACE)
        raise CancelledError("Interrupted.") from None
