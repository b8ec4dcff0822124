"""What was said of a shop: a real store, a real database, and a model that remembers what it was asked."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sqloop.answer import Answer, ModelName, Timings
from sqloop.assistant import Assistant
from sqloop.database.cancellation import Cancellation
from sqloop.database.connect import Database, connect
from sqloop.database.outcome import Outcome
from sqloop.feedback.events import Event, judge, judge_sql, show
from sqloop.feedback.store import FeedbackStore
from sqloop.generation.generator import ModelInfo, Reading
from sqloop.generation.request import Completion, GenerationRequest
from sqloop.memory import Memory, reading
from sqloop.ranking import Candidate
from sqloop.settings import FeedbackSettings, Settings

MODEL = ModelName("told")
ME, ANN, BOB = "me@here", "ann@there", "bob@there"

SHOP = """
CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT, city TEXT, active INTEGER);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customer (id), total REAL);
INSERT INTO customer VALUES (1, 'Ann', 'Rome', 1), (2, 'Bob', 'Oslo', 0), (3, 'Cy', 'Rome', 1);
INSERT INTO orders VALUES (1, 1, 10.5), (2, 2, 20.0), (3, 1, 5.25);
"""


@pytest.fixture(autouse=True)
def patient(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A question waits until the store is read, however busy the machine is, but where that is tried."""
    if request.path.name != "test_reading.py":
        monkeypatch.setattr(reading, "WAIT", 60.0)


class Told:
    """A chat model that writes what it is told, the likeliest first; ``prompts`` are what it was asked."""

    def __init__(self, *sqls: str) -> None:
        self.sqls: Sequence[str] = sqls
        self.prompts: list[str] = []

    def describe(self) -> ModelInfo:
        return ModelInfo("told", None, "chat", None, None, True)

    def warm(self, prefix: str) -> None:
        pass

    def generate(
        self, request: GenerationRequest, cancel: Cancellation | None = None, reading: Reading | None = None
    ) -> list[Completion]:
        self.prompts.append(request.prefix + request.suffix)
        return [Completion(sql, -1.0 - number, 10) for number, sql in enumerate(self.sqls)]

    def close(self) -> None:
        pass


class Shop:
    """A database, a store, and who says what in it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "shop.db"
        self.run(SHOP)
        self.database: Database = connect(f"sqlite:///{self.path}")
        self.place = str(folder / "feedback.sqlite")
        self.store = FeedbackStore(self.place)
        self.settings = Settings(feedback=FeedbackSettings(store=self.place))

    def run(self, script: str) -> None:
        """Change the database."""
        with closing(sqlite3.connect(self.path)) as connection:
            connection.executescript(script)
            connection.commit()

    def memory(self, user: str = ME) -> Memory:
        return Memory(self.settings, self.database, user)

    def assistant(self, model: Told, memory: Memory | None = None) -> Assistant:
        return Assistant(self.database, model, MODEL, memory or self.memory())

    def execute(self, sql: str) -> Outcome:
        return self.database.execute(sql)

    def show(self, question: str, sql: str, *others: str, url: str = "", user: str = ME) -> Event:
        """That the answer of ``sql`` was shown."""
        candidates = tuple(Candidate(each, -0.1, self.execute(each), 1) for each in (sql, *others))
        answer = Answer(question, candidates, 1, Timings(1, 2, 3, 4, 10), MODEL)
        event = show(answer, self.database.schema().fingerprint, url or self.database.url, "rows")
        event = replace(event, user=user)
        self.store.append(event)
        return event

    def accept(self, question: str, sql: str, user: str = ME, *, at: datetime | None = None) -> Event:
        shown = self.show(question, sql, user=user)
        return self.keep(judge(shown, "accepted"), user, at)

    def reject(self, question: str, sql: str, user: str = ME) -> Event:
        return self.keep(judge(self.show(question, sql, user=user), "rejected"), user)

    def edit(
        self, question: str, sql: str, better: str, user: str = ME, *, at: datetime | None = None
    ) -> Event:
        shown = self.show(question, sql, user=user)
        outcome, schema = self.execute(better), self.database.schema().fingerprint
        return self.keep(judge_sql(shown, "edited", better, outcome, schema, "rows"), user, at)

    def keep(self, event: Event, user: str = ME, at: datetime | None = None) -> Event:
        event = replace(event, user=user, time=at or datetime.now(UTC))
        self.store.append(event)
        return event


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path)
    yield shop
    shop.database.close()
