"""GRPO on TEMPTABQA-C: learn from the answers of its train split, no SQL seen; dev before and after.

    python tests/benchmarks/training/temptabqa_grpo.py --data DIR --out OUT --adapter runs/bootstrap/adapter

The rows of docs/results.md come from here: the adapter is left in OUT/adapter for `trainer evaluate
temptabqa-c`, and OUT/result.json holds what was measured. Called again, a run goes on where it was stopped.
With ``--db`` the queries run on a MariaDB server, as those of the paper did.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Annotated

import typer
from typer import Option

import sqloop
from sqloop.database.connect import connect
from sqloop.generation.request import Decoding
from sqloop.settings import load_settings
from sqloop_trainer.benchmarks.temptabqa import read_questions
from sqloop_trainer.benchmarks.temptabqa_databases import build_world
from sqloop_trainer.benchmarks.temptabqa_metrics import answer_text
from sqloop_trainer.gold import GoldText
from sqloop_trainer.learning.execution import RewardPool
from sqloop_trainer.learning.grpo import LOG, Grpo, read_log, tune
from sqloop_trainer.learning.policy import load_policy, save_adapter
from sqloop_trainer.learning.rewards import REWARDS
from sqloop_trainer.learning.rollout import Asking, Rollouts, Task
from sqloop_trainer.progress import silence_libraries

STARTER = Path(sqloop.__file__).parent / "starter"


def main(
    data: Annotated[Path, Option("--data", help="The folder of temptabqa-c.")],
    out: Annotated[Path, Option("--out", help="Where the run is kept.")],
    model: Annotated[Path, Option("--model", help="A starter model.")] = STARTER,
    adapter: Annotated[Path | None, Option("--adapter", help="What to begin with.")] = None,
    steps: Annotated[int, Option("--steps")] = 100,
    questions: Annotated[int, Option("--questions", help="A step.")] = 16,
    k: Annotated[int, Option("-k", help="Candidates of a question.")] = 8,
    decoding: Annotated[str, Option("--decoding", help="sample or beam.")] = "sample",
    reward: Annotated[str, Option("--reward", help=", ".join(REWARDS))] = "sqloop",
    kl: Annotated[float, Option("--kl")] = 0.02,
    rate: Annotated[float, Option("--rate")] = 4e-4,
    temperature: Annotated[float, Option("--temperature")] = 1.0,
    seed: Annotated[int, Option("--seed")] = 0,
    limit: Annotated[int, Option("--limit", help="Questions of dev to measure on.")] = 282,
    db: Annotated[str | None, Option("--db", help="A MariaDB database to build and ask.")] = None,
) -> None:
    """Train, and print what dev says."""
    silence_libraries()
    out.mkdir(parents=True, exist_ok=True)
    chosen: Decoding = "beam" if decoding == "beam" else "sample"
    plan = Grpo(steps, questions, k, chosen, reward, kl, rate, temperature, seed=seed)
    policy = load_policy(str(model), str(adapter) if adapter else None)
    url = build_world(data, "original", load_settings(db=db).connection() if db else None)
    with connect(url) as database, RewardPool(url) as pool:
        asking = Asking.on(policy.form, database)

        def ask(split: str, count: int | None = None) -> list[Task]:
            found = read_questions(data, split)
            found = Random(0).sample(found, min(count, len(found))) if count else found
            return [asking.ask(each.text, pool, GoldText(each.answer)) for each in found]

        dev, train = ask("dev", limit), ask("train")
        before = _once(
            out / "before.json", lambda: _measure(Rollouts(policy, dev, REWARDS[reward], "sample", 1.0), dev)
        )
        print(json.dumps({"before": before}), file=sys.stderr, flush=True)
        started = time.perf_counter()
        tune(policy, train, plan, out, _tell)
        seconds = time.perf_counter() - started
        policy.renew()
        after = _measure(Rollouts(policy, dev, REWARDS[reward], "sample", 1.0), dev)
        save_adapter(policy, out / "adapter")
    log = read_log(out / LOG)
    result = {
        "plan": asdict(plan),
        "before": before,
        "after": after,
        "seconds": round(seconds),
        "seconds_per_step": round(sum(each["seconds"] for each in log) / len(log), 2),
    }
    (out / "result.json").write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result))


def _once(path: Path, make: Callable[[], dict[str, float]]) -> dict[str, float]:
    if not path.is_file():
        path.write_text(json.dumps(make()))
    found: dict[str, float] = json.loads(path.read_text())
    return found


def _measure(rollouts: Rollouts, tasks: list[Task]) -> dict[str, float]:
    """Greedy scores in percent, as `trainer evaluate` has them, and the mean length of answers in rows."""
    found = rollouts.answer(range(len(tasks)))
    count = len(tasks) / 100
    golds = [task.gold for task in tasks]
    recalls = [
        gold.recall(each) if gold and each.status == "ok" else 0.0
        for gold, each in zip(golds, found, strict=True)
    ]
    exact = [
        bool(gold and each.status == "ok" and gold.is_right(each))
        for gold, each in zip(golds, found, strict=True)
    ]
    parts = [len(answer_text(each).split(",")) for each in found if each.status == "ok"]
    return {
        "n": len(tasks),
        "error_rate": round(sum(each.status != "ok" for each in found) / count, 2),
        "ems": round(sum(each == 1 for each in recalls) / count, 2),
        "rems": round(sum(recalls) / count, 2),
        "exact": round(sum(exact) / count, 2),
        "parts": round(sum(parts) / max(len(parts), 1), 2),
    }


def _tell(record: dict[str, float]) -> None:
    print(json.dumps({key: round(value, 3) for key, value in record.items()}), file=sys.stderr, flush=True)


if __name__ == "__main__":
    typer.run(main)
