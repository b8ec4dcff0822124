"""What a run says where there is no terminal: a line for each stage, and how long it takes now and then."""

from __future__ import annotations

import pytest

from sqloop_trainer import progress
from sqloop_trainer.benchmarks.asking import follow
from sqloop_trainer.progress import Progress


def test_a_long_stage_says_how_far_it_is_and_how_long_it_takes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(0, 10_000, 20))  # seconds: every other step is more than half a minute later
    monkeypatch.setattr(progress.time, "monotonic", lambda: float(next(clock)))
    with Progress() as shown:
        shown.start("Learning", 10)
        for done in range(1, 5):
            shown.count(done, f"loss {done}")
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "Learning"
    assert lines[1:] == [
        "Learning: 2 of 10, about 3 minutes left  loss 2",
        "Learning: 4 of 10, about 2 minutes left  loss 4",
    ]


def test_an_evaluation_without_a_terminal_tells_how_far_it_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(0, 100, 10))
    monkeypatch.setattr("sqloop_trainer.benchmarks.asking.time.monotonic", lambda: float(next(clock)))
    with follow(None, "right", lambda judged: {}, lambda judged: ("towns", judged)) as take:
        for judged in (1.0, 0.0, 1.0, 1.0):
            take(judged)
    assert "2 of 3 right (towns)" in capsys.readouterr().err.splitlines()
