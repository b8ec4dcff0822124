"""Questions on one database, asked before, during and after what befalls it."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pytest

from effort import amount
from sqloop.answer import Answer, ModelName
from sqloop.assistant import Assistant
from sqloop.database.cancellation import Cancellation
from sqloop.database.connect import connect
from sqloop.database.outcome import Limits
from sqloop.errors import DatabaseError
from sqloop.feedback.events import show
from sqloop.feedback.store import FeedbackStore
from sqloop.generation.generator import ModelInfo, Reading
from sqloop.generation.request import Completion, GenerationRequest

ROUNDS = amount(2, 20)
LIMITS = Limits(seconds=0.4)
PATIENCE = 20.0
"""Seconds after which a question hangs: connecting, a look at the catalogue and running have a limit each."""

NAMES = ("Rome", "Oslo", "Ulm")
CITIES = (
    "CREATE TABLE city (id INTEGER PRIMARY KEY, name VARCHAR(40))",
    *(f"INSERT INTO city VALUES ({number}, '{name}')" for number, name in enumerate(NAMES, 1)),
)
COUNT = "SELECT COUNT(*) FROM city"
ENDLESS = f"SELECT COUNT(*) FROM {', '.join(f'city AS c{number}' for number in range(24))}"

Fault = Callable[[int], AbstractContextManager[None]]


class Told:
    """A chat model that writes one query."""

    def __init__(self, sql: str) -> None:
        self._sql = sql

    def generate(
        self, request: GenerationRequest, cancel: Cancellation | None = None, reading: Reading | None = None
    ) -> list[Completion]:
        return [Completion(self._sql, -0.1, 9)]

    def describe(self) -> ModelInfo:
        return ModelInfo("told", None, "chat", None, None, True)

    def warm(self, prefix: str) -> None:
        pass

    def close(self) -> None:
        pass


class Asking:
    """Questions on one open database; every answer is kept as feedback."""

    def __init__(self, url: str, store: FeedbackStore, sql: str = COUNT) -> None:
        self.database = connect(url, LIMITS)
        self.kept: list[str] = []
        self._store = store
        self._assistants = {
            sql: Assistant(self.database, Told(sql), ModelName("told")) for sql in (COUNT, sql)
        }

    def ask(self, sql: str = COUNT) -> Answer:
        """The answer, which came in time. Raises DatabaseError."""
        started = time.monotonic()
        try:
            answer = self._assistants[sql].ask("How many cities have we?", 1)
        finally:
            assert time.monotonic() - started < PATIENCE
        event = show(answer, self.database.schema().fingerprint, self.database.url, "rows")
        self._store.append(event)
        self.kept.append(event.id)
        return answer

    def count(self) -> object:
        best = self.ask().best
        return best.outcome.rows if best else None

    def suffer(self, sql: str = COUNT) -> None:
        """Ask while something is wrong: an error of the database, a failed candidate, or the right answer."""
        try:
            answer = self.ask(sql)
        except DatabaseError:
            return
        assert answer.best is None or answer.best.outcome.rows == ((3,),), answer.best
        assert answer.best or all(each.outcome.error for each in answer.candidates)


@pytest.fixture
def store(tmp_path: Path) -> FeedbackStore:
    return FeedbackStore(str(tmp_path / "feedback.sqlite"))


def survive(
    asking: Asking, store: FeedbackStore, fault: Fault, sql: str = COUNT, rounds: int = ROUNDS
) -> None:
    """Ask before, during and after each round of ``fault``."""
    with closing(asking.database):
        for round_ in range(rounds):
            assert asking.count() == ((3,),)
            with fault(round_):
                asking.suffer(sql)
            assert asking.count() == ((3,),)
    assert [event.id for event in store.events()] == asking.kept
