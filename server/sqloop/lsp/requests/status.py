"""`sqloop/status`: what state database, model and feedback are in."""

from __future__ import annotations

from typing import Any

from sqloop.lsp.protocol import Status
from sqloop.lsp.server import Server
from sqloop.lsp.state import read_status


async def status(ls: Server, params: Any) -> Status:
    """The state of everything; nothing is opened for it."""
    return read_status(ls.backend, ls.suggestions.counts())
