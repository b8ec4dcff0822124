"""Retraining from the learning page: what the real trainer says, how far a run is, stopping it, going on."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from sqloop_tui import retraining
from sqloop_tui.screens.confirmation import Confirmation
from sqloop_tui.screens.learning import Learning
from trainer.told import tell
from tui.conftest import Open, User

pytestmark = pytest.mark.asyncio

TOLD = """
import json, os, pathlib, sys, time
if "--dry-run" in sys.argv:
    known = {"learned_from": 12, "held_out": 12, "only_rejected": 3, "dropped": {"schema changed": 2}}
    known["resumable"] = pathlib.Path("begun").exists()
    sys.exit(print(json.dumps({**known, "needed": 10, "enough": True})))
begun, go = pathlib.Path("begun"), pathlib.Path("go")
assert sys.argv[1:] == ["retrain", *(["--resume"] if begun.exists() else []), "--json"], sys.argv
print("Going on" if begun.exists() else "Reading feedback", file=sys.stderr, flush=True)
begun.write_text(os.environ["SQLOOP_MODEL"])
while not go.exists():
    time.sleep(0.02)
if go.read_text() == "fail":
    sys.exit("trainer: The model cannot be trained.")
print("Learning: 2 of 8, about 3 minutes left", file=sys.stderr, flush=True)
while not pathlib.Path("end").exists():
    time.sleep(0.02)
told = {"promoted": True, "reason": "Promoted: 6 -> 9 of 12.", "adapter": "shop-1", "report": "r.html"}
print(json.dumps(told))
"""
"""A trainer that says what it is told: how it learns is proved in tests/trainer."""


@pytest.fixture
def told_trainer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "trainer.py"
    script.write_text(TOLD)
    monkeypatch.setattr(retraining, "COMMAND", (sys.executable, str(script), "retrain"))


async def start(user: User) -> None:
    await user.until(lambda: user.app.status is not None)
    await user.press("ctrl+l")
    await user.until(lambda: "Read again" in user.drawn())
    await user.press("t")
    await user.until(lambda: isinstance(user.app.screen, Confirmation))
    assert "12 questions with a right answer" in user.drawn()
    assert "2 left out: schema changed." in user.drawn()
    await user.press("enter")


async def test_a_run_is_stopped_goes_on_and_tells_what_came_of_it(
    open_console: Open, folder: Path, told_trainer: None
) -> None:
    async with open_console(size=(100, 30)) as user:
        await start(user)
        await user.until(lambda: "Reading feedback" in user.drawn())
        assert (folder / "begun").read_text() == user.app.server.options.model
        await user.press("s")
        await user.until(lambda: "Stopped; t goes on from there." in user.drawn())
        await user.press("t")
        await user.until(lambda: isinstance(user.app.screen, Confirmation))
        await user.press("enter")
        await user.until(lambda: "Going on" in user.drawn())
        (folder / "go").write_text("on")
        await user.until(lambda: "Learning: 2 of 8, about 3 minutes left" in user.drawn())
        assert "Retraining for 0:" in user.drawn()
        # One may look at something else meanwhile, and is told the end of it.
        await user.press("escape")
        (folder / "end").touch()
        await user.until(lambda: user.app._notifications)
        assert "6 -> 9 of 12" in next(iter(user.app._notifications)).message


async def test_a_run_that_ends_as_one_leaves_begins_nothing_on_the_page(
    open_console: Open, folder: Path, told_trainer: None
) -> None:
    async with open_console(size=(100, 30)) as user:
        await start(user)
        await user.until(lambda: "Reading feedback" in user.drawn())
        page, run = user.app.screen, user.app.retraining
        assert isinstance(page, Learning)
        page.action_reload()
        page.action_leave()
        run.state = "done"
        run.on_change()
        assert [each for each in user.app.workers if each.node is page and not each.is_cancelled] == []


@pytest.mark.skipif("SQLOOP_FUZZ" not in os.environ, reason="half a minute: make fuzz runs it")
async def test_the_real_trainer_begins_is_stopped_and_goes_on(
    open_console: Open, folder: Path, tmp_path: Path, tiny_gguf: Path
) -> None:
    names = {
        f"Which customers have a number above {n}?": f"SELECT name FROM customer WHERE id > {n}"
        for n in range(12)
    }
    (tmp_path / "data" / "sqloop").mkdir(parents=True)
    tell(tmp_path / "data" / "sqloop" / "feedback.sqlite", f"sqlite:///{folder / 'shop.db'}", names)
    async with open_console(size=(100, 30), model=str(tiny_gguf)) as user:
        await user.until(lambda: user.app.status is not None)
        await user.press("ctrl+l")
        for _ in ("anew", "again"):
            await user.press("t")
            await user.until(lambda: isinstance(user.app.screen, Confirmation))
            await user.press("enter")
            await user.until(lambda: "Learning from accepted SQL" in user.drawn())
            await user.press("s")
            await user.until(lambda: "Stopped; t goes on from there." in user.drawn())
        assert len(list((tmp_path / "data" / "sqloop" / "training").iterdir())) == 1


async def test_a_run_that_fails_says_why_and_none_outlives_the_console(
    open_console: Open, folder: Path, told_trainer: None
) -> None:
    async with open_console(size=(100, 30)) as user:
        await start(user)
        (folder / "go").write_text("fail")
        await user.until(lambda: "✗ The model cannot be trained." in user.drawn())
        (folder / "go").unlink()
        await user.press("escape")
        await start(user)
        await user.until(lambda: "Going on" in user.drawn())
        process = user.app.retraining._process
    assert process is not None
    assert process.returncode is not None


async def test_with_too_few_answers_the_real_trainer_says_how_many_are_missing(open_console: Open) -> None:
    async with open_console(size=(100, 30), model="") as user:
        await user.until(lambda: user.app.status is not None)
        await user.press("ctrl+l")
        await user.until(lambda: "Read again" in user.drawn())
        await user.press("t")
        await user.until(lambda: "Too few: 10 are needed. Accept or correct 10 more." in user.drawn())
        assert not isinstance(user.app.screen, Confirmation)
    few = {"held_out": 2, "only_rejected": 0, "dropped": {}, "needed": 10, "enough": False}
    assert retraining._result(few).endswith(
        "Accept or correct 8 more."
    )  # As a run prints it that finds too few.
