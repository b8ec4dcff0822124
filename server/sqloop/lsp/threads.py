"""Blocking work beside the event loop: cancelled with the task that waits for it, down into the database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from sqloop.database.cancellation import Cancellation

T = TypeVar("T")

_AT_ONCE = 24
"""Questions, queries and checks at the same time; others wait."""


class Threads:
    """A pool of threads, and the tokens of what runs in it."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="sqloop")
        # A cancellation may have to reach a database: it must not wait behind what it is to stop.
        self._cancelling = ThreadPoolExecutor(4, thread_name_prefix="sqloop-cancel")
        self._running: set[Cancellation] = set()

    async def run(self, work: Callable[[Cancellation], T]) -> T:
        """What ``work`` returns; its token is set when the waiting task is cancelled."""
        token = Cancellation()
        self._running.add(token)
        loop = asyncio.get_running_loop()
        future = loop.run_in_executor(self._pool, work, token)
        future.add_done_callback(lambda done: self._finish(token, done))
        try:
            # Shielded, for the thread goes on until its token has been noticed.
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            self._cancelling.submit(token.cancel)
            raise

    def start(self, work: Callable[[], object]) -> Future[object]:
        """Have ``work`` done; nobody waits for it."""
        return self._cancelling.submit(work)

    def cancel_all(self) -> None:
        """Set every token; for the end of the server."""
        for token in list(self._running):
            self._cancelling.submit(token.cancel)

    def _finish(self, token: Cancellation, done: asyncio.Future[T]) -> None:
        self._running.discard(token)
        if not done.cancelled():
            done.exception()  # Somebody who was cancelled no longer wants to know.
