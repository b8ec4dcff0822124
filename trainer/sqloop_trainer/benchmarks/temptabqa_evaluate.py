"""Scores of a model on TEMPTABQA-C: each question asked through the path that serves users, then marked.

Greedy asks for one candidate, ranked for k of them and takes what `sqloop.ranking` puts first. A question
that the model cannot take counts as an error; that none could be asked at all is raised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from random import Random

from sqloop.database.outcome import Outcome, Status
from sqloop.errors import ModelError, QuestionError
from sqloop_trainer.benchmarks.temptabqa import Question
from sqloop_trainer.benchmarks.temptabqa_metrics import answer_text, is_exact, rems
from sqloop_trainer.evaluate import AT_ONCE, Asked

Scores = dict[str, float]
"""`COUNTS`, and in percent ``error_rate``, ``ems``, ``rems``, ``exact``, each also with ``_ranked``."""

COUNTS = ("n", "in_train")
"""How many questions, and how many of them stand in the train split word for word."""


@dataclass(frozen=True)
class Mark:
    """What became of one way of asking; ``answer`` is what the chosen SQL gave, ``rems`` from 0.0 to 1.0."""

    sql: str
    status: Status
    answer: str
    rems: float
    exact: bool
    reason: str = ""

    @property
    def ems(self) -> bool:
        """Whether all parts of the gold answer are there."""
        return self.rems == 1


@dataclass(frozen=True)
class Marked:
    """One question with its marks; ``ranked`` is None where only one candidate was asked for."""

    split: str
    question: Question
    greedy: Mark
    ranked: Mark | None


def sample_questions(questions: Sequence[Question], limit: int | None, seed: int) -> list[Question]:
    """At most `limit` of the questions, chosen by `seed`, in their order."""
    if limit is None or limit >= len(questions):
        return list(questions)
    return [questions[place] for place in sorted(Random(seed).sample(range(len(questions)), limit))]


def mark_questions(
    split: str,
    questions: Iterable[Question],
    assistant: Asked,
    k: int,
    on_marked: Callable[[Marked], None] = lambda marked: None,
) -> list[Marked]:
    """Ask every question with one candidate and, for `k` above 1, with `k`; several are on their way at once.

    `on_marked` is called after each. Raises ModelError when no question could be asked at all.
    """

    def mark(question: Question) -> Marked:
        greedy = _mark(question, assistant, 1)
        return Marked(split, question, greedy, _mark(question, assistant, k) if k > 1 else None)

    marked: list[Marked] = []
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="question") as pool:
        try:
            for each in pool.map(mark, questions):
                marked.append(each)
                on_marked(each)
        finally:
            pool.shutdown(cancel_futures=True)
    if marked and not any(each.greedy.sql for each in marked):
        raise ModelError(f"No question could be asked: {marked[0].greedy.reason}")
    return marked


def score(marked: Sequence[Marked]) -> Scores:
    """The scores of some questions, at least one; not rounded."""
    scores: Scores = {"n": len(marked)} | _percent([each.greedy for each in marked], "")
    ranked = [each.ranked for each in marked if each.ranked is not None]
    return scores | (_percent(ranked, "_ranked") if ranked else {})


def average(splits: Sequence[Scores]) -> Scores:
    """The mean of the splits, each counting the same, as the papers have it; counts are added up."""
    sums = {key: sum(each[key] for each in splits) for key in splits[0]}
    return {key: total if key in COUNTS else total / len(splits) for key, total in sums.items()}


def mark_outcome(question: Question, sql: str, outcome: Outcome) -> Mark:
    """What the query `sql`, which gave `outcome`, is worth as an answer."""
    if outcome.status != "ok":
        return Mark(sql, outcome.status, "", 0.0, exact=False, reason=outcome.error)
    text = answer_text(outcome)
    exact = not outcome.truncated and is_exact(text, question.answer)
    return Mark(sql, "ok", text, rems(text, question.answer), exact)


def _mark(question: Question, assistant: Asked, k: int) -> Mark:
    try:
        answer = assistant.ask(question.text, k)
    except (ModelError, QuestionError) as error:
        return Mark("", "error", "", 0.0, exact=False, reason=str(error))
    if not answer.candidates:
        return Mark("", "error", "", 0.0, exact=False, reason="The model wrote nothing.")
    return mark_outcome(question, answer.candidates[0].sql, answer.candidates[0].outcome)


def _percent(marks: Sequence[Mark], suffix: str) -> Scores:
    sums = {
        "error_rate": sum(each.status != "ok" for each in marks),
        "ems": sum(each.ems for each in marks),
        "rems": sum(each.rems for each in marks),
        "exact": sum(each.exact for each in marks),
    }
    return {f"{name}{suffix}": 100 * total / len(marks) for name, total in sums.items()}
