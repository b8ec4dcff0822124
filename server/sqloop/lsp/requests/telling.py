"""From a thread that works to the event loop that shows how far it is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress


def tell_loop(progress: Callable[[str], None] | None) -> Callable[[str], None]:
    """What may be called from any thread, and calls ``progress`` in the loop that runs now."""
    loop, tell = asyncio.get_running_loop(), progress or (lambda _: None)

    def post(text: str) -> None:
        with suppress(RuntimeError):  # The loop has ended: nobody listens any more.
            loop.call_soon_threadsafe(tell, text)

    return post
