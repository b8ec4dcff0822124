"""A simulated person: accepts a right answer and corrects a wrong one, through the store that people use.

What is right is what the gold SQL gives, compared as `trainer evaluate` does. A correction is what an edit in
the console or the editor writes: the gold SQL, run, in place of what had been shown.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks import blind
from sqloop.answer import Answer
from sqloop.database.connect import Database
from sqloop.feedback.events import judge, judge_sql, show
from sqloop.feedback.store import FeedbackStore, open_store
from sqloop.memory import reading
from sqloop.settings import SAMPLE, ExecutionLimits, FeedbackSettings, Settings, load_settings
from sqloop_trainer.benchmarks.suite import Item, Suite, is_right

HELD_OUT = Path(__file__).parent / "held_out"

PATIENT = ExecutionLimits(seconds=120)
"""So that other work on the machine changes no outcome."""


def settings_of(database: str, model: str, folder: Path, data: Path | None = None) -> Settings:
    """To ask ``model`` on one of the databases by its name, with a store of feedback in ``folder``.

    ``data`` holds `chinook.sqlite`; the blind databases and those of `held_out` are built anew. Raises
    SettingsError.
    """
    reading.WAIT = PATIENT.seconds
    path = folder / f"{database}.sqlite"
    path.unlink(missing_ok=True)
    if database == "chinook":
        path = (data or folder) / "chinook.sqlite"
    elif (dump := HELD_OUT / f"{database}.sql.gz").is_file():
        blind.run_script(dump, path)
    elif database != SAMPLE:
        blind.build(database, path)
    return load_settings(
        db=SAMPLE if database == SAMPLE else f"sqlite:///{path.absolute()}",
        model=model,
        limits=PATIENT,
        feedback=FeedbackSettings(store=str(folder / f"{database}.feedback.sqlite")),
    )


class Person:
    """Judges answers on one database; ``suite`` holds the questions with their gold answers."""

    def __init__(self, settings: Settings, suite: Suite) -> None:
        """Raises FeedbackError where the store cannot be opened."""
        self._store: FeedbackStore = open_store(settings)
        self._suite = suite
        self._database: Database = suite.databases[0]

    def finds_right(self, answer: Answer, item: Item) -> bool:
        """Whether the answer that is shown is the right one; no answer is wrong."""
        return answer.best is not None and is_right(answer.best.sql, answer.best.outcome, item, self._suite)

    def judge(self, answer: Answer, item: Item) -> bool:
        """Say it: accepted where it is right, else corrected; whether it was right."""
        right = self.finds_right(answer, item)
        fingerprint = self._database.schema().fingerprint
        shown = show(answer, fingerprint, self._database.url, "rows")
        self._store.append(shown)
        if right:
            self._store.append(judge(shown, "accepted"))
        else:
            assert item.gold_sql is not None
            edited = judge_sql(shown, "edited", item.gold_sql, item.gold[0], fingerprint, "rows")
            self._store.append(edited)
        return right
