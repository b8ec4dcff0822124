"""Events as values: what is in them, and what never is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC
from pathlib import Path

import pytest

from sqloop.database.outcome import Outcome
from sqloop.feedback.events import Event, judge, judge_sql, name_database

Show = Callable[..., Event]


def test_what_is_shown_has_all_candidates_with_their_votes(shown: Show) -> None:
    event = shown((3,))
    assert (event.kind, event.shown, event.sql) == ("shown", None, "SELECT COUNT(*) FROM customer")
    assert event.answer is not None
    assert event.answer.rows == ((3,),)
    assert [(each.status, each.votes, each.rows, each.error) for each in event.candidates] == [
        ("ok", 2, 1, ""),
        ("ok", 1, 1, ""),
        ("error", 0, 0, "no such column: x"),
    ]
    digests = [each.digest for each in event.candidates]
    assert digests[0] == event.answer.digest
    assert digests[1] not in (None, digests[0])
    assert digests[2] is None


def test_an_event_is_named_once_and_knows_its_time_in_utc(shown: Show) -> None:
    one, other = shown((3,)), shown((3,))
    assert re.fullmatch("[0-9a-f]{12}", one.id)
    assert one.id != other.id
    assert one.time.tzinfo is UTC
    assert one.time <= other.time


def test_a_verdict_stands_for_itself(shown: Show) -> None:
    event = shown((3,))
    said = judge(event, "rejected")
    assert (said.kind, said.shown, said.candidates) == ("rejected", event.id, ())
    assert (said.question, said.sql, said.answer) == (event.question, event.sql, event.answer)
    assert said.id != event.id


def test_an_edit_has_the_new_sql_its_answer_and_the_schema_it_ran_on(shown: Show) -> None:
    event = shown((3,))
    said = judge_sql(event, "edited", "SELECT 4", Outcome("ok", ("n",), ((4,),)), "e" * 16, "rows")
    assert (said.shown, said.sql, said.schema) == (event.id, "SELECT 4", "e" * 16)
    assert said.answer is not None
    assert said.answer.rows == ((4,),)


def test_the_export_has_exactly_the_promised_keys(shown: Show) -> None:
    data = json.loads(json.dumps(shown((3,)).to_json()))
    assert list(data) == [
        *("id", "time", "event", "shown", "question", "sql", "answer", "candidates"),
        *("schema", "database", "model", "user", "inferred"),
    ]
    assert list(data["answer"]) == ["digest", "count", "truncated", "columns", "rows"]
    assert list(data["candidates"][0]) == ["sql", "status", "error", "votes", "rows", "digest"]
    assert data["model"] == {"base": "starter", "adapter": "tuned"}


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("mysql+pymysql://ann:s3cret@host:3307/shop", "mysql+pymysql://ann@host:3307/shop"),
        ("mysql+pymysql://ann@host/shop?password=s3cret", "mysql+pymysql://ann@host/shop"),
        ("sqlite:////tmp/a%3Fb.db", "sqlite:////tmp/a%3Fb.db"),
    ],
)
def test_a_database_is_named_without_secrets(url: str, name: str) -> None:
    assert name_database(url) == name


def test_a_relative_file_is_named_by_its_whole_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "50% off"
    folder.mkdir()
    monkeypatch.chdir(folder)
    name = name_database("sqlite:///shop.db")
    monkeypatch.chdir("/")
    assert name_database(name) == name
    assert name_database(f"sqlite:///{tmp_path}/50%25 off/shop.db") == name
