"""An OpenAI-compatible server of the least kind: it writes what it is told; what is proved is who asks it."""

from __future__ import annotations

import json
import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PATIENCE = 120
"""Seconds that a model thinks at most."""


class ModelServer(ABC):
    """Serves until it is closed."""

    def __init__(self) -> None:
        model = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                prompt = body["messages"][-1]["content"]
                if not model.wait(prompt, self):
                    return
                texts = model.answer(prompt, body)
                wanted = [texts[number % len(texts)] for number in range(int(body.get("n", 1)))]
                content = json.dumps(
                    {"choices": [{"message": {"content": each}} for each in wanted]}
                ).encode()
                with suppress(ConnectionError):  # who asked may have been cancelled
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """As the settings take it."""
        return f"http://127.0.0.1:{self._server.server_port}/v1#told"

    @abstractmethod
    def answer(self, prompt: str, body: Mapping[str, Any]) -> Sequence[str]:
        """What is written for one prompt, as often as it is wanted."""

    def wait(self, prompt: str, handler: BaseHTTPRequestHandler) -> bool:
        """Think about a prompt; False where whoever asked has gone meanwhile."""
        return True

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class ToldModel(ModelServer):
    """Answers a question that holds a text with the SQL told for it: one for all candidates, or several.

    It thinks while ``open`` is not set.
    """

    def __init__(self, told: Mapping[str, str | Sequence[str]]) -> None:
        self._told = told
        self.open = threading.Event()
        self.open.set()
        super().__init__()

    def wait(self, prompt: str, handler: BaseHTTPRequestHandler) -> bool:
        return self.open.wait(PATIENCE)

    def answer(self, prompt: str, body: Mapping[str, Any]) -> Sequence[str]:
        question = prompt.rsplit("Question: ", 1)[-1]
        told = next((sql for part, sql in self._told.items() if part in question), "SELECT 0")
        return [told] if isinstance(told, str) else told


def first_or_others(texts: Sequence[str], body: Mapping[str, Any]) -> Sequence[str]:
    """The first text for what is not drawn, the others for draws."""
    return texts[:1] if body["temperature"] == 0 else (texts[1:] or texts)
