"""`trainer retrain`: what users accepted, edited and rejected becomes a better adapter, or nothing changes.

`collect -> split -> warm start on accepted SQL -> GRPO -> ask the old and the new adapter what was held out
and a fixed set of made questions -> promote or keep -> report`. Each stage leaves its result in the folder,
from which a killed run goes on to the same end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqloop.feedback.events import name_database
from sqloop.feedback.store import FeedbackStore, open_store, own_store
from sqloop.session import open_database
from sqloop.settings import Settings
from sqloop_trainer.bootstrap import write_examples
from sqloop_trainer.dataset import Dataset, Pair, read_pairs, split
from sqloop_trainer.decision import FEWEST
from sqloop_trainer.feedback_tasks import Taught, pack_pair, teach, unpack_pair
from sqloop_trainer.grpo import ADAPTER, Grpo, tune
from sqloop_trainer.learner import Learner, find_learner
from sqloop_trainer.made_questions import CHECKS, LESSONS, Made, allow_snapshot, make_questions
from sqloop_trainer.own_database import OwnDatabase, open_own
from sqloop_trainer.policy import Policy
from sqloop_trainer.progress import Progress
from sqloop_trainer.supervised import Example, Fit, fit, write_example
from sqloop_trainer.training_run import (
    COPIES,
    GRPO,
    SUPERVISED,
    Result,
    begin,
    end,
    follow_losses,
    new_folder,
)
from sqloop_trainer.trial import REGRESSION, TARGET, try_adapter
from sqloop_trainer.work import Work

HELD_OUT = 0.4
"""Of the questions with a right answer: much, as a handful of questions decides nothing."""

NEEDED = 25
"""Questions with a right answer, of which `decision.FEWEST` can be held out."""

assert round(HELD_OUT * NEEDED) >= FEWEST


@dataclass(frozen=True)
class Retrain:
    """How much: steps of GRPO with ``questions`` of ``k`` candidates each, after ``warm`` supervised ones.

    As many made questions as there are accepted ones join the warm start, so that little feedback does not
    drive out what is not in it; ``checks`` others are the regression set.
    """

    steps: int = 30
    questions: int = 8
    k: int = 8
    warm: int = 20
    rate: float = 5e-4
    warm_rate: float = 5e-4
    size: int = 16
    checks: int = 150
    seed: int = 0


@dataclass(frozen=True)
class Use:
    """What a run would use: counts of questions; ``dropped`` are words of users, by why."""

    learned_from: int
    held_out: int
    only_rejected: int
    dropped: dict[str, int]

    @property
    def enough(self) -> bool:
        """Whether there is enough to learn from and to judge by."""
        return self.learned_from + self.held_out >= NEEDED

    def to_json(self) -> dict[str, Any]:
        """What ``trainer retrain --json`` prints where it does not train; keys are an interface."""
        return {**asdict(self), "needed": NEEDED, "enough": self.enough}

    def __str__(self) -> str:
        known = self.learned_from + self.held_out
        lines = [
            f"{known} questions with a right answer: {self.learned_from} to learn from, "
            f"{self.held_out} held out to judge by",
            f"{self.only_rejected} questions of which only wrong answers are known",
            *(f"{count} dropped: {reason}" for reason, count in self.dropped.items()),
        ]
        if not self.enough:
            more = "accept or correct " + (f"{NEEDED - known} more" if known else f"{NEEDED}")
            lines.append(f"Too little to learn from: {NEEDED} are needed, {more}. Nothing was changed.")
        return "\n".join(lines)


def look(settings: Settings, plan: Retrain) -> Use:
    """What there is to learn from today; nothing is changed. Raises DatabaseError, FeedbackError."""
    dataset = _collect(settings)
    train, held = _split(dataset.pairs, plan)
    known = [pair for pair in train if pair.sql is not None]
    return Use(
        len(known), len(held), len(train) - len(known), {str(why): n for why, n in dataset.dropped.items()}
    )


def retrain(settings: Settings, plan: Retrain, folder: Path | None = None) -> Result:
    """Run all stages that ``folder`` does not hold yet; without one, in a new folder of the user's data.

    Whether there is enough to learn from is `look`'s to say. Raises ModelError, SettingsError, DatabaseError,
    FeedbackError.
    """
    learner = find_learner(settings)
    with Work(folder or new_folder(settings, "retrain")) as work, Progress() as progress:
        start, learner = begin(work, "retrain", settings, learner, asdict(plan))
        progress.start("Reading feedback")
        dataset = _unpack(work.once("feedback", lambda: _pack(_collect(settings))))
        made = work.once("questions", lambda: _make(settings, plan, len(dataset.pairs)))
        lessons, checks = ([Made(**each) for each in made[name]] for name in ("lessons", "checks"))
        train, held = _split(dataset.pairs, plan)
        reasons: dict[str, int] = {str(reason): count for reason, count in dataset.dropped.items()}
        with open_own(settings, learner.form, work.folder / COPIES) as own:
            taught, dropped = teach(own, train)
            kept, too = teach(own, held)
            adapter = _learn(work, learner, own, taught, lessons, plan, progress)
            sets = {TARGET: [each.task for each in kept if each.task.gold], REGRESSION: own.ask(checks)}
            trial = try_adapter(work, learner, adapter, sets, progress)
        told = _tell(settings.feedback.store or "own", taught, kept, lessons)
        return end(work, learner, start, adapter, trial, told, {**reasons, **(dropped + too)})


def _collect(settings: Settings) -> Dataset:
    with open_database(settings) as database:
        fingerprint, place = database.schema().fingerprint, name_database(database.url)
    store = _open(settings)
    return read_pairs(store, fingerprint, place) if store else Dataset((), {})


def _open(settings: Settings) -> FeedbackStore | None:
    """The store of the settings; None where the user's own has not been begun."""
    if settings.feedback.store or own_store(settings).is_file():
        return open_store(settings, writing=False)
    return None


