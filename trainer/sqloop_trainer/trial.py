"""Old against new: what a run ends with, whatever it learned from.

Both adapters answer the same tasks, the decision follows (`sqloop_trainer.decision`), and the new one goes
into the registry with its card, promoted or not. Every part leaves its result in the work folder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from sqloop.adapters import Card
from sqloop_trainer.decision import Comparison, Decision, compare, decide
from sqloop_trainer.judging import Judgement, judge
from sqloop_trainer.learner import Learner
from sqloop_trainer.progress import Progress
from sqloop_trainer.rollout import Task
from sqloop_trainer.work import Work

TARGET, REGRESSION = "held-out", "regression"
"""What the two sets of tasks are called: those like what was learned, and those that must not suffer."""

Answers = dict[str, list[Judgement]]
"""By the name of the set."""


@dataclass(frozen=True)
class Trial:
    """What both answered, and what follows from it."""

    old: Answers
    new: Answers
    comparisons: dict[str, Comparison]
    decision: Decision


def try_adapter(
    work: Work, learner: Learner, adapter: Path, tasks: Mapping[str, Sequence[Task]], progress: Progress
) -> Trial:
    """Judge the old and the new adapter on each set and decide. Raises ModelError, UnreachableError."""
    old = _answer(work, "old", learner, None, tasks, progress)
    new = _answer(work, "new", learner, adapter, tasks, progress)
    comparisons = {
        name: compare([each.right for each in old[name]], [each.right for each in new[name]])
        for name in tasks
    }
    made = work.once("decision", lambda: asdict(_decide(learner, comparisons)))
    return Trial(old, new, comparisons, Decision(made["promote"], made["reason"]))


def settle(learner: Learner, adapter: Path, card: Card, decision: Decision) -> None:
    """Keep the adapter, and promote it where that was decided; harmless when done again.

    Raises ModelError, SettingsError.
    """
    if card.name not in {each.name for each in learner.registry.list()}:
        learner.registry.add(adapter, card)
    if decision.promote:
        learner.registry.promote(card.name)


def metrics(comparisons: Mapping[str, Comparison]) -> dict[str, float]:
    """Shares of right answers in percent, as the card of an adapter holds them."""
    found: dict[str, float] = {}
    for name, each in comparisons.items():
        found |= {name: round(100 * each.new, 1), f"{name} before": round(100 * each.old, 1)}
        found[f"{name} questions"] = each.questions
    return found


def _answer(
    work: Work,
    side: str,
    learner: Learner,
    adapter: Path | None,
    tasks: Mapping[str, Sequence[Task]],
    progress: Progress,
) -> Answers:
    def ask() -> dict[str, list[dict[str, object]]]:
        policy = learner.load(adapter)
        answers = {}
        for name, each in tasks.items():
            progress.start(f"Asking the {side} adapter: {name}", len(each))
            answers[name] = [asdict(one) for one in judge(policy, each, progress.count)]
        return answers

    found = work.once(side, ask)
    return {name: [Judgement(**one) for one in each] for name, each in found.items()}


def _decide(learner: Learner, comparisons: Mapping[str, Comparison]) -> Decision:
    decision = decide(comparisons[TARGET], comparisons.get(REGRESSION))
    active = learner.registry.active(learner.identity)
    if decision.promote and active != learner.parent:
        name = active.name if active else "the bare model"
        return Decision(False, f"Kept what is in use: {name} took its place while this one was learning.")
    return decision
