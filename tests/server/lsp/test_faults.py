"""What goes wrong around a server: nothing of it ends it, and the status says what is the matter."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sqloop.lsp import protocol
from sqloop.lsp.capabilities import offer
from sqloop.lsp.framing import read_body, write_body
from sqloop.lsp.protocol import Options

from .conftest import PATIENCE, Model, editing

TENSORS = {"numpy", "torch", "transformers", "peft", "safetensors", "tokenizers", "llguidance"}


class Wire:
    """A server and the bytes that go to it."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sqloop", "lsp"],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def send(self, message: object) -> None:
        self.raw(json.dumps(message).encode())

    def raw(self, body: bytes) -> None:
        assert self.process.stdin is not None
        write_body(self.process.stdin, body)  # type: ignore[arg-type]

    def answer(self, number: int | None) -> dict[str, Any]:
        """The response to a request; what comes before it is skipped."""
        assert self.process.stdout is not None
        while (body := read_body(self.process.stdout)) is not None:  # type: ignore[arg-type]
            message: dict[str, Any] = json.loads(body)
            if "method" not in message and message.get("id") == number:
                return message
        raise AssertionError("the server has gone")

    def ask(self, number: int, method: str, params: object = None) -> dict[str, Any]:
        self.send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        return self.answer(number)


@pytest.fixture
def wire(workspace: Path, environment: dict[str, str]) -> Iterator[Wire]:
    wire = Wire(workspace, environment)
    yield wire
    wire.process.kill()
    wire.process.wait()


def begin(wire: Wire) -> None:
    wire.ask(1, "initialize", {"capabilities": {}, "processId": None, "rootUri": None})
    wire.send({"jsonrpc": "2.0", "method": "initialized", "params": {}})


