"""A pretrained model learns TEMPTABQA-C from the answers of its train split alone; no SQL is seen.

    python tests/benchmarks/training/temptabqa_tune.py --data DIR --out OUT --seconds 4500
    trainer evaluate temptabqa-c --data DIR --split original --limit 60 -k 4 --model qwen2.5-coder-0.5b \
        --adapter OUT/adapter

Begins with the adapter that ships, and imitates first: of the draws for some questions of each template the
right ones are learned from (rejection sampling), after hotter draws for templates where none was. Of
questions that are always right a quarter is learned from, so that they stay so. Then GRPO.
A draw is paid for what its query gives as it would be served: read by the prompt form, which mends it, and
run behind all walls. The adapter is kept after imitation and every ten steps; given as ``--adapter``,
training goes on from it.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Annotated, Any

import typer
from typer import Option

from sqloop.database.connect import connect
from sqloop.database.outcome import Limits, Outcome
from sqloop.models import resolve_model
from sqloop.session import find_shipped
from sqloop_trainer.benchmarks.temptabqa import read_questions
from sqloop_trainer.benchmarks.temptabqa_databases import build_world
from sqloop_trainer.gold import GoldText
from sqloop_trainer.learning.execution import RewardPool
from sqloop_trainer.learning.rewards import REWARDS, RIGHT
from sqloop_trainer.learning.rollout import AskedTask, Asking
from sqloop_trainer.tuning import grpo, sft
from sqloop_trainer.tuning.base_model import load_base
from sqloop_trainer.tuning.packing import Group
from sqloop_trainer.tuning.run import END, FRAME
from sqloop_trainer.tuning.sampling import Drawn, Room, Sampler, shared_length

SAVED = 10
"""Steps between two adapters that are kept."""

PACK = 2_048
"""Tokens of a row to imitate: the schema once, and as many questions with their queries as fit."""

KEPT = 0.25
"""Of questions whose draws are all right, so many are learned from."""

HOT = 1.3
"""The temperature of draws for templates of which nothing was right at 1."""


Branches = list[list[int]]
"""Queries with their end, in tokens."""


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
    imitate: Annotated[int, Option("--imitate", help="Questions of each template to imitate on.")] = 4,
    micro: Annotated[int, Option("--micro", help="Tokens in memory; a CPU is fastest with few.")] = 1_024,
    seed: Annotated[int, Option("--seed")] = 0,
) -> None:
    """Train, and keep what each step gave in OUT/log.jsonl."""
    out.mkdir(parents=True, exist_ok=True)
    plan = grpo.Grpo(steps, seconds, questions, k, reward, rate, micro=micro, seed=seed)
    (out / "plan.json").write_text(json.dumps(asdict(plan) | {"model": model}, indent=1) + "\n")
    shipped = find_shipped(model)
    start = adapter or (Path(shipped.source) if shipped else None)
    base, known = load_base(Path(resolve_model(model)))
    tokenizer: Any = known
    tuned = sft.load_lora(base, start) if start else sft.add_lora(base, 16)
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
                [_read(each.asked, one, tokenizer) for one in group] for each, group in _pair(chosen, drawn)
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

        if imitate:
            random = Random(seed)
            room = Room(questions, max(len(each.prompt) for each in tasks), k)
            sampler = Sampler(tuned, [end], room)

            def find_right(chosen: Sequence[Question], temperature: float) -> list[tuple[Question, Branches]]:
                prompts = [each.prompt for each in chosen]
                drawn = sampler.draw(prompts, temperature=temperature, greedy_first=False)
                paid = judge(chosen, drawn)
                found = _imitated(chosen, drawn, paid, end, random)
                right = sum(each == RIGHT for group in paid for each in group) / (k * max(len(paid), 1))
                tell({"asked": len(chosen), "learned from": len(found), "right": right, "step": 0.5})
                return found

            found = find_right(_choose(tasks, imitate, random), 1.0)
            solved = {each.template for each, _ in found}
            found += find_right(
                _choose([each for each in tasks if each.template not in solved], imitate, random), HOT
            )
            head = list(tasks[0].prompt[: shared_length([each.prompt for each in tasks])])
            branches = [
                (list(each.prompt[len(head) :]), learned) for each, some in found for learned in some
            ]
            learning = sft.Sft(3.0, rate=1e-4, warmup=5, batch=4 * PACK, micro=PACK, longest=PACK)
            sft.train(tuned, lambda epoch: [Group(head, branches)], learning, end, tell)
            tuned.save_pretrained(str(out / "imitated"))
        grpo.train(tuned, tasks, plan, judge, [end], tell)
    tuned.save_pretrained(str(out / "adapter"))


def _choose(tasks: Sequence[Question], each: int, random: Random) -> list[Question]:
    by_template: dict[int, list[Question]] = defaultdict(list)
    for task in tasks:
        by_template[task.template].append(task)
    return [one for some in by_template.values() for one in random.sample(some, min(each, len(some)))]


def _imitated(
    chosen: Sequence[Question],
    drawn: Sequence[Sequence[Drawn]],
    paid: Sequence[Sequence[float]],
    end: int,
    random: Random,
) -> list[tuple[Question, Branches]]:
    """Of each question the right queries that came most often, two at most."""
    found = []
    for task, draws, worth in zip(chosen, drawn, paid, strict=True):
        right = Counter(
            tuple(each.tokens) for each, value in zip(draws, worth, strict=True) if value == RIGHT
        )
        if right and (right.total() < len(draws) or random.random() < KEPT):
            found.append((task, [[*tokens, end] for tokens, _ in right.most_common(2)]))
    return found


def _pair(chosen: Sequence[Question], groups: Sequence[Any]) -> zip[tuple[Question, Any]]:
    return zip(chosen, groups, strict=True)


def _read(task: AskedTask, drawn: Drawn, tokenizer: Any) -> str | Outcome:
    """The query as it would be served, or why there is none."""
    if not drawn.ended:
        return Outcome("error", error="it did not end")
    try:
        return task.read(tokenizer.decode(drawn.tokens))
    except ValueError as error:
        return Outcome("error", error=str(error))


if __name__ == "__main__":
    typer.run(main)
