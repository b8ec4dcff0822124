"""Which feature answers what, and the life of the server: read, handle, end."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import Any, BinaryIO

from lsprotocol import types

from sqloop.lsp import protocol
from sqloop.lsp.convert import read_options
from sqloop.lsp.features.code_action import CodeActions
from sqloop.lsp.features.code_lens import code_lens
from sqloop.lsp.features.completion import Completer
from sqloop.lsp.features.diagnostics import Diagnoser
from sqloop.lsp.features.formatting import format_document, format_range
from sqloop.lsp.features.hover import hover
from sqloop.lsp.features.inline_completion import InlineCompleter
from sqloop.lsp.features.rename import definition, prepare_rename, rename
from sqloop.lsp.features.signature_help import signature_help
from sqloop.lsp.features.symbols import symbols
from sqloop.lsp.framing import read_body
from sqloop.lsp.protocol import Options
from sqloop.lsp.requests.ask import ask
from sqloop.lsp.requests.commands import commands
from sqloop.lsp.requests.connect import connect
from sqloop.lsp.requests.explain import explain
from sqloop.lsp.requests.feedback import feedback
from sqloop.lsp.requests.follow import follow
from sqloop.lsp.requests.history import history
from sqloop.lsp.requests.remove_connection import remove_connection
from sqloop.lsp.requests.run import run
from sqloop.lsp.requests.schema import schema
from sqloop.lsp.requests.status import status
from sqloop.lsp.server import Server, guard
from sqloop.lsp.settling import Settling

_AT_ONCE = 256
"""Messages that are read before the first of them is handled; the rest waits in the pipe."""

Handler = Callable[..., Awaitable[Any]]

OWN: dict[str, tuple[Handler, type | None]] = {
    protocol.ASK: (ask, protocol.AskParams),
    protocol.RUN: (run, protocol.RunParams),
    protocol.SCHEMA: (schema, protocol.SchemaParams),
    protocol.EXPLAIN: (explain, protocol.ExplainParams),
    protocol.HISTORY: (history, protocol.HistoryParams),
    protocol.FOLLOW: (follow, protocol.FollowParams),
    protocol.FEEDBACK: (feedback, protocol.FeedbackParams),
    protocol.CONNECT: (connect, protocol.ConnectParams),
    protocol.REMOVE_CONNECTION: (remove_connection, protocol.RemoveConnectionParams),
    protocol.STATUS: (status, protocol.StatusParams),
}
"""Requests of SQLoop, with the type of their parameters."""

STANDARD: dict[str, Handler] = {
    types.TEXT_DOCUMENT_HOVER: hover,
    types.TEXT_DOCUMENT_SIGNATURE_HELP: signature_help,
    types.TEXT_DOCUMENT_FORMATTING: format_document,
    types.TEXT_DOCUMENT_RANGE_FORMATTING: format_range,
    types.TEXT_DOCUMENT_DOCUMENT_SYMBOL: symbols,
    types.TEXT_DOCUMENT_DEFINITION: definition,
    types.TEXT_DOCUMENT_PREPARE_RENAME: prepare_rename,
    types.TEXT_DOCUMENT_RENAME: rename,
    types.TEXT_DOCUMENT_CODE_LENS: code_lens,
}
"""Requests of the Language Server Protocol that keep nothing; `register` adds those that do."""


def run_server(
    requests: BinaryIO, replies: BinaryIO, params: dict[str, Any], options: Options, warning: str
) -> int:
    """Serve until the client leaves; the exit code, 0 after a proper goodbye and 1 without."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="sqloop: %(message)s")
    # pygls logs what it sends and receives, and failures that were answered: texts of the user, all of it.
    for name in ("pygls", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    code = asyncio.run(_serve(requests, replies, params, options, warning))
    # Threads may still wait for a database that does not answer: they hold nothing that is worth waiting for.
    replies.flush()
    os._exit(code)


async def _serve(
    requests: BinaryIO, replies: BinaryIO, params: dict[str, Any], options: Options, warning: str
) -> int:
    server = Server(replies, params, options)
    register(server)
    if warning:
        logging.getLogger(__name__).warning("%s", warning)
    server.changed()
    _start_reading(server, requests)
    await server.stopped.wait()
    await server.backend.close()
    return 0 if server.protocol.was_shut_down else 1


def register(server: Server) -> None:
    """Tell the server its features."""
    for method, (handler, kind) in OWN.items():
        _feature(server, method, guard(handler, kind))
    inline, settling = InlineCompleter(server), Settling(server)
    Diagnoser(server)
    standard = STANDARD | {
        types.TEXT_DOCUMENT_COMPLETION: Completer(server).complete,
        types.TEXT_DOCUMENT_INLINE_COMPLETION: inline.complete,
        types.TEXT_DOCUMENT_CODE_ACTION: CodeActions(inline).actions,
    }
    for method, handler in standard.items():
        _feature(server, method, guard(handler))
    server.commands = commands(inline)
    _notice(server, types.TEXT_DOCUMENT_DID_SAVE, lambda params: _saved(server, settling, params))
    _notice(server, types.INITIALIZED, lambda _: _start(server))
    _notice(server, types.WORKSPACE_DID_CHANGE_CONFIGURATION, lambda params: _configured(server, params))


def _feature(server: Server, method: str, handler: Handler) -> None:
    async def handle(ls: Server, params: Any) -> Any:
        return await handler(ls, params)

    server.feature(method)(handle)


def _notice(server: Server, method: str, handler: Callable[[Any], None]) -> None:
    def handle(ls: Server, params: Any) -> None:
        handler(params)

    server.feature(method)(handle)


def _start(server: Server) -> None:
    """Connect beside other work: names should be there when the first key is pressed."""
    server.backend.on_schema(lambda each: server.documents.speak(each.dialect))
    server.start(server.backend.read_schema())


def _saved(server: Server, settling: Settling, params: types.DidSaveTextDocumentParams) -> None:
    document = server.documents.get(params.text_document.uri)
    if document is not None:
        document.saved = document.text
        settling.settle(document, kept=True)
        server.start(server.backend.suspect_schema())


def _configured(server: Server, params: types.DidChangeConfigurationParams) -> None:
    given = params.settings.get("sqloop") if isinstance(params.settings, dict) else None
    if given is None:
        return
    options, warning = read_options(given)
    if warning:
        logging.getLogger(__name__).warning("%s", warning)
        return
    server.backend.reconfigure(options)
    server.results.limits = server.backend.settings.limits.limits()
    server.start(server.backend.read_schema())


def _start_reading(server: Server, requests: BinaryIO) -> None:
    """Read in a thread of its own, never far ahead of what is handled."""
    loop = asyncio.get_running_loop()
    room = threading.Semaphore(_AT_ONCE)

    def receive(body: bytes) -> None:
        try:
            server.protocol.receive(body)
        except Exception:
            logging.getLogger(__name__).exception("A message could not be handled.")
        finally:
            room.release()

    def read() -> None:
        while (body := read_body(requests)) is not None:
            room.acquire()
            loop.call_soon_threadsafe(receive, body)
        loop.call_soon_threadsafe(server.stopped.set)

    threading.Thread(target=read, daemon=True).start()
