"""What a served model answers to tasks, greedily and as candidates, run and held against the right answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqloop.database.cells import text_value
from sqloop.database.outcome import Outcome
from sqloop.errors import ModelError
from sqloop.generation.inference.loading import LoadedModel
from sqloop.generation.prompts.hub_forms import find_form
from sqloop_trainer.gate.shares import Candidates
from sqloop_trainer.gold import Gold, GoldRows
from sqloop_trainer.learning.rollout import AskedTask

_SHOWN_ROWS = 3
_SHOWN_LENGTH = 120


@dataclass(frozen=True)
class Reply:
    """What was answered; ``answer`` and ``wanted`` are for people, cut where they are long.

    ``candidates`` have their log-probability and whether they are right; none where they were not asked for.
    """

    question: str
    sql: str
    answer: str
    wanted: str
    right: bool
    failed: bool
    candidates: Candidates = ()


def judge(
    served: LoadedModel,
    tasks: Sequence[AskedTask],
    on_judged: Callable[[int], None] = lambda done: None,
    candidates: int = 0,
) -> list[Reply]:
    """A reply to each task, in their order, with so many ``candidates``.

    ``on_judged`` gets how many there are. A question that the model cannot take is answered wrong, without
    candidates. Raises UnreachableError.
    """
    replies = []
    for task in tasks:
        replies.append(_judge(served, task, candidates))
        on_judged(len(replies))
    return replies


def _judge(served: LoadedModel, task: AskedTask, count: int) -> Reply:
    sql, outcome = _answer(served, task)
    return Reply(
        task.asked.question,
        sql,
        show(outcome),
        _wanted(task.gold),
        _is_right(task, outcome),
        failed=outcome.status != "ok",
        candidates=_search(served, task, count) if count else (),
    )


def _is_right(task: AskedTask, outcome: Outcome) -> bool:
    return outcome.status == "ok" and task.gold is not None and task.gold.is_right(outcome)


def _search(served: LoadedModel, task: AskedTask, count: int) -> Candidates:
    try:
        found = served.model.generate(
            replace(task.request, k=count, decoding=find_form(served.form).decoding)
        )
    except ModelError:
        return ()
    candidates = []
    for each in found:
        try:
            (outcome,) = task.executor.run([task.read(each.text)])
        except ValueError as error:
            outcome = Outcome("error", error=str(error))
        candidates.append((each.logprob, _is_right(task, outcome)))
    return candidates


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
