"""What every run of learning has around it: a beginning in its work folder, an end that is kept and told.

Whatever was decided when a run began (plan, database, base, the adapter it began from) holds until it ends,
however often it is killed in between.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqloop.adapters import Card
from sqloop.database.connect import Database
from sqloop.errors import SettingsError
from sqloop.feedback.events import name_database
from sqloop.feedback.runs import note_run
from sqloop.places import training_folder
from sqloop.session import open_database
from sqloop.settings import Settings
from sqloop_trainer.gate.report import Curves, Story, write_report
from sqloop_trainer.gate.trial import Trial, metrics, settle
from sqloop_trainer.learner import Learner, find_learner
from sqloop_trainer.learning.grpo import LOG, read_log
from sqloop_trainer.progress import Progress
from sqloop_trainer.work import END, START, Work

SUPERVISED, GRPO, ADAPTER = "supervised", "grpo", "adapter"
"""Folders in a work folder: of both ways of learning, and of the adapter that supervised tuning gives."""

COPIES = "copies"
"""Copies of the user's database in a work folder, as long as the run goes on."""

_LOSSES = "losses.jsonl"


@dataclass(frozen=True)
class Result:
    """What a run ended with; ``adapter`` is in the registry, ``report`` an HTML page."""

    promoted: bool
    reason: str
    adapter: str
    report: Path


@dataclass(frozen=True)
class Start:
    """``name`` is what the adapter of the run will be called, ``parent`` what it began from."""

    name: str
    database: str
    schema: str
    base: str
    parent: str | None
    plan: dict[str, Any]


@dataclass(frozen=True)
class Run:
    """A run under way: what was decided when it began, who learns, and what it works with."""

    start: Start
    learner: Learner
    work: Work
    progress: Progress
    database: Database

    def end(
        self, adapter: Path, trial: Trial, data: dict[str, str | int | float], dropped: dict[str, int]
    ) -> Result:
        """Put the adapter into the registry as was decided, and write the report. Raises ModelError."""
        learner, work, start = self.learner, self.work, self.start
        card = Card(
            name=start.name,
            base=learner.identity,
            base_name=learner.name,
            metrics=metrics(trial.comparisons),
            data={"database": start.database, "schema": start.schema, **data},
            parent=start.parent,
        )
        settle(learner, adapter, card, trial.decision)
        log = work.folder / GRPO / LOG
        curves = Curves(_read_losses(work), read_log(log) if log.is_file() else [])
        page = work.write("report.html", write_report(Story(card, trial, curves, dropped)))
        work.once(END, lambda: {"adapter": card.name, "promoted": trial.decision.promote})
        shutil.rmtree(work.folder / COPIES, ignore_errors=True)
        return Result(trial.decision.promote, trial.decision.reason, card.name, page)


@contextmanager
def open_run(kind: str, settings: Settings, plan: dict[str, Any], folder: Path | None) -> Iterator[Run]:
    """A run that begins, or goes on where ``folder`` holds one; without a folder, in a new one.

    The adapter it learns from is that of its beginning: another may be in use by now. Raises ModelError,
    SettingsError where the folder holds another run, DatabaseError.
    """
    learner = find_learner(settings)
    with (
        Work(folder or _runs(settings) / _name(kind)) as work,
        Progress() as progress,
        open_database(settings) as database,
    ):
        place, schema = name_database(database.url), database.schema().fingerprint
        parent = learner.parent.name if learner.parent else None
        now = Start(_name(kind), place, schema, learner.identity, parent, plan)
        start = Start(**work.once(START, lambda: vars(now)))
        note_run(settings, work.folder)
        for what in ("database", "schema", "base", "plan"):
            if getattr(start, what) != getattr(now, what):
                reason = f"{work.folder} holds a run with another {what}."
                raise SettingsError(reason, "Choose another folder.")
        if start.parent != parent:
            learner = replace(learner, parent=learner.find(start.parent))
        yield Run(start, learner, work, progress, database)


def follow_losses(folder: Path, progress: Progress) -> Callable[[int, float], None]:
    """Shows each step's loss and keeps it in ``folder``; a step that is done again replaces the first."""

    def follow(step: int, loss: float) -> None:
        progress.count(step + 1, f"loss {loss:.3f}")
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / _LOSSES).open("a", encoding="utf-8") as file:
            file.write(json.dumps([step, loss]) + "\n")

    return follow


def _read_losses(work: Work) -> list[float]:
    path = work.folder / _LOSSES
    if not path.is_file():
        return []
    whole = path.read_text(encoding="utf-8").rpartition("\n")[0]
    losses: dict[int, float] = dict(json.loads(line) for line in whole.splitlines())
    return [losses[step] for step in sorted(losses)]


def _runs(settings: Settings) -> Path:
    return training_folder(settings.data)


def _name(kind: str) -> str:
    return f"{kind}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
