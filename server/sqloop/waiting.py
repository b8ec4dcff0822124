"""Work of a thread, awaited: what asyncio cancels is stopped in the model and in the database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from sqloop.database.cancellation import Cancellation

T = TypeVar("T")


async def wait_for(work: Callable[[Cancellation], T]) -> T:
    """What ``work`` returns; the loop goes on meanwhile. Raises what ``work`` raises.

    A task that is cancelled stops the work, and does not wait until it has let go of the database.
    """
    cancel = Cancellation()
    try:
        return await asyncio.to_thread(work, cancel)
    except asyncio.CancelledError:
        # In a thread of its own: an engine may need a connection to stop a query.
        asyncio.get_running_loop().run_in_executor(None, cancel.cancel)
        raise
