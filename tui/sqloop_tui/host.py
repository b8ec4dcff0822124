"""What a screen knows of the application that shows it."""

from __future__ import annotations

from typing import Protocol

from sqloop.lsp.protocol import Status
from sqloop_tui.history import History
from sqloop_tui.server import Server


class Host(Protocol):
    """See `sqloop_tui.app.ConsoleApp`; ``status`` is None before the server has told it."""

    history: History
    server: Server
    status: Status | None
