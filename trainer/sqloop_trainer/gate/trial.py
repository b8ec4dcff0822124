"""Old against new: what a run ends with, whatever it learned from.

Both answer the same tasks, the decision follows (`sqloop_trainer.gate.decision`), and the new adapter goes
into the registry with its card, promoted or not. A task that an adapter learned from is put to another, which
learned from the others in the same way. Every part leaves its result in the work folder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from sqloop.adapters import Card
from sqloop_trainer.gate.decision import Comparison, Decision, compare, decide
from sqloop_trainer.gate.judging import Reply, judge
from sqloop_trainer.gate.shares import gains
from sqloop_trainer.learner import Learner
from sqloop_trainer.learning.rollout import AskedTask
from sqloop_trainer.progress import Progress
from sqloop_trainer.work import Work

ASKED, MADE, ELSEWHERE = "asked", "made", "elsewhere"
"""What the sets of tasks are called: what people asked of the database, what was made from it, and what
people asked of another (`sqloop_trainer.gate.elsewhere`)."""


@dataclass(frozen=True)
class Sitting:
    """``tasks`` that ``adapter`` is to answer, none of which it learned from."""

    adapter: Path
    tasks: Sequence[AskedTask]


Sets = Mapping[str, Sequence[Sitting]]
"""By the name of the set."""

CANDIDATES = 4
"""Candidates to a question of people: with eight no more gains are found (docs/training.md)."""

NOW = Path()
"""Stands for the adapter that is in use."""

Answers = dict[str, list[Reply]]
"""By the name of the set."""


@dataclass(frozen=True)
class Trial:
    """What both answered, and what follows from it."""

    old: Answers
    new: Answers
    comparisons: dict[str, Comparison]
    decision: Decision


def try_adapters(work: Work, learner: Learner, sets: Sets, progress: Progress) -> Trial:
    """Judge the adapter of now and the new ones and decide. Raises ModelError, UnreachableError."""
    before = {name: [Sitting(NOW, each.tasks) for each in sittings] for name, sittings in sets.items()}
    old = {name: _answer(work, "old", name, learner, each, progress) for name, each in before.items()}
    new = {name: _answer(work, "new", name, learner, each, progress) for name, each in sets.items()}
    comparisons = {
        name: compare(
            [each.right for each in old[name]],
            [each.right for each in new[name]],
            _gains(old[name], new[name]),
        )
        for name in sets
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
    """Shares of right answers in percent, as the card of an adapter holds them; no empty set has any."""
    found: dict[str, float] = {}
    for name, each in comparisons.items():
        if not each.questions:
            continue
        found |= {name: round(100 * each.new, 1), f"{name} before": round(100 * each.old, 1)}
        found[f"{name} questions"] = each.questions
    return found


def _answer(
    work: Work, side: str, name: str, learner: Learner, sittings: Sequence[Sitting], progress: Progress
) -> list[Reply]:
    def ask() -> list[dict[str, object]]:
        answers: list[dict[str, object]] = []
        if count := sum(len(each.tasks) for each in sittings):
            progress.start(f"The {side} adapter: {name} questions", count)
        for each in sittings:
            if not each.tasks:
                continue
            served = learner.serve(None if each.adapter == NOW else each.adapter)
            on_judged = partial(_count, progress, len(answers))
            answers += map(asdict, judge(served, each.tasks, on_judged, 0 if name == MADE else CANDIDATES))
        return answers

    return [Reply(**each) for each in work.once(f"{side}-{name}", ask)]


def _gains(old: Sequence[Reply], new: Sequence[Reply]) -> list[float]:
    """By candidates, where both have some; none for made questions, and for runs of before there were any."""
    both = [
        (a.candidates, b.candidates) for a, b in zip(old, new, strict=True) if a.candidates and b.candidates
    ]
    return gains([a for a, _ in both], [b for _, b in both]) if both else []


def _count(progress: Progress, before: int, judged: int) -> None:
    progress.count(before + judged)


def _decide(learner: Learner, comparisons: Mapping[str, Comparison]) -> Decision:
    decision = decide(comparisons[ASKED], comparisons[MADE], comparisons[ELSEWHERE])
    if decision.promote and (name := learner.find_rival()):
        return Decision(False, f"Kept what is in use: {name} took its place while this one was learning.")
    return decision
