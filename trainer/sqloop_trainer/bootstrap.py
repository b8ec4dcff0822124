"""`trainer bootstrap`: specialise a model on one database before anybody has said anything of its answers.

`make questions from the user's rows -> learn from their SQL -> ask the old and the new adapter what people
asked before, and other made questions -> promote or keep -> report`. Each stage leaves its result in the
work folder, from which a killed run goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from sqloop.errors import DatabaseError
from sqloop.session import open_database
from sqloop.settings import Settings
from sqloop_trainer.collecting import collect
from sqloop_trainer.feedback_tasks import pack, teach, unpack
from sqloop_trainer.gate.decision import FEWEST
from sqloop_trainer.gate.trial import ASKED, MADE, Sitting, try_adapters
from sqloop_trainer.learner import Learner, find_learner
from sqloop_trainer.learning.policy import Policy, save_adapter
from sqloop_trainer.learning.supervised import Example, Fit, fit, write_example
from sqloop_trainer.made_questions import CHECKS, LESSONS, Made, allow_snapshot, make_questions
from sqloop_trainer.own_database import OwnDatabase, open_own
from sqloop_trainer.progress import Progress
from sqloop_trainer.training_run import (
    ADAPTER,
    SUPERVISED,
    Result,
    begin,
    end,
    follow_losses,
    new_folder,
)
from sqloop_trainer.work import Work


@dataclass(frozen=True)
class Bootstrap:
    """How much: ``lessons`` are questions to learn from, ``size`` of them a step, ``checks`` to judge by."""

    steps: int = 300
    size: int = 16
    rate: float = 1e-3
    lessons: int = 3_000
    checks: int = 150
    seed: int = 0


LARGE = Bootstrap(steps=16, rate=1e-4, lessons=400, checks=50)
"""For pretrained models: minutes on two cores; they know SQL and their adapter knows our form of it."""


def plan_bootstrap(settings: Settings, steps: int | None = None) -> Bootstrap:
    """What suits the model of the settings. Raises as `find_learner` does."""
    plan = LARGE if find_learner(settings).large else Bootstrap()
    return plan if steps is None else replace(plan, steps=steps)


def bootstrap(settings: Settings, plan: Bootstrap, folder: Path | None = None) -> Result:
    """Run all stages that ``folder`` does not hold yet; without one, in a new folder of the user's data.

    Raises ModelError, SettingsError, DatabaseError where the database has too little to ask about.
    """
    learner = find_learner(settings)
    with Work(folder or new_folder(settings, "bootstrap")) as work, Progress() as progress:
        start, learner = begin(work, "bootstrap", settings, learner, asdict(plan))
        progress.start("Making questions from the database")
        made = work.once("questions", lambda: _make(settings, plan))
        lessons, checks = ([Made(**each) for each in made[name]] for name in ("lessons", "checks"))
        pairs = unpack(work.once("feedback", lambda: pack(collect(settings)))).pairs
        with open_own(settings, learner.form) as own:
            asked = [each.task for each in teach(own, pairs)[0] if each.judges]
            if len(asked) < FEWEST:
                progress.start(
                    f"Fewer than {FEWEST} questions that people asked: the adapter will be kept, not promoted"
                )
            adapter = _learn(work, learner, own, lessons, plan, progress)
            sets = {ASKED: [Sitting(adapter, asked)], MADE: [Sitting(adapter, own.ask(checks))]}
            trial = try_adapters(work, learner, sets, progress)
        return end(work, learner, start, adapter, trial, {"made questions": len(lessons)}, {})


def write_examples(policy: Policy, own: OwnDatabase, lessons: Sequence[Made]) -> list[Example]:
    """Made questions to learn from, without those that the prompt form cannot say."""
    sql = {each.question: each.sql for each in lessons}
    written = (write_example(policy, task.asked, sql[task.asked.question]) for task in own.ask(lessons))
    return [each for each in written if each is not None]


def _make(settings: Settings, plan: Bootstrap) -> dict[str, list[dict[str, str]]]:
    with open_database(allow_snapshot(settings)) as database:
        checks = make_questions(database, CHECKS, plan.checks)
        lessons = make_questions(database, LESSONS, plan.lessons, without=checks)
    if not lessons:
        raise DatabaseError("No questions could be made from the database.", "Its tables need rows.")
    return {"checks": [asdict(each) for each in checks], "lessons": [asdict(each) for each in lessons]}


def _learn(
    work: Work, learner: Learner, own: OwnDatabase, lessons: list[Made], plan: Bootstrap, progress: Progress
) -> Path:
    adapter = work.folder / ADAPTER

    def learn() -> int:
        policy = learner.load()
        examples = write_examples(policy, own, lessons)
        if not examples:
            raise DatabaseError("The model cannot be taught by the questions that the database gives.")
        progress.start("Learning", plan.steps)
        steps = Fit(plan.steps, plan.size, plan.rate, seed=plan.seed)
        fit(policy, examples, steps, work.folder / SUPERVISED, follow_losses(work.folder, progress))
        save_adapter(policy, adapter)
        return len(examples)

    work.once("learned", learn)
    return adapter
