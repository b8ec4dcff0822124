"""The server between its features: documents, backend, suggestions, and how requests are handled.

A feature is a function of the server and its parameters; `sqloop.lsp.service` lists them. What a feature
raises becomes an error of the protocol here: one line, what to do next, never a traceback for the client.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import is_dataclass
from typing import Any, BinaryIO

from lsprotocol import types
from pygls.exceptions import FeatureRequestError, JsonRpcException
from pygls.lsp.server import LanguageServer

from sqloop.database.outcome import Outcome
from sqloop.errors import CancelledError, DatabaseError, ModelError, QuestionError, SettingsError, SQLoopError
from sqloop.feedback.events import Event
from sqloop.lsp import protocol
from sqloop.lsp.backend import Backend
from sqloop.lsp.convert import WireError, from_wire, to_wire
from sqloop.lsp.documents import Document, Documents
from sqloop.lsp.framing import write_body
from sqloop.lsp.messages import INVALID_PARAMS
from sqloop.lsp.protocol import Options
from sqloop.lsp.receiving import Protocol, Writer, make_converter
from sqloop.lsp.requests.results import Results
from sqloop.lsp.state import read_status
from sqloop.lsp.suggestions import Suggestions
from sqloop.lsp.text.questions import Questions

_log = logging.getLogger(__name__)

_CODES: dict[type[SQLoopError], int] = {
    DatabaseError: -32010,
    ModelError: -32011,
    QuestionError: -32012,
    SettingsError: -32013,
    CancelledError: -32800,
}
INTERNAL = -32603


class Server(LanguageServer):
    """What features are given; ``documents`` and ``backend`` are there from the beginning."""

    protocol: Protocol

    def __init__(self, replies: BinaryIO, params: dict[str, Any], options: Options) -> None:
        super().__init__("sqloop", "", protocol_cls=Protocol, converter_factory=make_converter)
        from sqloop.lsp.capabilities import choose_encoding

        self._replies = replies
        self.protocol.set_writer(Writer(replies))
        folder = self.protocol.introduce(params)
        self.stopped = asyncio.Event()
        self.documents = Documents(choose_encoding(params))  # type: ignore[arg-type]
        self.results = Results()
        self.suggestions = Suggestions()
        self.questions = Questions(self.suggestions)
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

    def write_edit(self, document: Document, change: types.TextEdit) -> types.WorkspaceEdit:
        """A change of a document; where the client can tell, of this version of it and of no other."""
        workspace = self.protocol.client_capabilities.workspace
        offered = workspace.workspace_edit if workspace else None
        if not (offered and offered.document_changes):
            return types.WorkspaceEdit(changes={document.uri: [change]})
        about = types.OptionalVersionedTextDocumentIdentifier(document.uri, document.version)
        return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(about, [change])])

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
