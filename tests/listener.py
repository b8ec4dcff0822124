"""Who hears when something calls that should not: a port of loopback, counted."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress


class Listener:
    """A port of loopback that nobody has a reason to call."""

    def __init__(self) -> None:
        self.calls = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                self._socket.accept()[0].close()
                self.calls += 1

    def close(self) -> None:
        self._socket.close()
