"""A server on loopback that poses as another: sends what a test wants, and keeps what it hears."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Sequence
from contextlib import suppress

OK = b"\x00\x00\x00\x02\x00\x00\x00"
LOCAL_FILE = b"\xfb/etc/passwd"
_CAPABILITIES = 0x000FF7FF & ~0x0800  # all that old clients know and plugins, without TLS
_SALT = b"12345678" + b"\0" + b"123456789012\0"


def greeting(plugin: bytes = b"mysql_native_password") -> bytes:
    """Protocol::HandshakeV10 of a MySQL 8."""
    low, high = _CAPABILITIES & 0xFFFF, _CAPABILITIES >> 16
    head = b"\x0a8.0.36\0" + struct.pack("<I", 7) + _SALT[:9]
    return head + struct.pack("<HBHHB", low, 45, 2, high, 21) + bytes(10) + _SALT[9:] + plugin + b"\0"


def switch(plugin: bytes) -> bytes:
    """Protocol::AuthSwitchRequest."""
    return b"\xfe" + plugin + b"\0" + b"12345678901234567890\0"


class PosingServer:
    """Answers packet for packet with ``replies``, on each connection anew; ``framed`` as packets or raw."""

    def __init__(
        self, replies: Sequence[bytes], *, framed: bool = True, scheme: str = "mysql+pymysql"
    ) -> None:
        self.packets: list[bytes] = []
        self._replies, self._framed = replies, framed
        self._greets = not scheme.startswith("postgresql")
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"{scheme}://ann:s3cret-word@127.0.0.1:{self._listener.getsockname()[1]}/shop"
        self._thread = threading.Thread(target=self._serve)

    @property
    def heard(self) -> bytes:
        """Everything that was sent to it."""
        return b"".join(self.packets)

    def __enter__(self) -> PosingServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                connection.settimeout(0.3)  # some replies leave both sides waiting
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        number = 0
        if not self._greets:
            self.packets.append(connection.recv(65536))
        for reply in self._replies:
            head = len(reply).to_bytes(3, "little") + bytes([number]) if self._framed else b""
            connection.sendall(head + reply)
            data = connection.recv(65536)
            if not data:
                return
            self.packets.append(data)
            number = (data[3] + 1) % 256 if len(data) > 3 else 0
