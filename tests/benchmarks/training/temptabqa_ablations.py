"""The open questions of arXiv 2506.06093 as short runs from one adapter: rewards, beams, KL, SQL as teacher.

    python tests/benchmarks/training/temptabqa_ablations.py --data DIR --out OUT --adapter runs/boot/adapter

Each variant is run with several seeds by `temptabqa_grpo.py`, which measures dev before and after; runs that
OUT holds already are not done again. Prints JSON: mean and standard deviation over the seeds, in percent.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from statistics import mean, stdev
from typing import Annotated, Any

import typer
from typer import Option

import sqloop
from sqloop.database.connect import connect
from sqloop_trainer.benchmarks.temptabqa_databases import build_world
from sqloop_trainer.learning.execution import RewardPool
from sqloop_trainer.learning.policy import load_policy
from sqloop_trainer.learning.rollout import Asking
from sqloop_trainer.learning.supervised import Fit, fit, write_example
from sqloop_trainer.made_questions import LESSONS, make_questions
from sqloop_trainer.progress import silence_libraries

STARTER = Path(sqloop.__file__).parent / "starter"
VARIANTS: dict[str, list[str]] = {
    "sqloop": [],
    "paper": ["--reward", "paper"],
    "binary": ["--reward", "binary"],
    "no KL": ["--kl", "0"],
    # As many candidates of more questions: 96 a step in all variants.
    "two beams": ["-k", "2", "--decoding", "beam", "--questions", "48"],
}
COMMON = ["--questions", "12"]


def main(
    data: Annotated[Path, Option("--data", help="The folder of temptabqa-c.")],
    out: Annotated[Path, Option("--out", help="Where the runs are kept.")],
    adapter: Annotated[Path, Option("--adapter", help="What every run begins with.")],
    steps: Annotated[int, Option("--steps", help="Of each run.")] = 25,
    seeds: Annotated[int, Option("--seeds", help="Runs of each variant.")] = 3,
    model: Annotated[Path, Option("--model", help="A starter model.")] = STARTER,
) -> None:
    """Run what is missing, and print what all runs gave."""
    table: dict[str, Any] = {"steps": steps, "seeds": seeds}
    for name, options in VARIANTS.items():
        found = []
        for seed in range(seeds):
            folder = out / f"{name.replace(' ', '-')}-{seed}"
            if not (folder / "result.json").is_file():
                _run(
                    folder,
                    data,
                    adapter,
                    model,
                    [*COMMON, *options, "--steps", str(steps), "--seed", str(seed)],
                )
            found.append(json.loads((folder / "result.json").read_text()))
        table["before"] = {key: found[0]["before"][key] for key in ("n", "ems", "exact", "error_rate")}
        table[name] = {
            **{
                key: _spread([each["after"][key] for each in found]) for key in ("ems", "exact", "error_rate")
            },
            "seconds_per_step": _spread([each["seconds_per_step"] for each in found]),
        }
    table["learning from SQL, seconds per step of 96 made questions"] = _time_supervised(
        data, adapter, model, out
    )
    print(json.dumps(table, indent=1))


def _run(folder: Path, data: Path, adapter: Path, model: Path, options: list[str]) -> None:
    script = Path(__file__).with_name("temptabqa_grpo.py")
    where = ["--data", str(data), "--out", str(folder), "--adapter", str(adapter), "--model", str(model)]
    print(f"{folder.name} ...", file=sys.stderr, flush=True)
    done = subprocess.run([sys.executable, str(script), *where, *options], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{folder.name} failed:\n{done.stderr[-2000:]}")


def _spread(values: list[float]) -> dict[str, float]:
    return {"mean": round(mean(values), 2), "sd": round(stdev(values), 2) if len(values) > 1 else 0.0}


def _time_supervised(data: Path, adapter: Path, model: Path, out: Path, steps: int = 5) -> float:
    """Seconds of a step of learning from SQL, as many answers a step as the others have candidates."""
    silence_libraries()
    policy = load_policy(str(model), str(adapter))
    url = build_world(data, "original")
    with connect(url) as database, RewardPool(url) as pool:
        made = make_questions(database, LESSONS, 96)
        asking = Asking.on(policy.form, database)
        asked = [(asking.ask(each.question, pool, None).asked, each.sql) for each in made]
    examples = [found for each, sql in asked if (found := write_example(policy, each, sql))]
    times = [time.perf_counter()]
    folder = out / f"supervised-{time.time_ns()}"
    fit(policy, examples, Fit(steps, 96), folder, lambda step, loss: times.append(time.perf_counter()))
    return round((times[-1] - times[1]) / (steps - 1), 2)


if __name__ == "__main__":
    typer.run(main)
