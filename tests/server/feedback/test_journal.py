"""An answer never waits for the store, whatever that waits for."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from sqloop.feedback.events import Event
from sqloop.feedback.journal import Journal
from sqloop.feedback.store import FeedbackStore
from sqloop.settings import FeedbackSettings, Settings

Show = Callable[..., Event]
Run = Callable[..., "subprocess.CompletedProcess[str]"]


def test_a_locked_store_costs_a_warning_and_the_patience(tmp_path: Path, shown: Show) -> None:
    place = tmp_path / "feedback.sqlite"
    FeedbackStore(str(place))
    warnings: list[str] = []
    settings = Settings(feedback=FeedbackSettings(store=str(place)))
    with closing(sqlite3.connect(place, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        journal = Journal(settings, warnings.append, patience=0.2)
        started = time.monotonic()
        assert not journal.write(shown((1,)))
        assert time.monotonic() - started < 5
        other.execute("ROLLBACK")
    assert warnings
    assert warnings[0].startswith("Feedback is not kept. ")
    assert journal.write(shown((2,)))


def test_a_password_command_that_hangs_costs_no_more(shown: Show) -> None:
    store = FeedbackSettings(store="mysql+pymysql://a@127.0.0.1:1/x", password_command="sleep 5")
    warnings: list[str] = []
    started = time.monotonic()
    assert not Journal(Settings(feedback=store), warnings.append, patience=0.2).write(shown((1,)))
    assert time.monotonic() - started < 4
    assert warnings == ["Feedback is not kept. The store does not answer."]


def test_an_answer_stands_before_the_store_is_waited_for(
    variables: Mapping[str, str], shop: Path, tmp_path: Path
) -> None:
    place = tmp_path / "feedback.sqlite"
    FeedbackStore(str(place))
    with closing(sqlite3.connect(place, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        done = subprocess.run(
            [sys.executable, "-m", "sqloop", "ask", "How many?", "--db", f"sqlite:///{shop}", "--sql-only"],
            env={**variables, "SQLOOP_FEEDBACK__STORE": str(place)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
    answer, warning = done.stdout.splitlines()
    assert answer.startswith("SELECT")
    assert warning.startswith("sqloop: Feedback is not kept. ")


@pytest.mark.parametrize("locked", [False, True])
def test_the_command_line_answers_at_once_and_says_that_nothing_is_kept(
    run: Run, shop: Path, tmp_path: Path, locked: bool
) -> None:
    place = tmp_path / "feedback.sqlite"
    FeedbackStore(str(place))
    with closing(sqlite3.connect(place, isolation_level=None)) as other:
        if locked:
            other.execute("BEGIN EXCLUSIVE")
        done = run(
            "ask", "How many?", "--db", f"sqlite:///{shop}", "--json", SQLOOP_FEEDBACK__STORE=str(place)
        )
    assert done.returncode == 0
    answer = json.loads(done.stdout)
    assert (answer["event"] is None) is locked
    assert ("Feedback is not kept." in done.stderr) is locked
