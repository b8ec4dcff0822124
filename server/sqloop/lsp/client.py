"""A client of `sqloop lsp` for Python programs: the console, scripts, tests.

```python
async with await Client.start([sys.executable, "-m", "sqloop", "lsp"], Path.cwd()) as client:
    answer = await client.ask(AskParams("How many customers do we have?"))
```

Light on purpose: asyncio and the values of `sqloop.lsp.protocol`, no LSP library. Knows the requests of
SQLoop only. Cancelling the task that waits for a request cancels the request in the server, down into the
database.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, TypeVar

from sqloop.errors import SQLoopError
from sqloop.lsp import protocol
from sqloop.lsp.convert import from_wire, to_wire
from sqloop.lsp.framing import frame

T = TypeVar("T")

_GRACE = 5.0
"""Seconds that the server has to end by itself."""


class RequestError(SQLoopError):
    """The server refused a request; ``code`` is one of `protocol.ErrorCode` or of JSON-RPC."""

    def __init__(self, code: int, message: str, title: str = "", hint: str = "") -> None:
        super().__init__(message, hint)
        self.code = code
        self.title = title or "SQLoop"


class ServerGoneError(SQLoopError):
    """The server's process has ended; what was asked of it is not answered."""


class Client:
    """One server process; every method belongs to the event loop that started it."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._on_status: list[Callable[[protocol.Status], None]] = []
        self._on_progress: dict[str, Callable[[str], None]] = {}
        self._gone: ServerGoneError | None = None
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def start(
        cls,
        command: Sequence[str],
        folder: Path,
        options: protocol.Options | None = None,
        env: Mapping[str, str] | None = None,
        stderr: IO[bytes] | None = None,
    ) -> Client:
        """Start the server in ``folder`` and introduce ourselves; its log goes to ``stderr``, or to ours.

        Raises ServerGoneError, RequestError.
        """
        process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, stderr=stderr, cwd=folder, env=env
        )
        client = cls(process)
        try:
            await client.request(
                "initialize",
                {
                    "processId": os.getpid(),
                    "clientInfo": {"name": "sqloop"},
                    "rootUri": folder.resolve().as_uri(),
                    "capabilities": {},
                    "initializationOptions": to_wire(options or protocol.Options()),
                },
            )
        except BaseException:
            await client.close()
            raise
        client.notify("initialized", {})
        return client

    async def ask(
        self, params: protocol.AskParams, progress: Callable[[str], None] | None = None
    ) -> protocol.AskResult:
        """A question; ``progress`` is told in words what happens. Raises RequestError, ServerGoneError."""
        return await self._call(protocol.ASK, params, protocol.AskResult, progress)

    async def run(
        self, params: protocol.RunParams, progress: Callable[[str], None] | None = None
    ) -> protocol.RunResult:
        """A query, or a further page of its rows."""
        return await self._call(protocol.RUN, params, protocol.RunResult, progress)

    async def schema(self, params: protocol.SchemaParams) -> protocol.SchemaResult:
        """All tables, or one of them."""
        return await self._call(protocol.SCHEMA, params, protocol.SchemaResult)

    async def explain(self, params: protocol.ExplainParams) -> protocol.ExplainResult:
        """A query in words."""
        return await self._call(protocol.EXPLAIN, params, protocol.ExplainResult)

    async def history(self, params: protocol.HistoryParams) -> protocol.HistoryResult:
        """The questions that were asked of this database."""
        return await self._call(protocol.HISTORY, params, protocol.HistoryResult)

    async def follow(
        self, params: protocol.FollowParams, progress: Callable[[str], None] | None = None
    ) -> protocol.FollowResult:
        """The full question that a text means after an answer."""
        return await self._call(protocol.FOLLOW, params, protocol.FollowResult, progress)

    async def feedback(self, params: protocol.FeedbackParams) -> protocol.FeedbackResult:
        """What the user did with a suggestion."""
        return await self._call(protocol.FEEDBACK, params, protocol.FeedbackResult)

    async def connect(self, params: protocol.ConnectParams) -> protocol.Status:
        """Another database from now on."""
        return await self._call(protocol.CONNECT, params, protocol.Status)

    async def remove_connection(self, name: str) -> protocol.Status:
        """A connection of `sqloop.toml` is no more."""
        params = protocol.RemoveConnectionParams(name)
        return await self._call(protocol.REMOVE_CONNECTION, params, protocol.Status)

    async def status(self, *, warm: bool = False) -> protocol.Status:
        """What state everything is in; ``warm`` has the model loaded in the background."""
        return await self._call(protocol.STATUS, protocol.StatusParams(warm=warm), protocol.Status)

    def on_status(self, listener: Callable[[protocol.Status], None]) -> None:
        """Have ``listener`` called, in the event loop, whenever the state changes."""
        self._on_status.append(listener)

    async def request(self, method: str, params: object) -> Any:
        """Any request, JSON in and out; cancelling the waiting task cancels it in the server."""
        if self._gone is not None:
            raise self._gone
        number = next(self._ids)
        future = self._waiting[number] = asyncio.get_running_loop().create_future()
        self._send({"id": number, "method": method, "params": params})
        try:
            return await future
        except asyncio.CancelledError:
            self.notify("$/cancelRequest", {"id": number})
            raise
        finally:
            self._waiting.pop(number, None)

    def notify(self, method: str, params: object) -> None:
        """Any notification; nothing comes back."""
        self._send({"method": method, "params": params})

    async def close(self) -> None:
        """Have the server end; kill it where it does not."""
        with suppress(TimeoutError, SQLoopError):
            await asyncio.wait_for(self.request("shutdown", None), _GRACE)
            self.notify("exit", None)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), _GRACE)
        if self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        await self._reader

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _call(
        self, method: str, params: object, kind: type[T], progress: Callable[[str], None] | None = None
    ) -> T:
        wire = to_wire(params)
        if progress is None:
            return from_wire(kind, await self.request(method, wire))
        token = f"sqloop-{next(self._ids)}"
        self._on_progress[token] = progress
        try:
            return from_wire(kind, await self.request(method, {**wire, "workDoneToken": token}))
        finally:
            del self._on_progress[token]

    def _send(self, message: dict[str, object]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        with suppress(ConnectionError):  # The reader finds out and tells everyone who waits.
            self._process.stdin.write(frame(body))

    async def _read(self) -> None:
        try:
            await self._read_messages()
        except asyncio.IncompleteReadError:
            reason = ""
        except Exception as error:  # Nobody could tell where the next message begins.
            reason = f" It was ended, for what it sent cannot be read ({type(error).__name__})."
            with suppress(ProcessLookupError):
                self._process.kill()
        code = await self._process.wait()
        self._gone = ServerGoneError(
            f"The language server ended (exit code {code}).{reason}", "It can be started again."
        )
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(self._gone)

    async def _read_messages(self) -> None:
        assert self._process.stdout is not None
        while True:
            head = await self._process.stdout.readuntil(b"\r\n\r\n")
            lengths = [
                int(line.partition(b":")[2])
                for line in head.split(b"\r\n")
                if line.lower().startswith(b"content-length:")
            ]
            self._receive(json.loads(await self._process.stdout.readexactly(lengths[0])))

    def _receive(self, message: dict[str, Any]) -> None:
        match message.get("method"):
            case None:
                self._settle(message)
            case protocol.STATUS_CHANGED:
                status = from_wire(protocol.Status, message["params"])
                for listener in self._on_status:
                    listener(status)
            case "$/progress":
                value = message["params"]["value"]
                listener_ = self._on_progress.get(message["params"]["token"])
                if listener_ is not None and (text := value.get("message") or value.get("title")):
                    listener_(text)
            case _ if "id" in message:  # A request of the server: none that this client offers to serve.
                refusal = {"code": -32601, "message": "Not supported."}
                self._send({"id": message["id"], "error": refusal})

    def _settle(self, message: dict[str, Any]) -> None:
        future = self._waiting.get(message.get("id", 0))
        if future is None or future.done():
            return
        if (error := message.get("error")) is None:
            future.set_result(message.get("result"))
            return
        data = error.get("data") if isinstance(error.get("data"), dict) else {}
        future.set_exception(
            RequestError(error["code"], error["message"], data.get("title", ""), data.get("hint", ""))
        )
