"""`sqloop feedback forget`: what the trainer's runs hold of it goes too, or is named."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

from sqloop.feedback.events import Event
from sqloop.feedback.runs import forget_in_runs, note_run
from sqloop.feedback.store import FeedbackStore
from sqloop.settings import Settings

Show = Callable[..., Event]
Run = Callable[..., "subprocess.CompletedProcess[str]"]


def train(folder: Path, event: Event) -> Path:
    """What a run leaves that has learned from an event."""
    folder.mkdir(parents=True)
    (folder / "feedback.json").write_text(json.dumps({"pairs": [{"sources": [event.id]}]}))
    (folder / "report.html").write_text(event.question)
    return folder


def test_forgetting_removes_the_runs_that_learned_from_it(run: Run, tmp_path: Path, shown: Show) -> None:
    data = tmp_path / "own"
    kept, forgotten = shown((1,)), shown((2,))
    store = FeedbackStore(str(data / "feedback.sqlite"))
    for event in (kept, forgotten):
        store.append(event)
    mine = train(data / "training" / "retrain-1", forgotten)
    other = train(data / "training" / "retrain-2", kept)
    elsewhere = train(tmp_path / "elsewhere", forgotten)
    of_before = train(tmp_path / "before", forgotten)  # a run that did not note its texts
    users = elsewhere / "questions.txt"
    outside = tmp_path / "outside.txt"
    for path in (users, outside, elsewhere / ".feedback-1.tmp"):
        path.touch()
    (elsewhere / ".texts").write_text(f"feedback.json\nreport.html\ngone.json\n../{outside.name}\n")
    note_run(Settings(data=str(data)), of_before)
    note_run(Settings(data=str(data)), elsewhere)
    note_run(Settings(data=str(data)), mine)
    done = run("feedback", "forget", forgotten.id, "--yes", SQLOOP_DATA=str(data))
    assert done.returncode == 0, done.stderr
    assert not mine.exists()
    assert other.exists()
    assert outside.exists()
    assert [each for each in elsewhere.iterdir() if each.name != ".lock"] == [users]
    assert f"the texts of the run in {elsewhere}" in done.stderr
    assert f"Some of them still stand in {of_before}" in done.stderr
    assert str(mine) in done.stderr
    assert str(other) not in done.stderr


def test_a_run_that_still_goes_on_is_named(tmp_path: Path, shown: Show) -> None:
    event, settings = shown((1,)), Settings(data=str(tmp_path))
    mine = train(tmp_path / "training" / "retrain-1", event)
    with FileLock(mine / ".lock"):
        assert forget_in_runs(settings, [event.id]).left == (mine,)
    assert forget_in_runs(settings, [event.id]).removed == (mine,)
