"""The server's process as an editor sees it, and how fast it completes names, beside sql-language-server.

Both are asked the same on the same MariaDB of 1,000 tables with 20 columns each, over stdio. Ours is asked
while the model writes queries. sql-language-server comes from npm, into the user's cache.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from queue import Queue
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import monotonic, perf_counter, sleep
from typing import Any

from sqlalchemy.engine import make_url

from benchmarks.figures import Figure, Section

STARTS = 10
COMPLETIONS = 100
PATIENCE = 120.0
"""Seconds until a server must have answered."""

PACKAGES = (
    "sql-language-server@1.7.1",
    "vscode-languageserver@8.0.2",
    "vscode-languageserver-protocol@3.17.2",
    "vscode-languageserver-types@3.17.2",
    "vscode-jsonrpc@8.0.2",
)
TEXTS = ("SELECT  FROM entity_417", "SELECT field_3 FROM entity_4", "SELECT entity_9. FROM entity_9")
PLACES = (7, 28, 16)
"""Where completion is asked for in each of the texts."""


class Server:
    """A language server that is spoken to over stdio."""

    def __init__(self, command: list[str], folder: Path) -> None:
        self._process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._ids = itertools.count(1)
        self._answers: dict[int, Queue[dict[str, Any]]] = {}
        self._folder = folder
        threading.Thread(target=self._read, daemon=True).start()

    def initialize(self, options: dict[str, Any]) -> None:
        uri = self._folder.as_uri()
        self.request(
            "initialize",
            {
                "processId": os.getpid(),
                "rootPath": str(self._folder),
                "rootUri": uri,
                "workspaceFolders": [{"uri": uri, "name": "bench"}],
                "capabilities": {"textDocument": {"completion": {}}},
                "initializationOptions": options,
            },
        )
        self.notify("initialized", {})

    def open(self, uri: str, text: str) -> None:
        document = {"uri": uri, "languageId": "sql", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})

    def complete(self, uri: str, character: int) -> int:
        """How many names are offered."""
        position = {"line": 0, "character": character}
        found = self.request("textDocument/completion", {"textDocument": {"uri": uri}, "position": position})
        return len(found["items"] if isinstance(found, dict) else found or [])

    def request(self, method: str, params: Any) -> Any:
        return self.begin(method, params).get(timeout=PATIENCE).get("result")

    def begin(self, method: str, params: Any) -> Queue[dict[str, Any]]:
        """Send a request; its answer comes through the queue."""
        number = next(self._ids)
        answer = self._answers[number] = Queue()  # The reader drops its own once it has filled it.
        self._send({"id": number, "method": method, "params": params})
        return answer

    def notify(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def close(self) -> None:
        self._process.kill()
        self._process.wait()

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._process.stdin.flush()

    def _read(self) -> None:
        out = self._process.stdout
        assert out is not None
        while line := out.readline():
            length = 0
            while line.strip():
                name, _, value = line.decode().partition(":")
                length = int(value) if name.lower() == "content-length" else length
                line = out.readline()
            message = json.loads(out.read(length)) if length else {}
            if "method" in message and "id" in message:
                self._send({"id": message["id"], "result": None})
            elif "id" in message and message["id"] in self._answers:
                self._answers.pop(message["id"]).put(message)


def measure(urls: Mapping[str, str]) -> Section:
    """``urls`` of databases of 1,000 tables, by engine; MariaDB is used, which both servers speak."""
    url = urls["MariaDB"]
    with TemporaryDirectory(prefix="sqloop-bench-") as name:
        folder = Path(name)
        figures = [*_measure_ours(folder, url)]
        other = find_other()
        figures += _measure_other(folder, url, other) if other else []
    return Section(
        "language_server",
        f"`initialize` from the start of the process, median of {STARTS}; {COMPLETIONS} completions of names "
        "on MariaDB with 1,000 tables of 20 columns, ours while the model writes queries without a pause.",
        tuple(figures),
        "" if other else "sql-language-server, for which npm is needed.",
    )


def _measure_ours(folder: Path, url: str) -> Iterator[Figure]:
    command = [sys.executable, "-m", "sqloop", "lsp"]
    options = {"trusted": True, "connection": url, "feedback": False}
    times = [_start_ms(command, folder, options) for _ in range(STARTS + 1)][1:]
    yield Figure("sqloop lsp", "initialize, median", median(times), "ms", below=400)
    server = Server(command, folder)
    try:
        server.initialize(options)
        stop = threading.Event()
        asking = threading.Thread(target=_keep_asking, args=(server, stop))
        server.request("sqloop/ask", {"question": "How many rows are in entity_7?", "k": 4})
        asking.start()
        yield from _complete("sqloop lsp", server, folder, goal=10)
        stop.set()
        asking.join()
    finally:
        server.close()


def _keep_asking(server: Server, stop: threading.Event) -> None:
    for number in itertools.count():
        if stop.is_set():
            return
        server.request("sqloop/ask", {"question": f"How many rows has entity_{number % 900}?", "k": 4})


def _measure_other(folder: Path, url: str, program: Path) -> Iterator[Figure]:
    place = make_url(url)
    connection = {"name": "bench", "adapter": "mysql", "host": place.host, "port": place.port}
    connection |= {"user": place.username, "password": place.password, "database": place.database}
    (folder / ".sqllsrc.json").write_text(json.dumps(connection))
    command = ["node", str(program), "up", "--method", "stdio"]
    times = [_start_ms(command, folder, {}) for _ in range(STARTS + 1)][1:]
    yield Figure("sql-language-server 1.7.1", "initialize, median", median(times), "ms")
    server = Server(command, folder)
    try:
        server.initialize({})
        yield from _complete("sql-language-server 1.7.1", server, folder)
    finally:
        server.close()


def _start_ms(command: list[str], folder: Path, options: dict[str, Any]) -> float:
    started = perf_counter()
    server = Server(command, folder)
    try:
        server.initialize(options)
        return (perf_counter() - started) * 1000
    finally:
        server.close()


def _complete(row: str, server: Server, folder: Path, goal: float | None = None) -> Iterator[Figure]:
    uris = [(folder / f"{number}.sql").as_uri() for number in range(len(TEXTS))]
    for uri, text in zip(uris, TEXTS, strict=True):
        server.open(uri, text)
    deadline = monotonic() + PATIENCE
    while not all(server.complete(uri, place) for uri, place in zip(uris, PLACES, strict=True)):
        if monotonic() > deadline:
            break  # It offers nothing for one of the texts; what it offers for the others is timed.
        sleep(0.2)
    times, offered = [], 0
    for number in range(COMPLETIONS):
        started = perf_counter()
        offered += server.complete(uris[number % len(uris)], PLACES[number % len(uris)])
        times.append((perf_counter() - started) * 1000)
    yield Figure(row, "completion, median", median(times), "ms")
    yield Figure(row, "completion, p95", quantiles(times, n=20)[-1], "ms", below=goal)
    yield Figure(row, "names offered, mean", offered / COMPLETIONS, "")


def find_other() -> Path | None:
    """sql-language-server's program, installed where it is missing; None without npm."""
    if shutil.which("npm") is None:
        return None
    folder = Path.home() / ".cache/sqloop-tests/sql-language-server-1.7.1"
    program = folder / "node_modules/sql-language-server/npm_bin/cli.js"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        overrides = {name: version for name, _, version in (each.rpartition("@") for each in PACKAGES[1:])}
        (folder / "package.json").write_text(json.dumps({"private": True, "overrides": overrides}))
        quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(["npm", "install", *quiet, PACKAGES[0]], cwd=folder, check=True, capture_output=True)
    return program
