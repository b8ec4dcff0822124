"""A question is linked once, whoever asks for what it means."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from sqloop.answer import ModelName
from sqloop.assistant import Assistant
from sqloop.database.connect import connect
from sqloop.generation.opening import open_generator
from sqloop.linking import question


def test_linking_is_computed_once(
    counting_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: Counter[str] = Counter()

    def counting(name: str) -> None:
        work = getattr(question, name)

        def count(*given: Any) -> Any:
            calls[name] += 1
            return work(*given)

        monkeypatch.setattr(question, name, count)

    for name in ("link_values", "find_mentions", "find_hints", "focus", "split_text"):
        counting(name)
    path = tmp_path / "shop.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT)")
    generator = open_generator(str(counting_model))
    with connect(f"sqlite:///{path}") as database, closing(generator):
        answer = Assistant(database, generator, ModelName("tiny")).ask("How many vegan customers?", 4)
    assert answer.not_understood == ("vegan",)
    assert set(calls.values()) == {1}
    assert calls.keys() == {"link_values", "find_mentions", "find_hints", "focus", "split_text"}
