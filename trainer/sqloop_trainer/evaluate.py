"""Execution accuracy of a model on a benchmark: greedy, and ranked by what execution gave.

Greedy asks for one candidate, the most likely one; ranked asks for k and takes what `sqloop.ranking` puts
first, so both are measured through the very path that serves users. A question that the model cannot take
counts as an error; that no question could be asked at all is raised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqloop.answer import Answer
from sqloop.database.connect import Database
from sqloop.database.outcome import Status
from sqloop.errors import ModelError, QuestionError
from sqloop_trainer.benchmarks.suite import Item, Suite, is_right


class Asked(Protocol):
    """What answers questions on one database: `sqloop.assistant.Assistant` is one."""

    def ask(self, question: str, k: int) -> Answer:
        """The answer from `k` candidates."""


@dataclass(frozen=True)
class Verdict:
    """What became of one way of asking; ``sql`` is the chosen text, empty when there was none."""

    sql: str
    status: Status
    right: bool
    reason: str = ""


@dataclass(frozen=True)
class Judged:
    """One question with its verdicts; ``ranked`` is None where only one candidate was asked for."""

    suite: str
    item: Item
    greedy: Verdict
    ranked: Verdict | None


@dataclass(frozen=True)
class Report:
    """All judged questions, and how many could not be judged because of their gold SQL."""

    judged: tuple[Judged, ...]
    skipped: int

    def to_json(self) -> dict[str, float | int]:
        """The object that ``trainer evaluate --json`` prints: scores in percent; keys are an interface."""
        scores: dict[str, float | int] = {"n": len(self.judged), "skipped": self.skipped}
        scores |= _scores([each.greedy for each in self.judged], "")
        ranked = [each.ranked for each in self.judged if each.ranked is not None]
        return scores | (_scores(ranked, "_ranked") if ranked else {})


def evaluate(
    suites: Iterable[Suite],
    open_assistant: Callable[[Database], Asked],
    k: int,
    on_judged: Callable[[Judged], None] = lambda judged: None,
) -> Report:
    """Ask all questions of all suites, with one candidate and, for `k` above 1, with `k`.

    `on_judged` is called after each question. Raises ModelError when no question could be asked at all.
    """
    judged: list[Judged] = []
    skipped = 0
    for suite in suites:
        skipped += suite.skipped
        for each in _judge_suite(suite, open_assistant(suite.databases[0]), k):
            judged.append(each)
            on_judged(each)
    if judged and not any(each.greedy.sql for each in judged):
        raise ModelError(f"No question could be asked: {judged[0].greedy.reason}")
    return Report(tuple(judged), skipped)


def _judge_suite(suite: Suite, assistant: Asked, k: int) -> Iterator[Judged]:
    for item in suite.items:
        greedy = _judge(item, suite, assistant, 1)
        yield Judged(suite.name, item, greedy, _judge(item, suite, assistant, k) if k > 1 else None)


def _judge(item: Item, suite: Suite, assistant: Asked, k: int) -> Verdict:
    try:
        answer = assistant.ask(item.question, k)
    except (ModelError, QuestionError) as error:
        return Verdict("", "error", right=False, reason=str(error))
    if not answer.candidates:
        return Verdict("", "error", right=False, reason="The model wrote nothing.")
    first = answer.candidates[0]
    right = first.ran and is_right(first.sql, first.outcome, item, suite)
    return Verdict(first.sql, first.outcome.status, right, first.outcome.error)


def _scores(verdicts: Sequence[Verdict], suffix: str) -> dict[str, float | int]:
    return {
        f"error_rate{suffix}": _percent(sum(each.status != "ok" for each in verdicts), len(verdicts)),
        f"execution_accuracy{suffix}": _percent(sum(each.right for each in verdicts), len(verdicts)),
    }


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 2) if whole else 0.0
