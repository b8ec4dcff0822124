"""`trainer retrain`: what users accepted, edited and rejected becomes a better adapter, or nothing changes.

`collect -> warm start on accepted SQL -> GRPO -> ask the old and the new adapter -> promote or keep ->
report`. The new adapter learns from everything. So that every question of a user can judge it all the same,
the same is done again for each part of the questions without that part (cross-validation): an adapter answers
what it did not learn from. Each stage leaves its result in the folder, from which a killed run goes on to the
same end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from sqloop.settings import Settings
from sqloop_trainer.bootstrap import write_examples
from sqloop_trainer.collecting import collect
from sqloop_trainer.dataset import divide
from sqloop_trainer.feedback_tasks import Taught, pack, teach, unpack
from sqloop_trainer.gate.elsewhere import ask_elsewhere
from sqloop_trainer.gate.trial import ASKED, ELSEWHERE, MADE, Sitting, try_adapters
from sqloop_trainer.learner import find_learner
from sqloop_trainer.learning.grpo import ADAPTER, Grpo, tune
from sqloop_trainer.learning.policy import Policy, save_adapter
from sqloop_trainer.learning.rollout import fits
from sqloop_trainer.learning.supervised import Example, Fit, fit, write_example
from sqloop_trainer.made_questions import Made, make_sets, read_sets
from sqloop_trainer.own_database import OwnDatabase, open_own
from sqloop_trainer.training_run import COPIES, GRPO, SUPERVISED, Result, Run, follow_losses, open_run


@dataclass(frozen=True)
class Retrain:
    """How much: steps of GRPO with ``questions`` of ``k`` candidates each, after ``warm`` supervised ones.

    As many made questions as there are accepted ones join the warm start, so that little feedback does not
    drive out what is not in it; ``checks`` others guard against getting worse. ``folds`` parts are held out
    in turn: each costs as much as the adapter itself, but with fewer, those that judge learned from less.
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
    folds: int = 5


LARGE = Retrain(steps=8, questions=6, warm=8, rate=5e-5, warm_rate=2e-4, checks=50, folds=4)
"""For pretrained models: hours on two cores; their adapters know much, so the rates are low."""


def plan_retrain(settings: Settings, steps: int | None = None) -> Retrain:
    """What suits the model of the settings. Raises as `find_learner` does."""
    plan = LARGE if find_learner(settings).large else Retrain()
    return plan if steps is None else replace(plan, steps=steps)


def retrain(settings: Settings, plan: Retrain, folder: Path | None = None) -> Result:
    """Run all stages that ``folder`` does not hold yet; without one, in a new folder of the user's data.

    Whether there is enough to learn from is `collecting.look`'s to say. Raises ModelError, SettingsError,
    DatabaseError, FeedbackError.
    """
    with open_run("retrain", settings, asdict(plan), folder) as run:
        run.progress.start("Reading feedback")
        dataset = unpack(run.work.once("feedback", lambda: pack(collect(settings, run.database))))
        run.progress.start("Making questions from the database")
        lessons, checks = read_sets(
            run.work.once("questions", lambda: make_sets(run.database, len(dataset.pairs), plan.checks))
        )
        reasons: dict[str, int] = {str(reason): count for reason, count in dataset.dropped.items()}
        form = run.learner.form
        with (
            open_own(settings, run.database, form, run.work.folder / COPIES) as own,
            ask_elsewhere(settings, run.database, form) as elsewhere,
        ):
            taught, dropped = teach(own, dataset.pairs)
            school = _School(run, own, lessons, plan)
            adapter = school.learn(taught, Path(), "")
            asked = [
                school.hold_out(taught, part, number) for number, part in enumerate(_parts(taught, plan), 1)
            ]
            others = {MADE: own.ask(checks), ELSEWHERE: elsewhere}
            sets = {ASKED: asked} | {name: [Sitting(adapter, each)] for name, each in others.items()}
            trial = try_adapters(run.work, run.learner, sets, run.progress)
        told = _tell(settings.feedback.store or "own", taught, lessons)
        return run.end(adapter, trial, told, {**reasons, **dropped})


def _parts(taught: Sequence[Taught], plan: Retrain) -> list[list[int]]:
    """The numbers of those that judge, in the parts that are held out in turn."""
    known = [number for number, each in enumerate(taught) if each.judges]
    parts = divide([taught[number].pair for number in known], plan.folds, plan.seed)
    return [[known[place] for place in part] for part in parts]


@dataclass(frozen=True)
class _School:
    """What each adapter of a run has in common with the others."""

    run: Run
    own: OwnDatabase
    lessons: list[Made]
    plan: Retrain

    def hold_out(self, taught: Sequence[Taught], part: Sequence[int], number: int) -> Sitting:
        """A part of the questions, and an adapter that learned from the others."""
        others = [each for place, each in enumerate(taught) if place not in set(part)]
        adapter = self.learn(
            others, Path(f"without-{number}"), f" without part {number} of {self.plan.folds}"
        )
        return Sitting(adapter, [taught[place].task for place in part])

    def learn(self, taught: Sequence[Taught], folder: Path, what: str) -> Path:
        """The adapter that learned from ``taught``, in ``folder`` of the work folder."""
        run, plan = self.run, self.plan
        place, progress = run.work.folder / folder, run.progress

        def learn() -> int:
            policy = run.learner.load()
            examples = _write_accepted(policy, taught) + write_examples(policy, self.own, self.lessons)
            progress.start(f"Learning from accepted SQL{what}", plan.warm)
            if examples:
                warm = Fit(plan.warm, plan.size, plan.warm_rate, seed=plan.seed)
                fit(policy, examples, warm, place / SUPERVISED, follow_losses(place, progress))
            progress.start(f"Learning by trying{what}", plan.steps)
            tasks = [each.task for each in taught if fits(policy, each.task.request)]
            if not tasks:
                save_adapter(policy, place / GRPO / ADAPTER)
                return 0
            steps = Grpo(plan.steps, min(plan.questions, len(tasks)), plan.k, rate=plan.rate, seed=plan.seed)
            tune(policy, tasks, steps, place / GRPO, progress.learn)
            return len(tasks)

        run.work.once("-".join(("learned", *folder.parts)), learn)
        return place / GRPO / ADAPTER


def _write_accepted(policy: Policy, taught: Sequence[Taught]) -> list[Example]:
    written = (
        (each.pair.weight, write_example(policy, each.task.asked, each.pair.sql))
        for each in taught
        if each.pair.sql
    )
    return [replace(example, weight=weight) for weight, example in written if example is not None]


def _tell(store: str, taught: Sequence[Taught], lessons: Sequence[Made]) -> dict[str, str | int | float]:
    """What the card of the adapter says of its data."""
    return {
        "store": store,
        "questions learned from": len(taught),
        "made questions": len(lessons),
        "events": " ".join(source for each in taught for source in each.pair.sources),
    }
