"""Messages from the client to the server: pygls's protocol, with answers to what is malformed as well.

Documents are our own; the parameters of our own requests stay JSON for their handlers.
"""

from __future__ import annotations

import asyncio
import json
import logging
import typing
from pathlib import Path
from typing import Any, BinaryIO

from cattrs import Converter
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.protocol import (
    JsonRPCNotification,
    JsonRPCRequestMessage,
    LanguageServerProtocol,
    default_converter,
    lsp_method,
)
from pygls.uris import to_fs_path

from sqloop.lsp.documents import Document, Documents
from sqloop.lsp.messages import INVALID_PARAMS, INVALID_REQUEST, is_message, is_notification, names_request

_log = logging.getLogger(__name__)


class Host(typing.Protocol):
    """What messages are for: `sqloop.lsp.server.Server`."""

    documents: Documents
    stopped: asyncio.Event

    def opened(self, document: Document) -> None:
        """A document is open."""

    def edited(self, document: Document, changes: Any) -> None:
        """A document was edited."""

    def closed(self, document: Document) -> None:
        """A document is closed."""

    async def execute(self, command: str, arguments: list[Any]) -> Any:
        """Execute a command."""

    def write_body(self, body: bytes) -> None:
        """Send a message that is ready."""


class Protocol(LanguageServerProtocol):
    """pygls's protocol with documents of our own and answers to what is malformed."""

    _server: Host  # type: ignore[assignment]

    def introduce(self, params: dict[str, Any]) -> Path:
        """Take the client's parameters, which were answered by the doorman; the folder it works in."""
        try:
            given = self._converter.structure(params, types.InitializeParams)
        except Exception:  # A malformed detail of a client must not cost its user everything.
            _log.warning("The client's parameters are malformed; its capabilities are taken for none.")
            given = types.InitializeParams(capabilities=types.ClientCapabilities())
        self.client_capabilities = given.capabilities
        folders = given.workspace_folders or []
        uri = given.root_uri or (folders[0].uri if folders else None)
        path = to_fs_path(uri) if uri else given.root_path
        return Path(path) if path and Path(path).is_dir() else Path.cwd()

    def receive(self, body: bytes) -> None:
        """Handle one message; whatever it is, the next one is handled too."""
        try:
            data = json.loads(body)
        except (ValueError, RecursionError):
            self._refuse(None, -32700, "This is no JSON.")
            return
        if not is_message(data):
            self._refuse(None, INVALID_REQUEST, "This is no message.")
            return
        number = data.get("id") if "method" in data else None
        if number is not None and is_notification(data["method"]):
            self._refuse(number, INVALID_REQUEST, f"{data['method']} is a notification: it has no id.")
            return
        if data.get("method") == types.CANCEL_REQUEST and not names_request(data.get("params")):
            return
        try:
            message = self.structure_message({"params": None, **data} if "method" in data else data)
        except JsonRpcException:
            if number is not None:
                self._refuse(number, INVALID_PARAMS, f"The parameters of {data['method']} are malformed.")
            return
        if self._shutdown and number is not None:
            self._refuse(number, INVALID_REQUEST, "The server is shutting down.")
            return
        self.handle_message(message)

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(self, params: types.InitializeParams) -> Any:
        """Refuse: the doorman has answered the only one there may be."""
        raise JsonRpcException("The server was initialized already.", INVALID_REQUEST)

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        """Keep a document."""
        self._server.opened(self._server.documents.open(params.text_document))

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        """Edit it."""
        document = self._server.documents.change(params)
        if document is not None:
            self._server.edited(document, params.content_changes)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        """Forget it."""
        document = self._server.documents.get(params.text_document.uri)
        if document is not None:
            self._server.documents.close(document.uri)
            self._server.closed(document)

    @lsp_method(types.WORKSPACE_EXECUTE_COMMAND)
    async def lsp_workspace__execute_command(  # type: ignore[override]
        self, params: types.ExecuteCommandParams
    ) -> Any:
        """Execute one of our commands."""
        return await self._server.execute(params.command, list(params.arguments or []))

    @lsp_method(types.EXIT)
    def lsp_exit(self, *args: object) -> None:  # type: ignore[override]
        """End; `sqloop.lsp.service` sees to it."""
        self._server.stopped.set()

    @property
    def was_shut_down(self) -> bool:
        """Whether the client said goodbye."""
        return self._shutdown

    def _refuse(self, number: object, code: int, text: str) -> None:
        answer = {"jsonrpc": "2.0", "id": number, "error": {"code": code, "message": text}}
        self._server.write_body(json.dumps(answer).encode())


class Writer:
    """Where pygls writes to."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, data: bytes) -> None:
        """Write whole messages."""
        self._stream.write(data)
        self._stream.flush()

    def close(self) -> None:
        """Nothing: the process ends."""


def make_converter() -> Converter:
    """pygls's converter, but for the parameters of our own requests: those stay JSON for their handlers."""
    converter: Converter = default_converter()  # type: ignore[no-untyped-call]
    converter.register_structure_hook(
        JsonRPCRequestMessage,
        lambda data, _: JsonRPCRequestMessage(data["id"], data["method"], "2.0", data["params"]),
    )
    converter.register_structure_hook(
        JsonRPCNotification, lambda data, _: JsonRPCNotification(data["method"], "2.0", data["params"])
    )
    return converter
