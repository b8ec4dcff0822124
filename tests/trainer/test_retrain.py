"""`trainer retrain` as a process: what it says, what it changes, and that a kill loses nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from safetensors.torch import load_file

from effort import EVERYTHING
from sqloop.adapters import Registry
from trainer.told import ACCEPTED, tell

PATIENCE = 900

KILLED_AT = ("supervised/supervised.pt", "learned.json", "old-made.json") if EVERYTHING else ("learned.json",)
"""One killed in training goes on to the same adapter in `test_supervised` and `test_grpo` as well."""


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "sqloop_trainer", "retrain", *map(str, arguments)]


def environment(data: Path) -> dict[str, str]:
    return {**os.environ, "OMP_NUM_THREADS": "1", "SQLOOP_DATA": str(data)}


def retrain(data: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments), env=environment(data), capture_output=True, text=True, timeout=PATIENCE
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, towns: str) -> str:
    return tell(tmp_path_factory.mktemp("told") / "feedback.sqlite", towns)


def test_too_little_feedback_changes_nothing_and_says_what_is_needed(
    tmp_path: Path, towns: str, taught_model: Path
) -> None:
    few = tell(tmp_path / "few.sqlite", towns, dict(list(ACCEPTED.items())[:4]))
    data = tmp_path / "data"
    ran = retrain(data, "--db", towns, "--feedback", few, "--model", taught_model)
    assert ran.returncode == 0, ran.stderr
    assert "Too little to learn from: 10 are needed, accept or correct 6 more." in ran.stdout
    assert not data.exists()


def test_a_dry_run_says_what_would_be_used(tmp_path: Path, towns: str, store: str) -> None:
    data = tmp_path / "data"
    ran = retrain(data, "--db", towns, "--feedback", store, "--dry-run", "--json")
    assert ran.returncode == 0, ran.stderr
    use = json.loads(ran.stdout)
    assert use["learned_from"] == use["held_out"] == len(ACCEPTED)
    assert use["enough"] is True
    assert use["resumable"] is False
    assert not data.exists()


def test_without_any_feedback_the_need_is_named(tmp_path: Path, towns: str) -> None:
    ran = retrain(tmp_path, "--db", towns)
    assert ran.returncode == 0, ran.stderr
    assert "10 are needed" in ran.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--feedback", "none.sqlite"], 2, "There is no feedback store at none.sqlite"),
        (["--resume"], 2, "There is no retrain to resume"),
        (["--db", "sqlite:///none.sqlite"], 3, "none.sqlite"),
        (["--steps", "0"], 2, "--steps"),
    ],
)
def test_what_is_wrong_is_one_line(
    arguments: list[str], code: int, message: str, towns: str, tmp_path: Path
) -> None:
    ran = retrain(tmp_path, "--db", towns, *arguments)
    assert ran.returncode == code
    assert ran.stdout == ""
    assert message in ran.stderr
    assert ran.stderr.count("\n") == 1


def test_a_run_ends_the_same_whether_it_was_killed_or_not(
    tmp_path: Path, towns: str, store: str, taught_model: Path
) -> None:
    given = ("--db", towns, "--feedback", store, "--model", taught_model, "--steps", 2, "--json")
    whole = retrain(tmp_path / "whole", *given, "--out", tmp_path / "once")
    assert whole.returncode == 0, whole.stderr[-3000:]
    told = json.loads(whole.stdout)
    assert Path(told["report"]).read_text().startswith("<!doctype html>")
    (kept,) = Registry(tmp_path / "whole" / "adapters").list()
    assert kept.name == told["adapter"]
    assert kept.card.data["questions learned from"] == len(ACCEPTED)
    assert kept.card.metrics["elsewhere questions"] == 40  # those about the sample
    assert len(str(kept.card.data["events"]).split()) == len(ACCEPTED)
    assert (Registry(tmp_path / "whole" / "adapters").active(kept.card.base) == kept) is told["promoted"]

    data = tmp_path / "killed"
    for reached in KILLED_AT:
        kill_when(data, reached, *given, *(["--resume"] if data.exists() else []))
        assert is_resumable(data, *given)
    assert not is_resumable(data, *given, "--model", "starter")
    resumed = retrain(data, *given, "--resume")
    assert resumed.returncode == 0, resumed.stderr[-3000:]
    assert json.loads(resumed.stdout)["reason"] == told["reason"]
    (again,) = Registry(data / "adapters").list()
    assert again.card.metrics == kept.card.metrics
    once, twice = (load_file(each.folder / "adapter_model.safetensors") for each in (kept, again))
    assert all((once[name] - twice[name]).abs().max() < 1e-6 for name in once)


def is_resumable(data: Path, *arguments: object) -> bool:
    """What the console asks before it starts a run."""
    told: bool = json.loads(retrain(data, *arguments, "--dry-run").stdout)["resumable"]
    return told


def kill_when(data: Path, reached: str, *arguments: object) -> None:
    """Run until a file is there, then SIGKILL."""
    process = subprocess.Popen(
        command(*arguments), env=environment(data), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    deadline = time.monotonic() + PATIENCE
    while not list(data.glob(f"training/*/{reached}")):
        assert process.poll() is None, process.communicate()[1][-3000:]
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