def _split(pairs: Sequence[Pair], plan: Retrain) -> tuple[list[Pair], list[Pair]]:
    """To learn from, and to judge by; where only wrong answers are known, there is nothing to judge by."""
    known = [pair for pair in pairs if pair.sql is not None]
    train, held = split(known, plan.seed, HELD_OUT)
    return [*train, *(pair for pair in pairs if pair.sql is None)], held


def _make(settings: Settings, plan: Retrain, lessons: int) -> dict[str, list[dict[str, str]]]:
    with open_database(allow_snapshot(settings)) as database:
        checks = make_questions(database, CHECKS, plan.checks)
        made = make_questions(database, LESSONS, lessons, without=checks)
    return {"checks": [asdict(each) for each in checks], "lessons": [asdict(each) for each in made]}


def _learn(
    work: Work,
    learner: Learner,
    own: OwnDatabase,
    taught: list[Taught],
    lessons: list[Made],
    plan: Retrain,
    progress: Progress,
) -> Path:
    def learn() -> int:
        policy = learner.load()
        examples = _write_accepted(policy, taught) + write_examples(policy, own, lessons)
        progress.start("Learning from accepted SQL", plan.warm)
        if examples:
            warm = Fit(plan.warm, plan.size, plan.warm_rate, seed=plan.seed)
            fit(policy, examples, warm, work.folder / SUPERVISED, follow_losses(work, progress))
        progress.start("Learning by trying", plan.steps)
        tasks = [each.task for each in taught]
        steps = Grpo(plan.steps, min(plan.questions, len(tasks)), plan.k, rate=plan.rate, seed=plan.seed)
        tune(policy, tasks, steps, work.folder / GRPO, progress.learn)
        return len(tasks)

    work.once("learned", learn)
    return work.folder / GRPO / ADAPTER


def _write_accepted(policy: Policy, taught: Sequence[Taught]) -> list[Example]:
    written = (write_example(policy, each.task.asked, each.pair.sql) for each in taught if each.pair.sql)
    return [each for each in written if each is not None]


def _tell(
    store: str, taught: Sequence[Taught], kept: Sequence[Taught], lessons: Sequence[Made]
) -> dict[str, str | int | float]:
    """What the card of the adapter says of its data."""
    return {
        "store": store,
        "questions learned from": len(taught),
        "questions held out": len(kept),
        "made questions": len(lessons),
        "events": " ".join(source for each in (*taught, *kept) for source in each.pair.sources),
    }


def _pack(dataset: Dataset) -> dict[str, Any]:
    return {"pairs": [pack_pair(pair) for pair in dataset.pairs], "dropped": dataset.dropped}


def _unpack(data: dict[str, Any]) -> Dataset:
    return Dataset(tuple(map(unpack_pair, data["pairs"])), data["dropped"])
