"""Between libpq and its server: what comes is counted, and given to libpq a piece at a time.

libpq reads for as long as bytes come, and holds a row as a whole before it gives any of it away: a value of
a gigabyte would be in memory before anybody could look. So it is given one end of a pair of sockets in
place of its own, and what was its own is read here. TLS is libpq's, and passes as it is. Where a socket is no
file (Windows), nothing can take its place: there libpq's own is watched, and nothing is counted.
"""

from __future__ import annotations

import os
import select
import socket
from contextlib import suppress

import psycopg
from psycopg.pq.abc import PGconn
from psycopg.waiting import Ready, Wait

PIECE = 64 * 1024
"""Bytes that libpq is given at a time."""


class Sluice:
    """The way of one connection's bytes; used by one thread at a time but for `shut`."""

    received: int = 0
    """Bytes that the server has sent since the connection was made ready."""

    def __init__(self, pgconn: PGconn) -> None:
        self._inner = pgconn.socket
        self._server = socket.socket(fileno=os.dup(self._inner))
        self._near, far = socket.socketpair()
        for each in (self._server, self._near, far):
            each.setblocking(False)
        with far:
            os.dup2(far.fileno(), self._inner, inheritable=False)
        self._outgoing = b""

    def move(self, wanted: Wait, seconds: float) -> Ready:
        """Wait this long at most for something to move; of what libpq ``wanted``, what it can go on with."""
        self._send()
        looked = select.poll()
        looked.register(self._inner, select.POLLIN)
        writes = bool(self._outgoing) or bool(wanted & Wait.W)
        looked.register(self._server, select.POLLIN | (select.POLLOUT if writes else 0))
        events = dict(looked.poll(seconds * 1_000))
        if self._inner in events:  # it has not taken all yet
            return Ready.R
        at_server = events.get(self._server.fileno(), 0)
        if not at_server:
            return Ready.NONE
        if at_server & ~select.POLLOUT:
            self._receive()
            return Ready.R
        self._send()
        return Ready.W if wanted & Wait.W else Ready.NONE

    def shut(self) -> None:
        """Have the connection end for both; may be called by another thread."""
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Send what libpq said last, and close."""
        self._send()
        self._server.close()
        self._near.close()

    def _send(self) -> None:
        with suppress(OSError):  # full, or lost: then the reader meets it
            while self._outgoing or (said := self._near.recv(PIECE)):
                self._outgoing = self._outgoing or said
                self._outgoing = self._outgoing[self._server.send(self._outgoing) :]

    def _receive(self) -> None:
        piece = b""
        with suppress(OSError):
            piece = self._server.recv(PIECE)
        self.received += len(piece)
        with suppress(OSError):
            if piece:
                self._near.sendall(piece)
            else:
                self._near.shutdown(socket.SHUT_WR)


class OpenWay:
    """The same for a socket that is no file; see `Sluice`."""

    received: int = 0
    """Always: libpq reads for itself."""

    def __init__(self, pgconn: PGconn) -> None:
        self._pgconn = pgconn

    def move(self, wanted: Wait, seconds: float) -> Ready:
        """Wait this long at most for what libpq ``wanted``; what it can go on with."""
        own = [self._pgconn.socket]
        reads, writes = (own if wanted & each else [] for each in (Wait.R, Wait.W))
        readable, writable, _ = select.select(reads, writes, [], seconds)
        return Ready((Ready.R if readable else 0) | (Ready.W if writable else 0))

    def shut(self) -> None:
        """Have the connection end for both; may be called by another thread."""
        with suppress(OSError, psycopg.Error):  # it is closed already
            borrowed = socket.socket(fileno=self._pgconn.socket)
            try:
                borrowed.shutdown(socket.SHUT_RDWR)
            finally:
                borrowed.detach()

    def close(self) -> None:
        """Nothing: the socket is libpq's."""


def open_way(pgconn: PGconn) -> Sluice | OpenWay:
    """The way of the bytes of ``pgconn``, as this system has it."""
    return OpenWay(pgconn) if os.name == "nt" else Sluice(pgconn)
