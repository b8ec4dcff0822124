"""A shop, and a server that answers questions and follow-ups as it is told."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from sqloop.database.connect import Database, connect

SCRIPT = """
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, city TEXT);
INSERT INTO customers VALUES (1, 'Ann', 'Rome'), (2, 'Bob', 'Oslo'), (3, 'Cid', 'Oslo');
CREATE TABLE orders (
  id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), placed_at TEXT, shipped_at TEXT
);
INSERT INTO orders VALUES (1, 1, '2023-05-01', '2023-05-03'), (2, 3, '2024-01-01', NULL);
"""
REWRITE = "Rewrite the follow-up as one full question.\n"


class ToldModel:
    """Writes what it is told for a question, or for a follow-up; ``prompts`` are what it was asked."""

    def __init__(self, told: Mapping[str, str | tuple[str, ...]]) -> None:
        self.prompts: list[str] = []
        model = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                prompt = body["messages"][0]["content"]
                model.prompts.append(prompt)
                label = "Follow-up: " if REWRITE in prompt else "Question: "
                texts = told.get(prompt.rsplit(label, 1)[-1].splitlines()[0], "SELECT 0")
                texts = (texts,) if isinstance(texts, str) else texts
                wanted = texts[:1] if body["temperature"] == 0 else (texts[1:] or texts)
                choices = [{"message": {"content": wanted[0]}}] * int(body.get("n", 1))
                content = json.dumps({"choices": choices}).encode()
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
        return f"http://127.0.0.1:{self._server.server_port}/v1#told"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


MakeTold = Callable[[Mapping[str, str | tuple[str, ...]]], ToldModel]


@pytest.fixture
def make_told() -> Iterator[MakeTold]:
    made: list[ToldModel] = []

    def make(told: Mapping[str, str | tuple[str, ...]]) -> ToldModel:
        made.append(ToldModel(told))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "store.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(SCRIPT)
    return path


@pytest.fixture
def database(store: Path) -> Iterator[Database]:
    with connect(f"sqlite:///{store}") as database:
        yield database
