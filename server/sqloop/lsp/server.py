"""The server between its features: documents, backend, suggestions, and how requests are handled.

A feature is a function of the server and its parameters; `sqloop.lsp.service` lists them. What a feature
raises becomes an error of the protocol here: one line, what to do next, never a traceback for the client.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any, BinaryIO

from cattrs import Converter
from lsprotocol import types
from pygls.exceptions import FeatureRequestError, JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.protocol import (
    JsonRPCNotification,
    JsonRPCRequestMessage,
    LanguageServerProtocol,
    default_converter,
    lsp_method,
)
from pygls.uris import to_fs_path

from sqloop.database.outcome import Outcome
from sqloop.errors import CancelledError, DatabaseError, ModelError, QuestionError, SettingsError, SQLoopError
from sqloop.feedback.events import Event
from sqloop.lsp import protocol
from sqloop.lsp.backend import Backend
from sqloop.lsp.convert import WireError, from_wire, to_wire
from sqloop.lsp.documents import Document, Documents
from sqloop.lsp.framing import write_body
from sqloop.lsp.messages import is_message, is_notification, names_request
from sqloop.lsp.protocol import Options
from sqloop.lsp.requests.results import Results
from sqloop.lsp.state import read_status
from sqloop.lsp.suggestions import Suggestions

_log = logging.getLogger(__name__)

_CODES: dict[type[SQLoopError], int] = {
    DatabaseError: -32010,
    ModelError: -32011,
    QuestionError: -32012,
    SettingsError: -32013,
    CancelledError: -32800,
}
INVALID_REQUEST, INVALID_PARAMS, INTERNAL = -32600, -32602, -32603


class Protocol(LanguageServerProtocol):
    """pygls's protocol with documents of our own and answers to what is malformed."""

    _server: Server

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


def _make_converter() -> Converter:
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


class Server(LanguageServer):
    """What features are given; ``documents`` and ``backend`` are there from the beginning."""

    protocol: Protocol

    def __init__(self, replies: BinaryIO, params: dict[str, Any], options: Options) -> None:
        super().__init__("sqloop", "", protocol_cls=Protocol, converter_factory=_make_converter)
        from sqloop.lsp.capabilities import choose_encoding

        self._replies = replies
        self.protocol.set_writer(Writer(replies))
        folder = self.protocol.introduce(params)
        self.stopped = asyncio.Event()
        self.documents = Documents(choose_encoding(params))  # type: ignore[arg-type]
        self.results = Results()
        self.suggestions = Suggestions()
        self.commands: dict[str, Callable[[Server, list[Any]], Awaitable[Any]]] = {}
        self.on_opened: list[Callable[[Server, Document], None]] = []
        self.on_edited: list[Callable[[Server, Document, list[Any]], None]] = []
        self.on_closed: list[Callable[[Server, Document], None]] = []
        self.on_run: list[Callable[[Server, str, Outcome], None]] = []
        self._tasks: set[asyncio.Task[Any]] = set()
        self._writing = asyncio.Lock()
        self._status: protocol.Status | None = None
        self._told = False
        self.backend = Backend(folder, options, self.changed)
        self.results.limits = self.backend.settings.limits.limits()

    def changed(self) -> None:
        """Tell the client the status soon, if it is another one."""
        if not self._told:
            self._told = True
            asyncio.get_running_loop().call_soon(self._tell)

    def start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Have work done that nobody waits for; what it raises is logged."""
        task = asyncio.ensure_future(_logged(work))
        task.add_done_callback(lambda _: work.close())  # where it was cancelled before it began
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def record(self, event: Event) -> None:
        """Keep an event of feedback, beside other work."""
        self.start(self.write(event))

    async def write(self, event: Event) -> bool:
        """Whether the event is kept; events are kept in the order in which this was called."""
        journal = self.backend.journal
        async with self._writing:
            return await self.backend.threads.run(lambda _: journal.write(event))

    def opened(self, document: Document) -> None:
        """Tell the features that a document is open."""
        document.speak(self.backend.dialect)
        document.connection = self.backend.configuration.connection
        for listener in self.on_opened:
            listener(self, document)

    def edited(self, document: Document, changes: Any) -> None:
        """Tell the features that a document was edited."""
        document.connection = self.backend.configuration.connection
        for listener in self.on_edited:
            listener(self, document, list(changes))

    def closed(self, document: Document) -> None:
        """Tell the features that a document is closed."""
        for listener in self.on_closed:
            listener(self, document)

    def note_run(self, sql: str, outcome: Outcome) -> None:
        """Tell the features that the user ran a query."""
        for listener in self.on_run:
            listener(self, sql, outcome)

    async def execute(self, command: str, arguments: list[Any]) -> Any:
        """Execute a command of the server."""
        if command not in self.commands:
            raise JsonRpcException(f"There is no command {command}.", INVALID_PARAMS)
        return await guard(self.commands[command])(self, arguments)

    def write_body(self, body: bytes) -> None:
        """Send a message that is ready."""
        write_body(self._replies, body)

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log what pygls could not handle; the client has been answered."""
        if source is not FeatureRequestError:
            _log.error("%s: %s", type(error).__name__, error)

    def _tell(self) -> None:
        self._told = False
        status = read_status(self.backend, self.suggestions.counts())
        if status != self._status:
            self._status = status
            self.protocol.notify(protocol.STATUS_CHANGED, to_wire(status))


def guard(handler: Callable[..., Awaitable[Any]], kind: type | None = None) -> Callable[..., Awaitable[Any]]:
    """The handler with typed parameters, results as JSON, and errors as the protocol has them."""

    async def guarded(ls: Server, params: Any) -> Any:
        try:
            given = params if kind is None else from_wire(kind, params)
            return to_wire_if_ours(await handler(ls, given))
        except WireError as error:
            raise JsonRpcException(str(error), INVALID_PARAMS) from None
        except SQLoopError as error:
            code = next((code for each, code in _CODES.items() if isinstance(error, each)), INTERNAL)
            data = {"title": error.title, "hint": error.hint}
            raise JsonRpcException(error.message, code, data) from None
        except (asyncio.CancelledError, JsonRpcException):
            raise
        except Exception as error:
            _log.exception("A request failed.")
            reason = f"This is a bug in SQLoop: {type(error).__name__}: {error}."
            raise JsonRpcException(reason, INTERNAL) from None

    return guarded


def to_wire_if_ours(result: Any) -> Any:
    """A value of `sqloop.lsp.protocol` as JSON; what is pygls's to convert as it is."""
    # The types of the Language Server Protocol are made by attrs.
    return to_wire(result) if is_dataclass(result) else result


async def _logged(work: Awaitable[Any]) -> None:
    try:
        await work
    except asyncio.CancelledError:
        raise
    except SQLoopError as error:
        _log.info("%s", error)
    except Exception:
        _log.exception("Work in the background failed.")
