"""TEMPTABQA-C with memory instead of training: right answers to train questions are accepted, no SQL is seen.

    python tests/benchmarks/training/temptabqa_memory.py --data DIR --model qwen2.5-coder-0.5b [--train 96]

Some questions of the train split are asked. Where a candidate's answer is exactly the gold one, its SQL is
accepted, as a person would who knows the answer; where none is, nothing is said. Then questions of the other
split are asked, without and with the memory of that, the database and the model being the same. Nothing is
trained. Train and test share their 47 templates and most athletes (docs/starter.md).

Prints JSON: how many train questions were accepted in each round, and EMS, `exact` and errors in percent.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from typer import Option

from sqloop.answer import Answer
from sqloop.errors import ModelError, QuestionError
from sqloop.feedback.events import judge, judge_sql, show
from sqloop.feedback.store import FeedbackStore, open_store
from sqloop.session import Session
from sqloop.settings import FeedbackSettings, MemorySettings, Settings, load_settings
from sqloop_trainer.benchmarks.temptabqa import Question, read_questions
from sqloop_trainer.benchmarks.temptabqa_databases import build_world
from sqloop_trainer.benchmarks.temptabqa_evaluate import mark_questions, sample_questions, score
from sqloop_trainer.benchmarks.temptabqa_metrics import answer_text, is_exact


def main(
    data: Annotated[Path, Option("--data", help="The folder of temptabqa-c.")],
    model: Annotated[str, Option("--model", help="As `sqloop ask` takes it.")],
    k: Annotated[int, Option("-k", help="Candidates of a question.")] = 4,
    train: Annotated[int, Option("--train", help="Questions of the train split that are judged.")] = 96,
    rounds: Annotated[int, Option("--rounds", help="How often those that were not right are asked.")] = 2,
    split: Annotated[str, Option("--split", help="What is measured; of the original world.")] = "dev",
    limit: Annotated[int, Option("--limit", help="Questions of that split.")] = 100,
    seed: Annotated[int, Option("--seed")] = 0,
) -> None:
    """Judge, ask, and print what came of it."""
    learned = sample_questions(read_questions(data, "train"), train, seed)
    asked = sample_questions(read_questions(data, split), limit, seed)
    with TemporaryDirectory() as folder:
        store = FeedbackSettings(store=str(Path(folder) / "feedback.sqlite"))
        settings = load_settings(db=build_world(data, "original"), model=model, k=k, feedback=store)
        before = _measure(settings.model_copy(update={"memory": MemorySettings(enabled=False)}), split, asked)
        print("without", json.dumps(before), file=sys.stderr, flush=True)
        accepted = []
        with Session(settings) as session:
            kept = open_store(settings)
            left = list(learned)
            for _ in range(rounds):
                wrong = [each for each in left if not _judge(each, session, kept)]
                accepted.append(len(left) - len(wrong))
                left = wrong
                print("accepted", accepted, file=sys.stderr, flush=True)
        after = _measure(settings, split, asked)
    print(json.dumps({"accepted": accepted, "without": before, "with": after}))


def _judge(question: Question, session: Session, store: FeedbackStore) -> bool:
    """Accept the first candidate whose answer is the gold one; whether there is any."""
    try:
        answer = session.ask(question.text)
    except (ModelError, QuestionError):
        return False
    fingerprint, url = session.database.schema().fingerprint, session.database.url
    for place, candidate in enumerate(answer.candidates):
        if candidate.ran and is_exact(answer_text(candidate.outcome), question.answer):
            shown = show(answer, fingerprint, url, "rows")
            store.append(shown)
            said = judge(shown, "accepted")
            if place:
                said = judge_sql(shown, "edited", candidate.sql, candidate.outcome, fingerprint, "rows")
            store.append(said)
            return True
    return False


def _measure(settings: Settings, split: str, questions: Sequence[Question]) -> dict[str, float]:
    with Session(settings) as session:
        ranked = mark_questions(split, questions, _Asking(session), 1)
    return score(ranked)


class _Asking:
    """A session as the evaluator asks it: with its own number of candidates."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def ask(self, question: str, k: int) -> Answer:
        return self._session.ask(question)


if __name__ == "__main__":
    typer.run(main)
