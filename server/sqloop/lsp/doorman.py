"""Answers `initialize` before anything heavy is imported, then hands over to the server.

The libraries of the protocol take longer to import than an editor should wait for its first answer. So the
first messages are read here with the standard library alone. Covered: `initialize`, and what must not come
before it. Everything after it waits in the pipe until the server reads it.
"""

from __future__ import annotations

import io
import json
import os
import sys
from typing import Any, BinaryIO

from sqloop.lsp.capabilities import choose_encoding, offer
from sqloop.lsp.convert import read_options
from sqloop.lsp.framing import read_body, write_body

NOT_INITIALIZED = -32002
INVALID_PARAMS = -32602
PARSE_ERROR = -32700


def serve() -> int:
    """Serve on standard input and output until the client leaves; the exit code of the process.

    Whatever a library prints goes to standard error: standard output belongs to the protocol.
    """
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    # Unbuffered below: what the doorman does not read must still be in the pipe's buffer for the server.
    requests = io.BufferedReader(io.FileIO(os.dup(sys.stdin.fileno())))
    message = await_initialize(requests, replies)
    if message is None:
        return 1
    params = message["params"]
    options, warning = read_options(params.pop("initializationOptions", None))
    from sqloop.lsp.service import run_server

    return run_server(requests, replies, params, options, warning)


def await_initialize(requests: BinaryIO, replies: BinaryIO) -> dict[str, Any] | None:
    """The first valid `initialize`, answered; None where the client leaves before."""
    while (body := read_body(requests)) is not None:
        try:
            message = json.loads(body)
        except (ValueError, RecursionError):
            _refuse(replies, None, PARSE_ERROR, "This is no JSON.")
            continue
        if not isinstance(message, dict) or not isinstance(message.get("method"), str):
            continue
        if message["method"] == "exit":
            return None
        if "id" not in message:
            continue
        if message["method"] != "initialize":
            _refuse(replies, message["id"], NOT_INITIALIZED, "initialize has to come first.")
        elif not isinstance(message.get("params"), dict):
            _refuse(replies, message["id"], INVALID_PARAMS, "initialize needs parameters.")
        else:
            _reply(replies, message["id"], {"result": offer(choose_encoding(message["params"]))})
            return message
    return None


def _refuse(replies: BinaryIO, number: object, code: int, text: str) -> None:
    _reply(replies, number, {"error": {"code": code, "message": text}})


def _reply(replies: BinaryIO, number: object, content: dict[str, object]) -> None:
    write_body(replies, json.dumps({"jsonrpc": "2.0", "id": number, **content}).encode())
