"""What comes from a server, read under a clock: the driver's own timeout is of each byte, which may drip."""

from __future__ import annotations

from collections.abc import Callable
from io import BufferedReader, RawIOBase
from socket import SocketIO, socket
from typing import Any


class Watched(RawIOBase):
    """A socket's bytes, as long as there is time: ``left`` tells the seconds that the next ones may take."""

    def __init__(self, source: SocketIO, line: socket, left: Callable[[], float]) -> None:
        self._source = source
        self._line = line
        self._left = left

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Called where nothing is left of what came before. Raises TimeoutError."""
        left = self._left()
        if left <= 0:
            raise TimeoutError("it takes too long")
        usual = self._line.gettimeout()
        self._line.settimeout(left if usual is None else min(left, usual))
        try:
            return self._source.readinto(buffer)
        finally:
            self._line.settimeout(usual)

    def close(self) -> None:
        """Close what it reads from as well."""
        self._source.close()
        super().close()


def watched(reader: BufferedReader, line: socket, left: Callable[[], float]) -> BufferedReader:
    """``reader`` of ``line`` under a clock."""
    source = reader.detach()
    assert isinstance(source, SocketIO)
    return BufferedReader(Watched(source, line, left))
