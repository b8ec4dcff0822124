"""Where the last row that a query keeps is equal to one that it leaves out, chance chose it: never sure."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from sqloop.answer import Answer
from sqloop.asking.ties import is_tied
from sqloop.assistant import Assistant
from sqloop.database.cancellation import Cancellation
from sqloop.database.connect import Database, connect
from sqloop.feedback.events import show
from sqloop.generation.generator import Reading
from sqloop.generation.request import Completion, GenerationRequest
from sqloop.lsp.suggestions import suggest
from sqloop.terminal.certainty import TIED

from .memory.conftest import MODEL, Told

METERS = """
CREATE TABLE readings (site TEXT, kwh REAL);
INSERT INTO readings VALUES ('North', 5), ('North', 1), ('South', 9), ('South', 2), ('West', 7);
INSERT INTO readings VALUES ('East', NULL);
"""
BY_COUNT = "SELECT site FROM readings GROUP BY site ORDER BY COUNT(*) DESC LIMIT 1"
BY_SUM = "SELECT site FROM readings GROUP BY site ORDER BY SUM(kwh) DESC LIMIT 1"
QUESTION = "Which site has the most readings?"


@pytest.fixture
def meters(tmp_path: Path) -> Iterator[Database]:
    with closing(sqlite3.connect(tmp_path / "meters.db")) as connection:
        connection.executescript(METERS)
    with connect(f"sqlite:///{tmp_path / 'meters.db'}") as database:
        yield database


@pytest.mark.parametrize(
    ("sql", "tied"),
    [
        (BY_COUNT, True),
        (BY_SUM, False),
        ("SELECT site, COUNT(*) AS n FROM readings GROUP BY site ORDER BY n DESC LIMIT 1", True),
        ("SELECT site, COUNT(*) FROM readings GROUP BY 1 ORDER BY 2 DESC LIMIT 1", True),
        ("SELECT site, COUNT(*) AS n FROM readings GROUP BY site ORDER BY -n LIMIT 2", False),
        ("SELECT site, COUNT(*) AS n FROM readings GROUP BY site ORDER BY n DESC, site LIMIT 1", False),
        (
            "WITH c AS (SELECT site, COUNT(*) n FROM readings GROUP BY 1) SELECT * FROM c ORDER BY n LIMIT 1",
            True,
        ),
        # The same is shown whichever is first; more rows are asked for than there are; nothing is ordered.
        ("SELECT COUNT(*) FROM readings GROUP BY site ORDER BY COUNT(*) DESC LIMIT 1", False),
        ("SELECT site, kwh FROM readings ORDER BY kwh LIMIT 10", False),
        ("SELECT site FROM readings LIMIT 1", False),
        # Not the same query with the order beside it.
        ("SELECT DISTINCT site FROM readings ORDER BY site LIMIT 1", False),
        ("SELECT site FROM readings UNION SELECT site FROM readings ORDER BY site LIMIT 1", False),
    ],
)
def test_equals_beyond_the_limit_are_found(meters: Database, sql: str, tied: bool) -> None:
    outcome = meters.execute(sql)
    assert outcome.status == "ok"
    assert is_tied(sql, outcome, meters.execute, "sqlite") is tied


class Sure(Told):
    """A model that is as sure as can be."""

    def generate(
        self, request: GenerationRequest, cancel: Cancellation | None = None, reading: Reading | None = None
    ) -> list[Completion]:
        return [replace(each, logprob=-0.001) for each in super().generate(request, cancel, reading)]


def ask(meters: Database, sql: str) -> Answer:
    return Assistant(meters, Sure(sql), MODEL).ask(QUESTION, 1)


def test_what_chance_chose_is_not_called_sure_and_says_so(meters: Database) -> None:
    answer = ask(meters, BY_COUNT)
    assert answer.trust == "likely"
    assert TIED in answer.agreement
    assert answer.to_json()["tied"] is True
    suggestion = suggest(answer, show(answer, "", meters.url, "rows"), "")
    assert TIED in suggestion.describe(suggestion.candidates[0])


def test_what_is_first_by_itself_is_sure(meters: Database) -> None:
    answer = ask(meters, BY_SUM)
    assert (answer.trust, answer.doubt) == ("sure", "")
    assert "tied" not in answer.to_json()
