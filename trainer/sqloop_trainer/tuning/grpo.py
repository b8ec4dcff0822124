"""GRPO over many databases at once (arXiv 2402.03300), for a GPU: draws, execution, advantages, one step.

    advantage of candidate i of a question = (reward_i - mean of its k rewards) / deviation of all rewards
    loss = - sum of advantage x log-probability of its tokens / number of tokens

Each step is on policy (one step for each draw), so that the ratio of the published objective is 1 and its
clip never acts; there is no KL term. Divided by the deviation of the batch, the sizes of rewards count
(docs/training.md). Questions whose candidates are all worth the same teach nothing and are left out.
`sqloop_trainer.learning.grpo` is TRL's trainer, for one database on a laptop.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from random import Random
from statistics import fmean, pstdev
from typing import Any, Protocol, TypeVar

import torch
from peft import PeftModel

from sqloop.database.outcome import Outcome
from sqloop_trainer.gold import Gold, GoldRows
from sqloop_trainer.learning.rewards import REWARDS, Reward
from sqloop_trainer.tuning.execution import ManyDatabases
from sqloop_trainer.tuning.packing import Row, batches, collate
from sqloop_trainer.tuning.sampling import Drawn, Room, Sampler
from sqloop_trainer.tuning.sft import trainable, weighted_loss


class Prompted(Protocol):
    """What draws are made for."""

    @property
    def prompt(self) -> Sequence[int]:
        """In tokens."""


T = TypeVar("T", bound=Prompted)

Judge = Callable[[Sequence[T], Sequence[Sequence[Drawn]]], list[list[float]]]
"""The reward of each draw of each task."""


@dataclass(frozen=True)
class Task:
    """A prompt in tokens, and the gold answer on each of ``paths``; it is asked on the first."""

    prompt: tuple[int, ...]
    paths: tuple[str, ...]
    gold: tuple[Gold, ...]


@dataclass(frozen=True)
class Grpo:
    """``questions`` a step with ``k`` draws each; ``micro`` tokens are in memory at a time.

    ``reward`` is a name of `sqloop_trainer.learning.rewards`. Ends after ``steps`` or ``seconds``, whichever
    comes first; the rate falls to a tenth by then.
    """

    steps: int = 60
    seconds: float = 600.0
    questions: int = 64
    k: int = 8
    reward: str = "sqloop"
    rate: float = 8e-5
    temperature: float = 1.0
    micro: int = 16_384
    seed: int = 0


def train(
    model: PeftModel,
    tasks: Sequence[T],
    plan: Grpo,
    judge: Judge[T],
    ends: Sequence[int],
    on_step: Callable[[dict[str, float]], None] = lambda record: None,
) -> None:
    """Train the adapter of ``model`` by what ``judge`` pays; ``ends`` are the ids that end a query."""
    optimizer = torch.optim.AdamW(trainable(model), lr=plan.rate, weight_decay=0.0, betas=(0.9, 0.95))
    random, begun = Random(plan.seed), time.monotonic()
    device = str(next(model.parameters()).device)
    longest = max(len(task.prompt) for task in tasks)
    sampler = Sampler(model, ends, Room(plan.questions, longest, plan.k))
    for step in range(plan.steps):
        done = max(step / plan.steps, (time.monotonic() - begun) / plan.seconds)
        if done >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = plan.rate * min(1.0, (step + 1) / 5) * (1 - 0.9 * done)
        chosen = random.sample(list(tasks), plan.questions)
        model.eval()
        started = time.monotonic()
        prompts = [task.prompt for task in chosen]
        drawn = sampler.draw(prompts, temperature=plan.temperature, greedy_first=False)
        drawing = time.monotonic() - started
        rewards = judge(chosen, drawn)
        executing = time.monotonic() - started - drawing
        rows, telling = _rows(chosen, drawn, rewards, ends[0])
        model.train()
        total = sum(len(learned) for _, branches in rows for _, learned, _ in branches)
        for micro in batches(rows, plan.micro):
            (weighted_loss(model, collate(micro, ends[0]).to(device)) / total).backward()  # type: ignore[no-untyped-call]
        norm = torch.nn.utils.clip_grad_norm_(trainable(model), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        flat = [each for group in rewards for each in group]
        on_step(
            {
                "step": step + 1,
                "reward": fmean(flat),
                "right": sum(each == 1.0 for each in flat) / len(flat),
                "failed": sum(each < 0 for each in flat) / len(flat),
                "telling": telling,
                "norm": float(norm),
                "drawing": drawing,
                "executing": executing,
                "seconds": time.monotonic() - begun,
            }
        )
    model.eval()


def judge_by(reward: str, decode: Callable[[Sequence[int]], str], databases: ManyDatabases) -> Judge[Task]:
    """Pays `reward` for what a draw gives on all databases of its task; ``decode`` turns tokens into SQL."""
    return partial(_reward, decode=decode, databases=databases, reward=REWARDS[reward])


def _reward(
    tasks: Sequence[Task],
    drawn: Sequence[Sequence[Drawn]],
    decode: Callable[[Sequence[int]], str],
    databases: ManyDatabases,
    reward: Reward,
) -> list[list[float]]:
    texts = [[decode(each.tokens) for each in group] for group in drawn]
    jobs = [
        (path, text)
        for task, group in zip(tasks, texts, strict=True)
        for text in group
        for path in task.paths
    ]
    outcomes = iter(databases.run(jobs))
    rewards: list[list[float]] = []
    for task, group, said in zip(tasks, drawn, texts, strict=True):
        rewards.append([])
        for each, text in zip(group, said, strict=True):
            ran = [next(outcomes) for _ in task.paths]
            first = ran[0] if each.ended else Outcome("error", error="it did not end")
            copies = list(zip(ran[1:], task.gold[1:], strict=True))
            rewards[-1].append(reward(first, task.gold[0], (), copies, text))
    return rewards


def _rows(
    tasks: Sequence[Prompted], drawn: Sequence[Sequence[Drawn]], rewards: Sequence[Sequence[float]], end: int
) -> tuple[list[Row], float]:
    """One row a telling question, its candidates as branches weighed by their advantages."""
    deviation = max(1e-3, pstdev([each for group in rewards for each in group]))
    rows: list[Row] = []
    for task, group, worth in zip(tasks, drawn, rewards, strict=True):
        if max(worth) - min(worth) < 1e-6:
            continue
        mean = fmean(worth)
        *head, last = task.prompt
        branches = [
            ([last], [*each.tokens, end] if each.ended else each.tokens, (value - mean) / deviation)
            for each, value in zip(group, worth, strict=True)
        ]
        rows.append((list(head), branches))
    rows.sort(key=lambda row: len(row[0]))
    return rows, len(rows) / len(tasks)


def read_tasks(
    rows: Sequence[dict[str, Any]], encode: Callable[[str], list[int]], databases: ManyDatabases
) -> list[Task]:
    """Tasks from ``prompt``, ``sql``, ``ordered``, ``paths``; left out where the gold SQL gives nothing."""
    jobs = [(path, row["sql"]) for row in rows for path in row["paths"]]
    outcomes = iter(databases.run(jobs))
    tasks = []
    for row in rows:
        gold = [next(outcomes) for _ in row["paths"]]
        if all(each.status == "ok" and not each.truncated for each in gold) and any(
            cell for each in gold for line in each.rows for cell in line
        ):
            answers = tuple(GoldRows(each, row["ordered"], row["sql"]) for each in gold)
            tasks.append(Task(tuple(encode(row["prompt"])), tuple(row["paths"]), answers))
    return tasks
