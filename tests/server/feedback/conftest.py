"""Events to keep: an answer as the assistant gives it, shown to a user."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sqloop.answer import Answer, ModelName, Timings
from sqloop.database.outcome import Outcome, Value
from sqloop.feedback.events import Event, show
from sqloop.feedback.kept import Keep
from sqloop.feedback.store import FeedbackStore
from sqloop.ranking import Candidate

Show = Callable[..., Event]
DATABASE = "mysql+pymysql://ann@db.example.org/shop"


collect_ignore = ["killed_writers.py"]
"""Programs that tests run, not tests."""


@pytest.fixture
def shown() -> Show:
    """Makes the event of an answer whose chosen SQL gave the rows; two other candidates stand below it."""

    def make(
        *rows: tuple[Value, ...],
        question: str = "How many customers?",
        sql: str = "SELECT COUNT(*) FROM customer",
        keep: Keep = "rows",
    ) -> Event:
        candidates = (
            Candidate(sql, -0.1, Outcome("ok", ("n",), rows), 2),
            Candidate("SELECT MAX(id) FROM customer", -0.2, Outcome("ok", ("n",), ((77,),)), 1),
            Candidate("SELECT x FROM customer", -0.3, Outcome("error", error="no such column: x"), 0),
        )
        answer = Answer(question, candidates, 4, Timings(1, 2, 3, 4, 10), ModelName("starter", "tuned"))
        return show(answer, "f" * 16, DATABASE, keep)

    return make


@pytest.fixture
def store(tmp_path: Path) -> FeedbackStore:
    return FeedbackStore(str(tmp_path / "kept" / "feedback.sqlite"))
