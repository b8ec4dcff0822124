"""A model that writes the SQL it is told: what is proved here is the console."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler
from typing import Any

from model_server import ModelServer, first_or_others


class ToldModel(ModelServer):
    """Writes ``sqls`` in turn; while ``open`` is not set, it thinks."""

    def __init__(self, *sqls: str) -> None:
        self.sqls = sqls
        self.open = threading.Event()
        self.open.set()
        self.called = threading.Event()
        super().__init__()

    def wait(self, prompt: str, handler: BaseHTTPRequestHandler) -> bool:
        self.called.set()
        self.open.wait(60)
        return True

    def answer(self, prompt: str, body: Mapping[str, Any]) -> Sequence[str]:
        return first_or_others(self.sqls, body)

    def close(self) -> None:
        self.open.set()
        super().close()
