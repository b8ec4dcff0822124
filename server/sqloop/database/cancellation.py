"""A token that stops work in progress: generation between tokens, a query inside the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, RLock


class Cancellation:
    """Set once, by any thread; what is running registers how it can be stopped.

    >>> token = Cancellation()
    >>> with token.calling(lambda: print("stopped")):
    ...     token.cancel()
    stopped
    >>> token.cancelled
    True
    """

    def __init__(self) -> None:
        self._event = Event()
        self._lock = RLock()
        self._callbacks: list[Callable[[], None]] = []

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._event.is_set()

    def cancel(self) -> None:
        """Stop everything that is registered; calling it again does nothing."""
        with self._lock:
            if self._event.is_set():
                return
            self._event.set()
            for callback in self._callbacks:
                callback()

    @contextmanager
    def calling(self, callback: Callable[[], None]) -> Iterator[None]:
        """Have ``callback`` called when cancelled within the block, at once if that has happened already.

        Leaving the block waits for a callback that is running: it never strikes what comes after.
        """
        with self._lock:
            self._callbacks.append(callback)
            if self._event.is_set():
                callback()
        try:
            yield
        finally:
            with self._lock:
                self._callbacks.remove(callback)
