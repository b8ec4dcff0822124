"""A real `sqloop lsp` over stdio, a shop to ask, and a model that answers what it is told.

The model is an OpenAI-compatible server of the test's own: what is proved here is the language server.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from lsprotocol import types
from pytest_lsp import LanguageClient, make_test_lsp_client

import folders
from model_server import ModelServer, first_or_others
from sqloop.lsp import protocol
from sqloop.lsp.convert import from_wire, to_wire

CHOSEN = "SELECT name FROM customer WHERE city = 'Rome'"
OTHER = "SELECT COUNT(*) FROM customer"
BROKEN = "SELECT nothing FROM nowhere"

PATIENCE = 60
"""Seconds after which a test gives up waiting."""

SHOP = """
CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT, "first order" TEXT);
CREATE TABLE orders (
    id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customer (id), total REAL, status TEXT
);
CREATE TABLE "order" (id INTEGER PRIMARY KEY, "from" TEXT);
INSERT INTO customer VALUES (1, 'Ann', 'Rome', '2020'), (2, 'Bob', 'Oslo', '2021'), (3, 'Cy', 'Rome', '2022');
INSERT INTO orders VALUES (1, 1, 10.5, 'open'), (2, 2, 20.0, 'paid'), (3, 1, 5.25, 'it''s late');
"""


class Model(ModelServer):
    """Writes the SQL it is told for questions that hold a text; remembers what it was asked."""

    def __init__(self) -> None:
        self.told: dict[str, list[str]] = {}
        self.asked: list[str] = []
        self.prompts: list[str] = []
        self.open = threading.Event()
        self.open.set()
        self.called = threading.Event()
        self.hung_up = threading.Event()
        super().__init__()

    def tell(self, question: str, *sqls: str) -> None:
        self.told[question] = list(sqls)

    def wait(self, prompt: str, handler: BaseHTTPRequestHandler) -> bool:
        self.asked.append(prompt.rsplit("Question: ", 1)[-1].strip())
        self.prompts.append(prompt)
        self.called.set()
        while not self.open.wait(0.05):
            handler.connection.settimeout(0.01)
            try:
                if not handler.connection.recv(1):
                    self.hung_up.set()
                    return False
            except TimeoutError:
                continue
        return True

    def answer(self, prompt: str, body: Mapping[str, Any]) -> Sequence[str]:
        question = prompt.rsplit("Question: ", 1)[-1].strip()
        sqls = next((told for part, told in self.told.items() if part in question), [OTHER])
        return first_or_others(sqls, body)

    def close(self) -> None:
        self.open.set()
        super().close()


class Editor:
    """A client with one workspace, in the words of its user."""

    def __init__(self, client: LanguageClient, folder: Path) -> None:
        self.client = client
        self.folder = folder
        self.capabilities: types.ServerCapabilities
        self.statuses: list[protocol.Status] = []
        self.edits: list[types.WorkspaceEdit] = []
        self._documents = itertools.count(1)
        self._versions: dict[str, int] = {}
        self._texts: dict[str, str] = {}

        @client.feature(protocol.STATUS_CHANGED)
        def _(params: Any) -> None:
            self.statuses.append(from_wire(protocol.Status, _plain(params)))

        self.published: list[types.PublishDiagnosticsParams] = []
        self._heard = asyncio.Event()

        def publish(params: types.PublishDiagnosticsParams) -> None:
            self.published.append(params)
            self._heard.set()

        # The client's own handler forgets versions.
        client.protocol.fm.features[types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS] = publish

        @client.feature(types.WORKSPACE_APPLY_EDIT)
        def _(params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
            self.edits.append(params.edit)
            return types.ApplyWorkspaceEditResult(applied=True)

    async def begin(self, options: protocol.Options, **capabilities: Any) -> None:
        result = await self.client.initialize_session(
            types.InitializeParams(
                capabilities=types.ClientCapabilities(**capabilities),
                root_uri=self.folder.as_uri(),
                initialization_options=to_wire(options),
            )
        )
        self.capabilities = result.capabilities

    def open(self, text: str) -> str:
        uri = (self.folder / f"{next(self._documents)}.sql").as_uri()
        self._versions[uri], self._texts[uri] = 1, text
        item = types.TextDocumentItem(uri, "sql", 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return uri

    def write(self, uri: str, text: str) -> int:
        """Replace the whole text; the version that it has then."""
        self._versions[uri] += 1
        self._texts[uri] = text
        self.send_text(uri, text, self._versions[uri])
        return self._versions[uri]

    def send_text(self, uri: str, text: str, version: int) -> None:
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(version, uri),
                [types.TextDocumentContentChangeWholeDocument(text)],
            )
        )

    def type(self, uri: str, text: str) -> None:
        """Put ``text`` at the end."""
        self._versions[uri] += 1
        end = self.end(uri)
        self._texts[uri] += text
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(self._versions[uri], uri),
                [types.TextDocumentContentChangePartial(range=types.Range(end, end), text=text)],
            )
        )

    def close(self, uri: str) -> None:
        self.client.text_document_did_close(
            types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri))
        )

    def save(self, uri: str) -> None:
        self.client.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(uri)))

    def end(self, uri: str) -> types.Position:
        lines = self._texts[uri].split("\n")
        return types.Position(len(lines) - 1, len(lines[-1]))

    def place(self, uri: str, text: str, nth: int = 0) -> types.Position:
        """Where ``text`` begins."""
        offset = -1
        for _ in range(nth + 1):
            offset = self._texts[uri].index(text, offset + 1)
        before = self._texts[uri][:offset].split("\n")
        return types.Position(len(before) - 1, len(before[-1]))

    async def ghost(
        self,
        uri: str,
        at: types.Position | None = None,
        *,
        invoked: bool = True,
        selected: tuple[types.Position, str] | None = None,
    ) -> list[types.InlineCompletionItem]:
        kinds = types.InlineCompletionTriggerKind
        end = at or self.end(uri)
        picked = (
            types.SelectedCompletionInfo(types.Range(selected[0], end), selected[1]) if selected else None
        )
        result = await self.client.text_document_inline_completion_async(
            types.InlineCompletionParams(
                context=types.InlineCompletionContext(kinds.Invoked if invoked else kinds.Automatic, picked),
                text_document=types.TextDocumentIdentifier(uri),
                position=end,
            )
        )
        assert isinstance(result, types.InlineCompletionList)
        return list(result.items)

    def cancel_last(self) -> None:
        """Cancel the request that was sent last."""
        number = list(self.client.protocol._request_futures)[-1]
        self.client.protocol.notify(types.CANCEL_REQUEST, types.CancelParams(number))

    async def complete(self, uri: str, at: types.Position | None = None) -> list[types.CompletionItem]:
        result = await self.client.text_document_completion_async(
            types.CompletionParams(types.TextDocumentIdentifier(uri), at or self.end(uri))
        )
        assert isinstance(result, types.CompletionList)
        return list(result.items)

    async def problems(self, uri: str, version: int = 1, *, anew: bool = False) -> list[types.Diagnostic]:
        """The diagnostics of a version of a document; with ``anew`` those that are published from now on."""
        seen = len(self.published) if anew else 0
        while True:
            for params in self.published[seen:]:
                if params.uri == uri and params.version == version:
                    return list(params.diagnostics)
            seen = len(self.published)
            self._heard.clear()
            await asyncio.wait_for(self._heard.wait(), PATIENCE)

    async def request(self, method: str, params: object, kind: Callable[..., Any]) -> Any:
        """One of our own requests."""
        result = await self.client.protocol.send_request_async(method, to_wire(params))
        return from_wire(kind, _plain(result))  # type: ignore[arg-type]

    async def command(self, command: str | types.Command, *arguments: Any) -> Any:
        if isinstance(command, types.Command):
            arguments = tuple(_plain(each) for each in command.arguments or [])
            command = command.command
        return _plain(
            await self.client.workspace_execute_command_async(
                types.ExecuteCommandParams(command=command, arguments=list(arguments))
            )
        )

    async def status(self) -> protocol.Status:
        status: protocol.Status = await self.request(protocol.STATUS, {}, protocol.Status)
        return status

    async def until(self, holds: Callable[[protocol.Status], bool]) -> protocol.Status:
        """The first status that is told for which something holds."""
        seen = 0
        while True:
            for status in self.statuses[seen:]:
                if holds(status):
                    return status
            seen = len(self.statuses)
            await asyncio.wait_for(
                self.client.protocol.wait_for_notification_async(protocol.STATUS_CHANGED), PATIENCE
            )


def _plain(value: Any) -> Any:
    """JSON again from the objects that pygls makes of it."""
    if hasattr(value, "_asdict"):
        return {name: _plain(each) for name, each in value._asdict().items()}
    if hasattr(value, "_fields"):
        return {name: _plain(getattr(value, name)) for name in value._fields}
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


def write_workspace(folder: Path) -> Path:
    """A workspace with the shop in it, which `sqloop.toml` names."""
    return folders.write_workspace(folder, SHOP)


def user_environment(folder: Path) -> dict[str, str]:
    """Of a user who has set nothing; what the server keeps goes to a folder of the test."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SQLOOP_")}
    return kept | {"XDG_DATA_HOME": str(folder / "data"), "XDG_CACHE_HOME": str(folder / "cache")}


