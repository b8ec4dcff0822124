"""Messages in a byte stream, as the Language Server Protocol frames them: headers, an empty line, a body."""

from __future__ import annotations

from typing import BinaryIO

MOST_BYTES = 128 * 1024 * 1024
"""Of one message; a larger one is read and thrown away."""

_CHUNK = 1024 * 1024

_DIGITS = 9
"""Of a length that can be meant; a header with more is passed over: nobody could read to its end."""


def read_body(stream: BinaryIO) -> bytes | None:
    """The body of the next message, None at the end of the stream.

    Lines that are no header are skipped, so that one malformed message does not take the next with it.
    """
    length = -1
    while line := stream.readline(_CHUNK):
        name, colon, value = line.partition(b":")
        value = value.strip()
        if colon and name.strip().lower() == b"content-length" and value.isdigit():
            length = int(value) if len(value) <= _DIGITS else -1
        elif not line.strip() and length >= 0:
            if length <= MOST_BYTES:
                body = stream.read(length)
                return body if len(body) == length else None
            _skip(stream, length)
            length = -1
    return None


def write_body(stream: BinaryIO, body: bytes) -> None:
    """Write ``body`` as one message."""
    stream.write(frame(body))
    stream.flush()


def frame(body: bytes) -> bytes:
    """``body`` as one message.

    >>> frame(b"{}")
    b'Content-Length: 2\\r\\n\\r\\n{}'
    """
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def _skip(stream: BinaryIO, length: int) -> None:
    while length > 0 and (chunk := stream.read(min(length, _CHUNK))):
        length -= len(chunk)