@pytest.mark.parametrize("when", ["before", "after"])
def test_lengths_and_depths_that_nobody_can_mean_are_survived(wire: Wire, when: str) -> None:
    if when == "after":
        begin(wire)
    assert wire.process.stdin is not None
    wire.process.stdin.write(b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n{}\r\n")
    wire.process.stdin.write(b"Content-Length: 99999999999999\r\n\r\n{}\r\n")
    wire.raw(b"[" * 200_000)
    assert wire.answer(None)["error"]["code"] == -32700
    wire.raw(b'{"id": 7, "method": "sqloop/status", "params": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001)
    assert wire.answer(None)["error"]["code"] == -32700
    assert ("error" in wire.ask(8, "sqloop/status")) is (when == "before")


@pytest.mark.parametrize(
    "method",
    [
        "textDocument/didOpen",
        "textDocument/didChange",
        "textDocument/didSave",
        "initialized",
        "exit",
        "$/cancelRequest",
        "workspace/didChangeConfiguration",
    ],
)
def test_a_notification_that_is_sent_as_a_request_gets_an_error(wire: Wire, method: str) -> None:
    begin(wire)
    assert wire.ask(5, method, {})["error"]["code"] == -32600
    assert "result" in wire.ask(6, "sqloop/status")


def test_places_beyond_the_end_of_a_document_are_at_its_end(wire: Wire) -> None:
    begin(wire)
    uri = "file:///a.sql"
    item = {"uri": uri, "languageId": "sql", "version": 1, "text": "-- customers in Rome\n"}
    wire.send({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": item}})
    beyond = {"line": 2_000_000_000, "character": 2_000_000_000}
    document = {"textDocument": {"uri": uri}}
    where = {"range": {"start": beyond, "end": beyond}, "context": {"diagnostics": []}}
    assert wire.ask(5, "textDocument/codeAction", document | where)["result"] == []
    place = document | {"position": beyond}
    for number, method in enumerate(("hover", "completion", "signatureHelp", "definition", "prepareRename")):
        assert "result" in wire.ask(10 + number, f"textDocument/{method}", place), method
    for number, line in enumerate((-1, 5_000, 10**12)):
        params = {"command": "sqloop.server.regenerate", "arguments": [uri, line]}
        answer = wire.ask(20 + number, "workspace/executeCommand", params)
        assert "bug" not in json.dumps(answer), answer


def test_an_outline_of_a_large_file_holds_nobody_up(wire: Wire) -> None:
    begin(wire)
    uri = "file:///large.sql"
    text = "-- a question\nWITH a AS (SELECT 1) SELECT * FROM a WHERE 'x' = 'y';\n" * 60_000
    item = {"uri": uri, "languageId": "sql", "version": 1, "text": text}
    wire.send({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": item}})
    wire.ask(4, "sqloop/status")
    outline = {"jsonrpc": "2.0", "id": 5, "method": "textDocument/documentSymbol"}
    wire.send(outline | {"params": {"textDocument": {"uri": uri}}})
    wire.ask(6, "sqloop/status")
    assert 100 < len(wire.answer(5)["result"]) <= 5_000  # it is answered after what was asked later


def test_malformed_messages_are_answered_and_the_next_one_is_served(wire: Wire) -> None:
    assert wire.ask(1, "sqloop/status")["error"]["code"] == -32002
    wire.raw(b"{")
    assert wire.answer(None)["error"]["code"] == -32700
    wire.raw(b"[1, 2]")
    assert wire.ask(2, "initialize", [])["error"]["code"] == -32602
    options = {"trusted": "yes"}
    params = {"processId": None, "rootUri": None, "capabilities": {}, "initializationOptions": options}
    assert wire.ask(3, "initialize", params)["result"] == offer("utf-16")
    assert wire.ask(4, "initialize", params)["error"]["code"] == -32600
    wire.raw(b"\xff\xfe")
    assert wire.answer(None)["error"]["code"] == -32700
    wire.raw(b"[]")
    assert wire.answer(None)["error"]["code"] == -32600
    assert wire.ask(5, "textDocument/hover", {"textDocument": 1})["error"]["code"] == -32602
    assert wire.ask(6, "no/such/method")["error"]["code"] == -32601
    wire.send({"jsonrpc": "2.0", "method": "textDocument/didChange", "params": {"textDocument": {}}})
    change = {"textDocument": {"uri": "file:///unknown", "version": 3}, "contentChanges": [{"text": "x"}]}
    wire.send({"jsonrpc": "2.0", "method": "textDocument/didChange", "params": change})
    wire.send({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 99}})
    wire.send({"jsonrpc": "2.0", "id": 77, "result": None})
    assert wire.process.stdin is not None
    wire.process.stdin.write(b"this is no header\r\n")
    assert wire.ask(7, "sqloop/status")["result"]["trusted"] is False
    assert "result" in wire.ask(8, "shutdown")
    assert wire.ask(9, "sqloop/status")["error"]["code"] == -32600
    wire.send({"jsonrpc": "2.0", "method": "exit"})
    assert wire.process.wait(60) == 0


def test_a_client_that_just_leaves_takes_the_server_along(wire: Wire) -> None:
    wire.ask(1, "initialize", {"processId": None, "rootUri": None, "capabilities": {}})
    assert wire.process.stdin is not None
    wire.process.stdin.close()
    assert wire.process.wait(60) == 1


def test_what_is_offered_is_what_is_there(workspace: Path) -> None:
    """The doorman's words against the handlers that the server registers."""
    from sqloop.lsp.capabilities import COMMANDS
    from sqloop.lsp.server import Server
    from sqloop.lsp.service import register

    async def registered() -> tuple[set[str], set[str]]:
        with open(os.devnull, "wb") as nowhere:
            server = Server(nowhere, {"capabilities": {}, "rootUri": workspace.as_uri()}, Options())
            register(server)
            return set(server.protocol.fm.features), set(server.commands)

    features, commands = asyncio.run(registered())
    providers = {
        "completionProvider": "textDocument/completion",
        "inlineCompletionProvider": "textDocument/inlineCompletion",
        "hoverProvider": "textDocument/hover",
        "signatureHelpProvider": "textDocument/signatureHelp",
        "definitionProvider": "textDocument/definition",
        "documentSymbolProvider": "textDocument/documentSymbol",
        "documentFormattingProvider": "textDocument/formatting",
        "documentRangeFormattingProvider": "textDocument/rangeFormatting",
        "renameProvider": "textDocument/rename",
        "codeLensProvider": "textDocument/codeLens",
        "codeActionProvider": "textDocument/codeAction",
    }
    offered = {key for key in offer("utf-16")["capabilities"] if key.endswith("Provider")}
    assert offered - {"executeCommandProvider"} == set(providers)
    assert set(providers.values()) <= features
    assert commands == set(COMMANDS)


@pytest.mark.asyncio
async def test_the_server_never_loads_tensors(
    workspace: Path, environment: dict[str, str], model: Model
) -> None:
    async with editing(workspace, environment, Options(trusted=True, model=model.url)) as editor:
        assert await editor.ghost(editor.open("-- the customers in Rome\n"))
        assert editor.client._server is not None
        maps = Path(f"/proc/{editor.client._server.pid}/maps").read_text()
    assert "/pygls/" in maps or "pydantic_core" in maps, "the test looks at the right process"
    assert not [name for name in TENSORS if f"/{name}/" in maps]


@pytest.mark.asyncio
async def test_ten_thousand_edits_beside_a_large_file(workspace: Path, environment: dict[str, str]) -> None:
    async with editing(workspace, environment, Options(trusted=True)) as editor:
        assert editor.client._server is not None
        await editor.until(lambda status: status.database.state == "ready")
        large = editor.open("SELECT name FROM customer; -- again and again\n" * 110_000)
        uri = editor.open("SELECT 1;")
        before = memory(editor.client._server.pid)
        for number in range(10_000):
            editor.type(uri, "x" if number % 50 else "\n-- ")
            if number % 500 == 0:
                await asyncio.sleep(0)
        for each in (uri, large):
            editor.type(each, "\nSELECT nme FROM customer")
        for each, version in ((uri, 10_002), (large, 2)):
            (problem,) = await editor.problems(each, version)
            assert (problem.code, problem.range.start) == ("unknown-column", editor.place(each, "nme"))
        assert "name" in [item.label for item in await editor.complete(large, editor.place(large, "nme"))]
        assert (await editor.status()).state == "ready"
        assert memory(editor.client._server.pid) - before < 200_000_000


@pytest.mark.asyncio
async def test_edits_that_come_too_late_change_nothing(workspace: Path, environment: dict[str, str]) -> None:
    async with editing(workspace, environment, Options(trusted=True)) as editor:
        await editor.until(lambda status: status.database.state == "ready")
        uri = editor.open("SELECT nme FROM customer")
        editor.write(uri, "SELECT 1")
        version = editor.write(uri, "SELECT nme FROM orders")
        editor.send_text(uri, "SELECT total FROM orders", version - 1)
        (problem,) = await editor.problems(uri, version)
        assert problem.code == "unknown-column"
        editor.close(uri)
        editor.write(uri, "SELECT nme FROM customer")
        editor.close(uri)
        other = editor.open("SELECT 1")
        assert await editor.problems(other) == []
        versions = [each.version for each in editor.published if each.uri == uri and each.version is not None]
        assert versions == [version]


@pytest.mark.asyncio
async def test_an_untrusted_workspace_runs_and_calls_nothing(
    workspace: Path, environment: dict[str, str], model: Model
) -> None:
    toml = (
        f'model = "{model.url}"\n[connections.live]\nurl = "mysql+pymysql://a@127.0.0.1:1/x"\n'
        'password_command = "touch ran"\n[connections.shop]\nurl = "sqlite:///shop.db"\n'
    )
    (workspace / "sqloop.toml").write_text(toml)
    async with editing(workspace, environment, Options(trusted=False)) as editor:
        status = await editor.until(lambda status: status.database.state == "ready")
        assert status.database.connection == "shop"
        assert status.model.base == "starter"
        assert len(status.ignored) == 2
        assert not (workspace / "ran").exists()


@pytest.mark.asyncio
async def test_a_worker_that_is_killed_while_it_writes_is_started_again(
    workspace: Path, environment: dict[str, str], counting_model: Path
) -> None:
    options = Options(trusted=True, model=str(counting_model), k=2)
    async with editing(workspace, environment, options) as editor:
        assert await editor.ghost(editor.open("-- how many customers are there?\n"))
        first = (await editor.status()).model.process
        assert first is not None
        os.kill(first, signal.SIGSTOP)
        editor.statuses.clear()
        waiting = asyncio.create_task(editor.ghost(editor.open("-- how many customers do we have?\n")))
        await editor.until(lambda status: status.model.state == "working")
        os.kill(first, signal.SIGKILL)
        assert await waiting
        status = await editor.status()
        assert status.model.process not in (None, first)
        assert status.state == "ready"


@pytest.mark.asyncio
async def test_a_database_that_goes_and_comes_back(
    mariadb: Any, workspace: Path, environment: dict[str, str]
) -> None:
    url = mariadb.create(
        "away", "CREATE TABLE singer (name VARCHAR(20))", "INSERT INTO singer VALUES ('Nina')"
    )
    async with editing(workspace, environment, Options(trusted=True, connection=url)) as editor:
        await editor.until(lambda status: status.database.state == "ready")
        assert [each.code for each in await editor.problems(editor.open("SELECT nme FROM singer"))] == [
            "unknown-column"
        ]
        mariadb.stop()
        try:
            with pytest.raises(Exception, match=r"127\.0\.0\.1"):
                await editor.request(protocol.RUN, protocol.RunParams("SELECT 1"), protocol.RunResult)
            status = await editor.status()
            assert (status.state, status.database.state) == ("degraded", "unreachable")
            assert status.database.error
            meanwhile = editor.open("SELECT nme FROM singer")
            assert await editor.problems(meanwhile) == []
            names = [item.label for item in await editor.complete(editor.open("SELECT * FROM sin"))]
            assert "singer" in names
        finally:
            mariadb.start()
        editor.statuses.clear()
        await editor.until(lambda status: status.database.state == "ready")
        result = await editor.request(
            protocol.RUN, protocol.RunParams("SELECT name FROM singer"), protocol.RunResult
        )
        assert result.rows == (("Nina",),)
        async with asyncio.timeout(PATIENCE):
            while not any(each.uri == meanwhile and each.diagnostics for each in editor.published):
                await asyncio.sleep(0.1)


def memory(pid: int) -> int:
    """Resident bytes of a process."""
    lines = (line.split() for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return next(int(words[1]) * 1024 for words in lines if words[0] == "VmRSS:")