@asynccontextmanager
async def editing(
    folder: Path,
    environment: dict[str, str],
    options: protocol.Options,
    command: Sequence[str] = ("-m", "sqloop", "lsp", "--stdio"),
    **capabilities: Any,
) -> AsyncIterator[Editor]:
    """A server for a workspace, and its client."""
    client = make_test_lsp_client()
    await client.start_io(sys.executable, *command, env=environment, cwd=folder)
    editor = Editor(client, folder)
    try:
        await editor.begin(options, **capabilities)
        yield editor
        await client.shutdown_session()
    finally:
        if client._server is not None and client._server.returncode is None:
            with suppress(TimeoutError):
                await asyncio.wait_for(client._server.wait(), 30)
            if client._server.returncode is None:
                client._server.kill()
        await client.stop()


@pytest.fixture(scope="module")
def told() -> Iterator[Model]:
    model = Model()
    yield model
    model.close()


@pytest.fixture
def model(told: Model) -> Model:
    """The model, which knows of customers in Rome and has not been asked anything."""
    told.told = {"in Rome": [CHOSEN, CHOSEN, OTHER, BROKEN]}
    told.asked.clear()
    told.called.clear()
    told.hung_up.clear()
    told.open.set()
    return told


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(told: Model, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Editor]:
    """One server for all tests of a file: each opens documents and asks questions of its own."""
    root = tmp_path_factory.mktemp("user")
    options = protocol.Options(trusted=True, model=told.url, k=4)
    window = types.WindowClientCapabilities(work_done_progress=True)
    workspace = write_workspace(root / "workspace")
    async with editing(workspace, user_environment(root), options, window=window) as editor:
        yield editor


@pytest.fixture
def editor(shared: Editor, model: Model) -> Editor:
    """The shared editor, with nothing noted yet."""
    shared.edits.clear()
    shared.client.messages.clear()
    return shared


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return write_workspace(tmp_path / "workspace")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return user_environment(tmp_path)
