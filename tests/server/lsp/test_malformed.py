"""Thousands of messages that no client should send: the server lives, and answers the next honest request."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from effort import amount
from sqloop.lsp.framing import read_body, write_body

from .conftest import PATIENCE, Model, user_environment, write_workspace
from .malformed import messages
from .test_faults import memory

AT_ONCE = 20
HONEST = 1_000_000


class Target:
    """A server that is sent anything, and what it says; started again where it has died."""

    def __init__(self, folder: Path, model: str) -> None:
        self._folder, self._model = folder, model
        self._workspace = write_workspace(folder / "workspace")
        self._number = HONEST
        self.resident: list[int] = []
        """Bytes in memory after each batch of messages."""
        self._start()

    def _start(self) -> None:
        self.log = self._folder / "log"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sqloop", "lsp"],
            cwd=self._workspace,
            env=user_environment(self._folder),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log.open("wb"),
        )
        self.answers: Queue[dict[str, Any]] = Queue()
        self.failures: list[dict[str, Any]] = []
        threading.Thread(target=self._read, args=(self.process.stdout,), daemon=True).start()
        options = {"trusted": True, "model": self._model}
        params = {"processId": None, "rootUri": self._workspace.as_uri(), "capabilities": {}}
        self.ask("initialize", params | {"initializationOptions": options})
        self.send({"jsonrpc": "2.0", "method": "initialized", "params": {}})
        self.ask("sqloop/schema", {})

    def _read(self, stream: Any) -> None:
        while (body := read_body(stream)) is not None:
            message = json.loads(body)
            if "bug in SQLoop" in json.dumps(message) or message.get("error", {}).get("code") == -32603:
                self.failures.append(message)
            number = message.get("id")
            if "method" not in message and isinstance(number, int) and number > HONEST:
                self.answers.put(message)

    def send(self, message: object) -> None:
        assert self.process.stdin is not None
        write_body(self.process.stdin, json.dumps(message).encode())  # type: ignore[arg-type]

    def throw(self, frames: list[bytes]) -> None:
        assert self.process.stdin is not None
        for frame in frames:
            self.process.stdin.write(frame)
        self.process.stdin.flush()

    def ask(self, method: str, params: object) -> dict[str, Any]:
        """The answer to an honest request."""
        self._number += 1
        self.send({"jsonrpc": "2.0", "id": self._number, "method": method, "params": params})
        while True:
            answer = self.answers.get(timeout=PATIENCE)
            if answer["id"] == self._number:
                return answer

    def hover(self) -> dict[str, Any]:
        """What a hover says in a document that is opened for it."""
        uri = f"file:///honest-{self._number}.sql"
        item = {"uri": uri, "languageId": "sql", "version": 1, "text": "SELECT name FROM customer"}
        self.send({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": item}})
        place = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 20}}
        answer = self.ask("textDocument/hover", place)
        self.send({"jsonrpc": "2.0", "method": "textDocument/didClose", "params": place})
        return answer

    def renew(self) -> None:
        """Another server: after a failure, or every other test would report it again."""
        self.close()
        self._start()

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="module")
def target(told: Model, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """In the end it holds no more memory than in the beginning."""
    target = Target(tmp_path_factory.mktemp("user"), told.url)
    yield target
    target.close()
    early, late = target.resident[len(target.resident) // 4], target.resident[-1]
    assert late < 1.2 * early


@settings(
    max_examples=amount(1_000, 10_000) // AT_ONCE,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],  # a server remembers: what it is sent again does not fail in the same way
    suppress_health_check=list(HealthCheck),
)
@given(frames=st.lists(messages, min_size=AT_ONCE, max_size=AT_ONCE))
def test_the_server_lives_and_answers_the_next_one(target: Target, frames: list[bytes]) -> None:
    try:
        target.throw(frames)
        answer = target.hover()
        assert "customer" in json.dumps(answer["result"]), answer
        assert target.failures == []
        assert "Traceback" not in (told := target.log.read_text()), told[-3000:]
        assert target.process.poll() is None
        target.resident.append(memory(target.process.pid))
    except (AssertionError, OSError, KeyError, Empty):
        target.renew()
        raise
