"""The greedy queries of an adapter on the test splits of TEMPTABQA-C, many drawn at once.

    python tests/benchmarks/training/temptabqa_greedy.py --data DIR --adapter ADAPTER --out FILE

`trainer evaluate temptabqa-c -k 1` asks one question after the other, as users do: 40 minutes for 700 on two
cores. Here torch draws 32 together, with the weights in bf16 instead of four bits, in a few minutes. A
query is read and mended as it would be served, run behind all walls and marked by the same code; a second try
after a failure, which `evaluate` has, there is none. FILE gets the object that ``evaluate --json`` prints.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any, cast

import typer
from typer import Option

from sqloop.database.connect import connect
from sqloop.database.outcome import Outcome
from sqloop.models import resolve_model
from sqloop_trainer.benchmarks.temptabqa import TEST_SPLITS, Question, read_questions, world_of
from sqloop_trainer.benchmarks.temptabqa_databases import build_world
from sqloop_trainer.benchmarks.temptabqa_evaluate import Marked, mark_outcome, sample_questions
from sqloop_trainer.benchmarks.temptabqa_report import TemptabqaReport
from sqloop_trainer.gold import GoldText
from sqloop_trainer.learning.execution import RewardPool
from sqloop_trainer.learning.policy import load_policy
from sqloop_trainer.learning.rollout import AskedTask, Asking
from sqloop_trainer.tuning.run import END, FRAME
from sqloop_trainer.tuning.sampling import Room, Sampler, read_drawn

AT_ONCE, LONGEST = 32, 200
"""Questions that are drawn together, and tokens of a query, as many as the product allows."""


def main(
    data: Annotated[Path, Option("--data", help="The folder of temptabqa-c.")],
    out: Annotated[Path, Option("--out", help="Where the scores are written, as JSON.")],
    adapter: Annotated[Path, Option("--adapter", help="What is measured.")],
    model: Annotated[str, Option("--model", help="A model of sqloop model list.")] = "qwen2.5-coder-0.5b",
    limit: Annotated[int, Option("--limit", help="Questions of each split.")] = 100,
) -> None:
    """Draw, run, mark."""
    policy = load_policy(resolve_model(model), str(adapter))
    tokenizer = cast(Any, policy.tokenizer)
    end = int(tokenizer.convert_tokens_to_ids(END))
    marked: list[Marked] = []
    for world in dict.fromkeys(map(world_of, TEST_SPLITS)):
        url = build_world(data, world)
        with connect(url) as database, RewardPool(url) as pool:
            asking = Asking.on("chat", database)
            asked = [
                (split, question, asking.ask(question.text, pool, GoldText(question.answer)))
                for split in TEST_SPLITS
                if world_of(split) == world
                for question in sample_questions(read_questions(data, split), limit, 0)
            ]
            prompts = [_tokens(task, tokenizer) for _, _, task in asked]
            room = Room(AT_ONCE, max(map(len, prompts)), 1, LONGEST)
            drawn = Sampler(policy.model, [end], room).draw(prompts)
            read = [
                read_drawn(first, tokenizer, task.read)
                for (_, _, task), (first,) in zip(asked, drawn, strict=True)
            ]
            outcomes = pool.run([each for each in read if isinstance(each, str)])
            ran = iter(outcomes)
            for (split, question, _), each in zip(asked, read, strict=True):
                marked.append(_mark(split, question, each, ran))
            print(f"{world}: {len(asked)} asked", file=sys.stderr, flush=True)
    marked.sort(key=lambda each: TEST_SPLITS.index(each.split))
    known = frozenset(question.text for question in read_questions(data, "train"))
    scores = TemptabqaReport(tuple(marked), known).to_json()
    out.write_text(json.dumps(scores, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({split: each["ems"] for split, each in cast(Any, scores["splits"]).items()}))


def _tokens(task: AskedTask, tokenizer: Any) -> list[int]:
    text = FRAME[0] + task.request.prefix + task.request.suffix + FRAME[1]
    return list(tokenizer(text, add_special_tokens=False).input_ids)


def _mark(split: str, question: Question, read: str | Outcome, ran: Any) -> Marked:
    sql, outcome = (read, next(ran)) if isinstance(read, str) else ("", read)
    return Marked(split, question, mark_outcome(question, sql, outcome), None)


if __name__ == "__main__":
    typer.run(main)
