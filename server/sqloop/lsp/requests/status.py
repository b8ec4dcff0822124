"""`sqloop/status`: what state database, model and feedback are in."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace

from sqloop.commands.finding import find_places, leave_out, name_each
from sqloop.lsp.backend import Backend
from sqloop.lsp.protocol import ConnectionInfo, Status, StatusParams
from sqloop.lsp.server import Server
from sqloop.lsp.state import read_status

PATIENCE = 3.0
"""Seconds that a folder is looked through: one with very much in it offers nothing."""

MOST = 20
"""Places that are offered."""


async def status(ls: Server, params: StatusParams) -> Status:
    """The state of everything; nothing is opened for it but a model that is to be warm."""
    if params.warm and not ls.backend.has_model:
        ls.start(ls.backend.warm())
    known = read_status(ls.backend, ls.suggestions.counts())
    return replace(known, found=await _find(ls.backend)) if params.find else known


async def _find(backend: Backend) -> tuple[ConnectionInfo, ...]:
    """What there is to ask in the folder beside the connections, as `sqloop init` finds it."""
    folder, known = backend.folder, backend.settings.connections

    def look() -> tuple[ConnectionInfo, ...]:
        found = leave_out(find_places(folder), [each.url for each in known.values()], folder)[:MOST]
        names = name_each([*known, *(each.name for each in found)])[len(known) :]
        return tuple(ConnectionInfo(name, each.address) for name, each in zip(names, found, strict=True))

    with suppress(TimeoutError, OSError):
        return await asyncio.wait_for(backend.threads.run(lambda _: look()), PATIENCE)
    return ()
