"""How the serving process and its worker talk: JSON objects, each behind its length in four bytes.

JSON and not pickle, so that neither side can make the other run anything.
"""

from __future__ import annotations

import json
import struct
from typing import Any, BinaryIO

_LENGTH = struct.Struct(">I")

Message = dict[str, Any]


def write_message(stream: BinaryIO, message: Message) -> None:
    """Write ``message`` whole; the caller sees to it that no other thread writes at the same time."""
    body = json.dumps(message).encode()
    stream.write(_LENGTH.pack(len(body)) + body)
    stream.flush()


def read_message(stream: BinaryIO) -> Message | None:
    """The next message, or None where the other side is gone."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    body = stream.read(length)
    if len(body) < length:
        return None
    message: Message = json.loads(body)
    return message
