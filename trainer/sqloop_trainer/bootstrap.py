"""`trainer bootstrap`: specialise a model on one database before anybody has said anything of its answers.

`make questions from the user's rows -> learn from their SQL -> ask the old and the new adapter what people
asked before, and other made questions -> promote or keep -> report`. Each stage leaves its result in the
work folder, from which a killed run goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from sqloop.database.connect import Database
from sqloop.errors import DatabaseError
from sqloop.settings import Settings
from sqloop_trainer.collecting import collect
from sqloop_trainer.feedback_tasks import pack, teach, unpack
from sqloop_trainer.gate.decision import FEWEST
from sqloop_trainer.gate.elsewhere import ask_elsewhere
from sqloop_trainer.gate.trial import ASKED, ELSEWHERE, MADE, Sitting, try_adapters
from sqloop_trainer.learner import find_learner
from sqloop_trainer.learning.policy import Policy, save_adapter
from sqloop_trainer.learning.supervised import Example, Fit, fit, write_example
from sqloop_trainer.made_questions import Made, Sets, make_sets, read_sets
from sqloop_trainer.own_database import OwnDatabase, open_own
from sqloop_trainer.training_run import ADAPTER, SUPERVISED, Result, Run, follow_losses, open_run


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
    if steps is None:
        return plan
    return replace(plan, steps=steps, lessons=max(plan.lessons, steps * plan.size))


def bootstrap(settings: Settings, plan: Bootstrap, folder: Path | None = None) -> Result:
    """Run all stages that ``folder`` does not hold yet; without one, in a new folder of the user's data.

    Raises ModelError, SettingsError, DatabaseError where the database has too little to ask about.
    """
    with open_run("bootstrap", settings, asdict(plan), folder) as run:
        run.progress.start("Making questions from the database")
        lessons, checks = read_sets(run.work.once("questions", lambda: _make(run.database, plan)))
        pairs = unpack(run.work.once("feedback", lambda: pack(collect(settings, run.database)))).pairs
        form = run.learner.form
        with (
            open_own(settings, run.database, form) as own,
            ask_elsewhere(settings, run.database, form) as elsewhere,
        ):
            asked = [each.task for each in teach(own, pairs)[0] if each.judges]
            if len(asked) < FEWEST:
                elsewhere = []  # they only keep out what would be promoted
                run.progress.start(
                    f"Fewer than {FEWEST} questions that people asked: the adapter will be kept, not promoted"
                )
            adapter = _learn(run, own, lessons, plan)
            tasks = {ASKED: asked, MADE: own.ask(checks), ELSEWHERE: elsewhere}
            sets = {name: [Sitting(adapter, each)] for name, each in tasks.items()}
            trial = try_adapters(run.work, run.learner, sets, run.progress)
        return run.end(adapter, trial, {"made questions": len(lessons)}, {})


def write_examples(policy: Policy, own: OwnDatabase, lessons: Sequence[Made]) -> list[Example]:
    """Made questions to learn from, without those that the prompt form cannot say."""
    sql = {each.question: each.sql for each in lessons}
    written = (write_example(policy, task.asked, sql[task.asked.question]) for task in own.ask(lessons))
    return [each for each in written if each is not None]


def _make(database: Database, plan: Bootstrap) -> Sets:
    made = make_sets(database, plan.lessons, plan.checks)
    if not made["lessons"]:
        raise DatabaseError("No questions could be made from the database.", "Its tables need rows.")
    return made


def _learn(run: Run, own: OwnDatabase, lessons: list[Made], plan: Bootstrap) -> Path:
    folder, progress = run.work.folder, run.progress
    adapter = folder / ADAPTER

    def learn() -> int:
        policy = run.learner.load()
        examples = write_examples(policy, own, lessons)
        if not examples:
            raise DatabaseError("The model cannot be taught by the questions that the database gives.")
        progress.start("Learning", plan.steps)
        steps = Fit(plan.steps, plan.size, plan.rate, seed=plan.seed)
        fit(policy, examples, steps, folder / SUPERVISED, follow_losses(folder, progress))
        save_adapter(policy, adapter)
        return len(examples)

    run.work.once("learned", learn)
    return adapter
