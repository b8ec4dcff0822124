"""A shop, and a server that answers questions and follow-ups as it is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from folders import write_store
from model_server import ModelServer, first_or_others

SCRIPT = """
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, city TEXT);
INSERT INTO customers VALUES (1, 'Ann', 'Rome'), (2, 'Bob', 'Oslo'), (3, 'Cid', 'Oslo');
CREATE TABLE orders (
  id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), placed_at TEXT, shipped_at TEXT
);
INSERT INTO orders VALUES (1, 1, '2023-05-01', '2023-05-03'), (2, 3, '2024-01-01', NULL);
"""
REWRITE = "Rewrite the follow-up as one full question.\n"


class ToldModel(ModelServer):
    """Writes what it is told for a question, or for a follow-up; ``prompts`` are what it was asked."""

    def __init__(self, told: Mapping[str, str | tuple[str, ...]]) -> None:
        self.prompts: list[str] = []
        self._told = told
        super().__init__()

    def answer(self, prompt: str, body: Mapping[str, Any]) -> Sequence[str]:
        self.prompts.append(prompt)
        label = "Follow-up: " if REWRITE in prompt else "Question: "
        texts = self._told.get(prompt.rsplit(label, 1)[-1].splitlines()[0], "SELECT 0")
        return first_or_others((texts,) if isinstance(texts, str) else texts, body)[:1]


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
    return write_store(tmp_path, SCRIPT)
