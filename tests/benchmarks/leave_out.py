"""What each part of serving gives: accuracy on held-out Spider schemas, and with one part left out.

    python tests/benchmarks/leave_out.py --data DIR

Prints JSON, in percent of questions: ``greedy``, the ``ranked`` answer of k candidates, errors of both; the
same candidates by number of votes and by likelihood alone; and whether ``any`` candidate is right.
"""

from __future__ import annotations

import json
from collections import Counter
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Annotated
from unittest.mock import patch

import typer
from typer import Option

from sqloop.answer import ModelName
from sqloop.assistant import Assistant
from sqloop.database.cancellation import Cancellation
from sqloop.generation.generator import Generator, Reading
from sqloop.generation.request import Completion, GenerationRequest
from sqloop.generation.worker import WorkerGenerator
from sqloop.models import STARTER
from sqloop.ranking import Candidate
from sqloop.session import name_model
from sqloop.settings import load_settings
from sqloop_trainer.benchmarks.spider_suites import spider_suites
from sqloop_trainer.benchmarks.suite import Item, Suite, is_right


class FreeGenerator(WorkerGenerator):
    """Writes without a grammar."""

    def generate(
        self, request: GenerationRequest, cancel: Cancellation | None = None, reading: Reading | None = None
    ) -> list[Completion]:
        return super().generate(replace(request, grammar=None), cancel, reading)


def main(
    data: Annotated[Path, Option("--data", help="The folder of spider.")],
    k: Annotated[int, Option("-k", help="Candidates to rank.")] = 8,
    every: Annotated[int, Option("--every", help="Ask every so many questions only.")] = 1,
    model: Annotated[str, Option("--model", help="A starter model.")] = STARTER,
) -> None:
    """Ask all questions in each way and print what came of it."""
    folder = name_model(load_settings(model=model))
    counts: dict[str, Counter[str]] = {}
    with closing(WorkerGenerator(folder)) as own, closing(FreeGenerator(folder)) as free:
        ways: dict[str, tuple[Generator, AbstractContextManager[object]]] = {
            "everything": (own, nullcontext()),
            "without grammar": (free, nullcontext()),
            "without values": (own, patch("sqloop.assistant.link_values", return_value=())),
            "ranked without words": (own, patch("sqloop.linking.wording.Wording.cost", return_value=0.0)),
        }
        asked = 0
        for suite in spider_suites(data):
            items = suite.items[-asked % every :: every]
            asked += len(suite.items)
            for way, (generator, changed) in ways.items():
                with changed:
                    assistant = Assistant(suite.databases[0], generator, ModelName(model))
                    for item in items:
                        counts.setdefault(way, Counter()).update(_judge(assistant, item, suite, k))
    for way, count in counts.items():
        n = count.pop("n")
        shares = {name: round(100 * value / n, 1) for name, value in count.items()}
        print(json.dumps({"way": way, "n": n, "k": k, **shares}))


def _judge(assistant: Assistant, item: Item, suite: Suite, k: int) -> dict[str, int]:
    """1 for what holds of the answers to one question."""

    def right(candidate: Candidate) -> bool:
        return candidate.ran and is_right(candidate.sql, candidate.outcome, item, suite)

    first, *_ = assistant.ask(item.question, 1).candidates
    ranked = assistant.ask(item.question, k).candidates
    return {
        "n": 1,
        "greedy": right(first),
        "greedy_errors": not first.ran,
        "ranked": right(ranked[0]),
        "ranked_errors": not ranked[0].ran,
        "most_votes": right(max(ranked, key=lambda each: (each.ran, each.votes, each.score))),
        "likeliest": right(max(ranked, key=lambda each: each.score)),
        "any": any(map(right, ranked)),
    }


if __name__ == "__main__":
    typer.run(main)
