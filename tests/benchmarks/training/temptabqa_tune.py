"""A pretrained model learns TEMPTABQA-C from the answers of its train split alone; no SQL is seen.

    python tests/benchmarks/training/temptabqa_tune.py --data DIR --out OUT --seconds 4500
    trainer evaluate temptabqa-c --data DIR --split original --limit 60 -k 4 --model qwen2.5-coder-0.5b \
        --adapter OUT/adapter

Begins with the adapter that ships, and imitates first: of the draws for some questions of each template the
right ones are learned from (rejection sampling), after hotter draws for templates where none was. First one
question of each template is asked: where all its draws are right no more are. Of questions that are always
right a quarter is learned from, so that they stay so. Then GRPO.
A draw is paid for what its query gives as it would be served: read by the prompt form, which mends it, and
run behind all walls. The adapter is kept after imitation and every ten steps; given as ``--adapter``,
training goes on from it. A run that was killed while it imitated goes on there.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Annotated, Any, cast

import numpy as np
import typer
from typer import Option

from sqloop.database.connect import connect
from sqloop.database.outcome import Limits
from sqloop.models import resolve_model
from sqloop.session import find_shipped
from sqloop_trainer.benchmarks.temptabqa import read_questions
from sqloop_trainer.benchmarks.temptabqa_databases import build_world
from sqloop_trainer.gold import GoldText
from sqloop_trainer.learning.execution import RewardPool
from sqloop_trainer.learning.policy import load_policy, save_adapter
from sqloop_trainer.learning.rewards import REWARDS, RIGHT
from sqloop_trainer.learning.rollout import AskedTask, Asking
from sqloop_trainer.learning.supervised import Example, Fit, fit
from sqloop_trainer.tuning import grpo
from sqloop_trainer.tuning.run import END, FRAME
from sqloop_trainer.tuning.sampling import Drawn, Room, Sampler, read_drawn

SAVED = 10
"""Steps between two adapters that are kept."""

EPOCHS, SIZE = 3, 16
"""How often the right queries are seen, and how many a step."""

KEPT = 0.25
"""Of questions whose draws are all right, so many are learned from."""

HOT = 1.3
"""The temperature of draws for templates of which nothing was right at 1."""


@dataclass(frozen=True)
class Found:
    """A prompt, and right queries with their end, in tokens; ``sure``: all draws were right."""

    template: int
    prompt: list[int]
    queries: list[list[int]]
    sure: bool


@dataclass(frozen=True)
class Question:
    """A question as the model is asked it, and its prompt in tokens."""

    template: int
    asked: AskedTask
    prompt: Sequence[int]


def main(
    data: Annotated[Path, Option("--data", help="The folder of temptabqa-c.")],
    out: Annotated[Path, Option("--out", help="Where the adapter and the log are kept.")],
    model: Annotated[str, Option("--model", help="A model of sqloop model list.")] = "qwen2.5-coder-0.5b",
    adapter: Annotated[Path | None, Option("--adapter", help="What to begin with.")] = None,
    seconds: Annotated[float, Option("--seconds")] = 3_600,
    steps: Annotated[int, Option("--steps", help="At most.")] = 1_000,
    questions: Annotated[int, Option("--questions", help="A step.")] = 16,
    k: Annotated[int, Option("-k", help="Draws of a question.")] = 8,
    reward: Annotated[str, Option("--reward", help=", ".join(REWARDS))] = "sqloop",
    rate: Annotated[float, Option("--rate", help="Of GRPO.")] = 5e-5,
    imitate: Annotated[int, Option("--imitate", help="Further questions of a template to imitate on.")] = 4,
    micro: Annotated[int, Option("--micro", help="Tokens in memory; a CPU is fastest with few.")] = 1_024,
    seed: Annotated[int, Option("--seed")] = 0,
) -> None:
    """Train, and keep what each step gave in OUT/log.jsonl."""
    out.mkdir(parents=True, exist_ok=True)
    plan = grpo.Grpo(steps, seconds, questions, k, reward, rate, micro=micro, seed=seed)
    (out / "plan.json").write_text(json.dumps(asdict(plan) | {"model": model}, indent=1) + "\n")
    shipped = find_shipped(model)
    start = str(adapter) if adapter else shipped.source if shipped else None
    policy = load_policy(resolve_model(model), start)
    tuned, tokenizer = policy.model, cast(Any, policy.tokenizer)
    end = int(tokenizer.convert_tokens_to_ids(END))
    url = build_world(data, "original")
    with connect(url) as database, RewardPool(url, limits=Limits(seconds=1.0)) as pool:
        asking = Asking.on("chat", database)
        tasks = []
        for each in read_questions(data, "train"):
            asked = asking.ask(each.text, pool, GoldText(each.answer))
            text = asked.request.prefix + asked.request.suffix
            ids = tokenizer(FRAME[0] + text + FRAME[1], add_special_tokens=False).input_ids
            tasks.append(Question(each.template, asked, ids))

        def judge(chosen: Sequence[Question], drawn: Sequence[Sequence[Drawn]]) -> list[list[float]]:
            texts = [
                [read_drawn(one, tokenizer, each.asked.read) for one in group]
                for each, group in _pair(chosen, drawn)
            ]
            run = [text for group in texts for text in group if isinstance(text, str)]
            outcomes = dict(zip(run, pool.run(run), strict=True))
            found = [[outcomes[text] if isinstance(text, str) else text for text in group] for group in texts]
            return [
                [REWARDS[reward](one, each.asked.gold) for one in group]
                for each, group in _pair(chosen, found)
            ]

        def tell(record: dict[str, float]) -> None:
            line = json.dumps({name: round(value, 4) for name, value in record.items()})
            print(line, file=sys.stderr, flush=True)
            with (out / "log.jsonl").open("a") as log:
                log.write(line + "\n")
            if record["step"] % SAVED == 0:
                tuned.save_pretrained(str(out / f"step-{record['step']:.0f}"))

        def find_right(chosen: Sequence[Question], temperature: float) -> list[Found]:
            """What is right of some draws, and of which template."""
            room = Room(questions, max(len(each.prompt) for each in tasks), k)
            sampler = Sampler(tuned, [end], room)
            drawn = sampler.draw(
                [each.prompt for each in chosen], temperature=temperature, greedy_first=False
            )
            paid = judge(chosen, drawn)
            found = _choose_right(chosen, drawn, paid, end)
            right = sum(each == RIGHT for group in paid for each in group) / (k * max(len(paid), 1))
            tell({"asked": len(chosen), "learned from": len(found), "right": right, "step": 0.5})
            return found

        random, kept = Random(seed), out / "right.json"
        if imitate and not kept.exists():
            found = find_right(_choose(tasks, 1, random), 1.0)
            sure = {each.template for each in found if each.sure}
            left = [each for each in tasks if each.template not in sure]
            found += find_right(_choose(left, imitate, random), 1.0)
            solved = {each.template for each in found}
            left = [each for each in tasks if each.template not in solved]
            found += find_right(_choose(left, imitate, random), HOT)
            telling = [asdict(each) for each in found if not each.sure or random.random() < KEPT]
            kept.write_text(json.dumps(telling))
        if imitate:
            examples = [
                Example(np.array(each["prompt"]), np.array(query))
                for each in json.loads(kept.read_text())
                for query in each["queries"]
            ]
            steps_of = Fit(EPOCHS * len(examples) // SIZE, SIZE, rate=1e-4, seed=seed)
            fit(policy, examples, steps_of, out, lambda step, loss: tell({"step": step + 1, "loss": loss}))
            save_adapter(policy, out / "imitated")
        grpo.train(tuned, tasks, plan, judge, [end], tell)
    tuned.save_pretrained(str(out / "adapter"))


def _choose(tasks: Sequence[Question], each: int, random: Random) -> list[Question]:
    by_template: dict[int, list[Question]] = defaultdict(list)
    for task in tasks:
        by_template[task.template].append(task)
    return [one for some in by_template.values() for one in random.sample(some, min(each, len(some)))]


def _choose_right(
    chosen: Sequence[Question],
    drawn: Sequence[Sequence[Drawn]],
    paid: Sequence[Sequence[float]],
    end: int,
) -> list[Found]:
    """Of each question the right queries that came most often, two at most."""
    found = []
    for task, draws, worth in zip(chosen, drawn, paid, strict=True):
        right = Counter(
            tuple(each.tokens) for each, value in zip(draws, worth, strict=True) if value == RIGHT
        )
        if right:
            queries = [[*tokens, end] for tokens, _ in right.most_common(2)]
            found.append(Found(task.template, list(task.prompt), queries, right.total() == len(draws)))
    return found


def _pair(chosen: Sequence[Question], groups: Sequence[Any]) -> zip[tuple[Question, Any]]:
    return zip(chosen, groups, strict=True)


if __name__ == "__main__":
    typer.run(main)
