"""A network between a client and a server that can be cut, with an end to every connection or in silence,
or that lets the server's bytes drip.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from threading import Event
from time import sleep


class Relay:
    """Passes on what comes to its ``port`` until it is told to ``cut``, to fall silent or to drip."""

    def __init__(self, port: int) -> None:
        self._behind = port
        self._open: list[socket.socket] = []
        self._talking = Event()
        self._talking.set()
        self._pause = 0.0
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

    def drip(self, pause: float) -> None:
        """Pass on what the server says byte by byte, with so many seconds between two."""
        self._pause = pause

    def talk(self) -> None:
        """Pass on again; what was opened before is cut."""
        self._pause = 0.0
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
                near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._open += [near, far]
                for source, target in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=(source, target, near), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, client: socket.socket) -> None:
        with suppress(OSError), source, target:
            while data := source.recv(65536):
                self._talking.wait()
                while target is client and self._pause and data:
                    target.sendall(data[:1])
                    data = data[1:]
                    sleep(self._pause)
                target.sendall(data)
