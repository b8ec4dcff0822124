"""Execution accuracy of a model on a benchmark: greedy, and ranked by what execution gave.

Both come from one asking, through the very path that serves users: of k candidates the greedy one is judged
as the model wrote it, and the one that `sqloop.ranking` puts first, after the repair where none ran. Models
that search beams write no greedy candidate among others and are asked for one. Several questions are on their
way at once: the databases of some work while the model writes for another, and a server answers many. A
question that the model cannot take counts as an error; that no question could be asked at all is raised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Protocol

from sqloop.answer import Answer
from sqloop.database.connect import Database
from sqloop.database.outcome import Status
from sqloop.errors import ModelError, QuestionError
from sqloop_trainer.benchmarks.suite import Item, Suite, is_right

AT_ONCE = 4
"""Questions on their way."""

SURE = 0.8
"""The confidence from which an answer counts as sure."""


class Asked(Protocol):
    """What answers questions on one database: `sqloop.assistant.Assistant` is one."""

    def ask(self, question: str, k: int) -> Answer:
        """The answer from `k` candidates."""


@dataclass(frozen=True)
class Attempt:
    """What became of one way of asking; ``sql`` is the chosen text, empty when there was none."""

    sql: str
    status: Status
    right: bool
    reason: str = ""


@dataclass(frozen=True)
class Judged:
    """One question with what became of it; ``ranked`` is None where only one candidate was asked for.

    ``confidence`` is what its user is told of the answer, 0 to 1.
    """

    suite: str
    item: Item
    greedy: Attempt
    ranked: Attempt | None
    confidence: float = 0.0


@dataclass(frozen=True)
class Report:
    """All judged questions, how many could not be judged because of their gold SQL, and the time of all."""

    judged: tuple[Judged, ...]
    skipped: int
    seconds: float

    def to_json(self) -> dict[str, float | int]:
        """The object that ``trainer evaluate --json`` prints: scores in percent; keys are an interface.

        ``sure`` is how many answers were said to be at least 80 % sure, ``sure_right`` how many of those are
        right, in percent.
        """
        scores: dict[str, float | int] = {"n": len(self.judged), "skipped": self.skipped}
        scores |= _scores([each.greedy for each in self.judged], "")
        ranked = [each.ranked for each in self.judged if each.ranked is not None]
        if ranked:
            sure = [each.ranked for each in self.judged if each.ranked and each.confidence >= SURE]
            right = _percent(sum(each.right for each in sure), len(sure))
            scores |= {**_scores(ranked, "_ranked"), "sure": len(sure), "sure_right": right}
        return scores | {"seconds_per_question": round(self.seconds / max(1, len(self.judged)), 3)}


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
    skipped, begun = 0, perf_counter()
    for suite in suites:
        skipped += suite.skipped
        for each in _judge_suite(suite, open_assistant(suite.databases[0]), k):
            judged.append(each)
            on_judged(each)
    if judged and not any(each.greedy.sql for each in judged):
        raise ModelError(f"No question could be asked: {judged[0].greedy.reason}")
    return Report(tuple(judged), skipped, perf_counter() - begun)


def _judge_suite(suite: Suite, assistant: Asked, k: int) -> Iterator[Judged]:
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="question") as pool:
        try:
            yield from pool.map(partial(_judge, suite=suite, assistant=assistant, k=k), suite.items)
        finally:
            pool.shutdown(cancel_futures=True)


def _judge(item: Item, suite: Suite, assistant: Asked, k: int) -> Judged:
    answer = _ask(item, assistant, k)
    ranked = _attempt(answer, item, suite)
    if isinstance(answer, Answer) and answer.greedy is not None:
        greedy = _judge_text(answer, answer.greedy, item, suite)
    else:
        greedy = ranked if k == 1 else _attempt(_ask(item, assistant, 1), item, suite)
    confidence = answer.confidence if isinstance(answer, Answer) else 0.0
    return Judged(suite.name, item, greedy, ranked if k > 1 else None, confidence)


def _ask(item: Item, assistant: Asked, k: int) -> Answer | str:
    """The answer, or why there is none."""
    try:
        return assistant.ask(item.question, k)
    except (ModelError, QuestionError) as error:
        return str(error)


def _attempt(answer: Answer | str, item: Item, suite: Suite) -> Attempt:
    if isinstance(answer, str):
        return Attempt("", "error", right=False, reason=answer)
    if not answer.candidates:
        return Attempt("", "error", right=False, reason="The model wrote nothing.")
    return _judge_text(answer, answer.candidates[0].sql, item, suite)


def _judge_text(answer: Answer, sql: str, item: Item, suite: Suite) -> Attempt:
    """What became of one of the candidates."""
    outcome = next(each.outcome for each in answer.candidates if each.sql == sql)
    if outcome.status == "cancelled":  # The answer was decided without it.
        outcome = suite.databases[0].execute(sql)
    right = outcome.status == "ok" and is_right(sql, outcome, item, suite)
    return Attempt(sql, outcome.status, right, outcome.error)


def _scores(attempts: Sequence[Attempt], suffix: str) -> dict[str, float | int]:
    return {
        f"error_rate{suffix}": _percent(sum(each.status != "ok" for each in attempts), len(attempts)),
        f"execution_accuracy{suffix}": _percent(sum(each.right for each in attempts), len(attempts)),
    }


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 2) if whole else 0.0
