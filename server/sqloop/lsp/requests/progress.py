"""`$/progress`: signs of life while the model or a query works."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from lsprotocol import types

from sqloop.lsp.protocol import ProgressToken
from sqloop.lsp.server import Server

_numbers = itertools.count(1)


@asynccontextmanager
async def progress(
    ls: Server, title: str, token: ProgressToken = None
) -> AsyncIterator[Callable[[str], None]]:
    """Show ``title`` and then what the block tells, by the client's token or one of our own.

    A client that neither sent a token nor shows progress of servers is told nothing.
    """
    if token is None:
        token = await _create(ls)
    if token is None:
        yield lambda _: None
        return

    def send(value: object) -> None:
        ls.protocol.notify(types.PROGRESS, types.ProgressParams(token=token, value=value))

    send(types.WorkDoneProgressBegin(title=f"SQLoop: {title}", cancellable=False))
    try:
        yield lambda text: send(types.WorkDoneProgressReport(message=text))
    finally:
        send(types.WorkDoneProgressEnd())


async def _create(ls: Server) -> ProgressToken:
    window = ls.protocol.client_capabilities.window
    if window is None or not window.work_done_progress:
        return None
    token = f"sqloop/{next(_numbers)}"
    # Not awaited: a client that never answers must not hold the work up.
    ls.protocol.send_request(
        types.WINDOW_WORK_DONE_PROGRESS_CREATE, types.WorkDoneProgressCreateParams(token=token)
    )
    return token
