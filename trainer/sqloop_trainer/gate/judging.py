"""What a served model answers to tasks, one greedy candidate each, run and held against the right answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqloop.database.cells import text_value
from sqloop.database.outcome import Outcome
from sqloop.errors import ModelError
from sqloop.generation.inference.loading import LoadedModel
from sqloop_trainer.gold import Gold, GoldRows
from sqloop_trainer.learning.rollout import AskedTask

_SHOWN_ROWS = 3
_SHOWN_LENGTH = 120


@dataclass(frozen=True)
class Reply:
    """What was answered; ``answer`` and ``wanted`` are for people, cut where they are long."""

    question: str
    sql: str
    answer: str
    wanted: str
    right: bool
    failed: bool


def judge(
    served: LoadedModel, tasks: Sequence[AskedTask], on_judged: Callable[[int], None] = lambda done: None
) -> list[Reply]:
    """A reply to each task, in their order; ``on_judged`` gets how many there are.

    A question that the model cannot take is answered wrong. Raises UnreachableError.
    """
    replies = []
    for task in tasks:
        replies.append(_judge(served, task))
        on_judged(len(replies))
    return replies


def _judge(served: LoadedModel, task: AskedTask) -> Reply:
    sql, outcome = _answer(served, task)
    right = outcome.status == "ok" and task.gold is not None and task.gold.is_right(outcome)
    return Reply(
        task.asked.question, sql, show(outcome), _wanted(task.gold), right, failed=outcome.status != "ok"
    )


def _answer(served: LoadedModel, task: AskedTask) -> tuple[str, Outcome]:
    try:
        (completion,) = served.model.generate(replace(task.request, k=1))
        sql = task.read(completion.text)
    except (ModelError, ValueError) as error:
        return "", Outcome("error", error=f"No query was written: {error}")
    return sql, task.executor.run([sql])[0]


def _wanted(gold: Gold | None) -> str:
    return show(gold.outcome) if isinstance(gold, GoldRows) else ""


def show(outcome: Outcome) -> str:
    """The first rows of an answer, or why there is none.

    >>> show(Outcome("ok", rows=((1, "x"), (2, None))))
    '1, x; 2, NULL'
    """
    if outcome.status != "ok":
        return f"{outcome.status}: {outcome.error}"[:_SHOWN_LENGTH]
    if not outcome.rows:
        return "no rows"
    text = "; ".join(", ".join(map(text_value, row)) for row in outcome.rows[:_SHOWN_ROWS])
    text = text if len(text) <= _SHOWN_LENGTH else f"{text[: _SHOWN_LENGTH - 1]}…"
    left = len(outcome.rows) - _SHOWN_ROWS
    return f"{text} … {left} more rows" if left > 0 else text
