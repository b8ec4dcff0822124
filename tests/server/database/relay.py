"""A network between a client and a server that can be cut: with an end to every connection, or in silence."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from threading import Event


class Relay:
    """Passes on what comes to its ``port`` until it is told to ``cut`` or to fall ``silent``."""

    def __init__(self, port: int) -> None:
        self._behind = port
        self._open: list[socket.socket] = []
        self._talking = Event()
        self._talking.set()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """End every connection; new ones are taken."""
        ended, self._open = self._open, []
        for each in ended:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def fall_silent(self) -> None:
        """Pass nothing on, and end nothing: as where a cable is pulled."""
        self._talking.clear()

    def talk(self) -> None:
        """Pass on again; what was opened before is cut."""
        self.cut()
        self._talking.set()

    def close(self) -> None:
        """Take no more connections, and end those that there are."""
        self._socket.close()
        self.talk()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._socket.accept()
                try:
                    far = socket.create_connection(("127.0.0.1", self._behind))
                except OSError:
                    near.close()
                    continue
                self._open += [near, far]
                for source, target in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=(source, target), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError), source, target:
            while data := source.recv(65536):
                self._talking.wait()
                target.sendall(data)
