"""What there is to learn from, and whether it is enough: told at once, before torch is loaded."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqloop.database.connect import Database
from sqloop.errors import ModelError, SettingsError
from sqloop.feedback.events import name_database
from sqloop.feedback.store import find_store
from sqloop.generation.model_folder import find_model as find_model_files
from sqloop.generation.model_folder import identify_folder
from sqloop.places import training_folder
from sqloop.session import find_model, open_database
from sqloop.settings import Settings
from sqloop_trainer.dataset import Dataset, read_pairs
from sqloop_trainer.gate.decision import FEWEST, tell_power
from sqloop_trainer.work import START, find_unfinished

NEEDED = FEWEST
"""Questions with a right answer: each judges once."""


def collect(settings: Settings, database: Database) -> Dataset:
    """What users said of ``database``, which is that of the settings. Raises DatabaseError, FeedbackError."""
    fingerprint, place = database.schema().fingerprint, name_database(database.url)
    store = find_store(settings)
    return read_pairs(store, fingerprint, place) if store else Dataset((), {})


@dataclass(frozen=True)
class Use:
    """What a run would use: counts of questions; ``dropped`` are words of users, by why.

    Every question with a right answer is learned from; those whose answer somebody said to be right, and did
    not only keep, are held out once to judge by.
    """

    learned_from: int
    held_out: int
    only_rejected: int
    dropped: dict[str, int]
    resumable: bool = False
    """Whether the last run was killed, and `--resume` goes on with it: it was of this database and model."""

    @property
    def enough(self) -> bool:
        """Whether there is enough to learn from and to judge by."""
        return self.held_out >= NEEDED

    def to_json(self) -> dict[str, Any]:
        """What ``trainer retrain --json`` prints where it does not train; keys are an interface."""
        return {**asdict(self), "needed": NEEDED, "enough": self.enough}

    def __str__(self) -> str:
        known, kept = self.held_out, self.learned_from - self.held_out
        lines = [
            f"{known} questions with a right answer: each is learned from, and held out once to judge by",
            *([f"{kept} whose query was only kept: learned from, at half"] if kept else []),
            f"{self.only_rejected} questions of which only wrong answers are known",
            *(f"{count} dropped: {reason}" for reason, count in self.dropped.items()),
        ]
        if self.enough:
            lines.append(tell_power(known))
        else:
            more = "accept or correct " + (f"{NEEDED - known} more" if known else f"{NEEDED}")
            lines.append(f"Too little to learn from: {NEEDED} are needed, {more}. Nothing was changed.")
        return "\n".join(lines)


def look(settings: Settings) -> Use:
    """What there is to learn from today; nothing is changed. Raises DatabaseError, FeedbackError."""
    with open_database(settings) as database:
        dataset = collect(settings, database)
    known = sum(pair.sql is not None for pair in dataset.pairs)
    sure = sum(pair.is_sure for pair in dataset.pairs)
    dropped = {str(why): count for why, count in dataset.dropped.items()}
    return Use(known, sure, len(dataset.pairs) - known, dropped, _is_resumable(settings))


def find_killed(settings: Settings) -> Path:
    """The work folder of the last retrain, which was killed. Raises SettingsError where there is none."""
    folder = find_unfinished(training_folder(settings.data), "retrain")
    if folder is None:
        raise SettingsError("There is no retrain to resume.")
    return folder


def _is_resumable(settings: Settings) -> bool:
    try:
        start = json.loads((find_killed(settings) / f"{START}.json").read_text(encoding="utf-8"))
        base = find_model_files(find_model(settings).source)
        with open_database(settings) as database:
            schema, place = database.schema().fingerprint, name_database(database.url)
        now = schema, place, base and identify_folder(base)
        return (start["schema"], start["database"], start["base"]) == now
    except (SettingsError, ModelError, OSError, ValueError, KeyError):
        return False
