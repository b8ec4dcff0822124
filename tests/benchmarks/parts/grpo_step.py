"""A step of our GRPO against one of TRL's own GRPOTrainer: the same model, questions, reward and settings.

Ours writes candidates with the code that serves users (one reading of each prompt for all candidates, the
grammar) and scores them with one reading of each prompt too; TRL's generates and scores with transformers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, cast

from datasets import Dataset
from transformers import TrainerCallback
from trl.trainer.grpo_trainer import GRPOTrainer

import sqloop
from benchmarks.figures import Figure, Section
from sqloop.database.outcome import Outcome
from sqloop.session import open_database
from sqloop.settings import load_settings
from sqloop_trainer.learning.execution import Executor
from sqloop_trainer.learning.grpo import Grpo, _configure, tune
from sqloop_trainer.learning.policy import load_policy
from sqloop_trainer.learning.rewards import REWARDS
from sqloop_trainer.learning.rollout import Rollouts, Task
from sqloop_trainer.made_questions import LESSONS, make_questions
from sqloop_trainer.own_database import open_own
from sqloop_trainer.progress import silence_libraries

PLAN = Grpo(steps=5, questions=8, k=8)
STARTER = str(Path(sqloop.__file__).parent / "starter")


def measure(urls: Mapping[str, str]) -> Section:
    """Both on questions made from the sample database; the first step, which warms up, is not counted.

    ``urls`` of databases that hold the library, by the name of the engine: on MariaDB ours learns from that.
    """
    silence_libraries()
    with TemporaryDirectory(prefix="sqloop-bench-") as folder:
        with _ask("sample") as tasks:
            ours, share = _ours(tasks, Path(folder) / "ours")
            plain = _plain(tasks, Path(folder) / "plain")
        shares = [Figure("sqloop", "of which execution on SQLite", 100 * share, "%", below=5)]
        if "MariaDB" in urls:
            with _ask(urls["MariaDB"]) as tasks:
                _, share = _ours(tasks, Path(folder) / "mariadb")
            shares.append(Figure("sqloop", "of which execution on MariaDB", 100 * share, "%", below=5))
    return Section(
        "grpo_step",
        f"{PLAN.questions} questions with {PLAN.k} candidates each a step, median of {PLAN.steps - 1}, the "
        "starter model with LoRA, rewards by execution on the sample database (MariaDB: on the library).",
        (
            Figure("sqloop", "seconds a step", ours, "s"),
            Figure("TRL's GRPOTrainer alone", "seconds a step", plain, "s"),
            Figure("gain", "seconds a step", plain / ours, "×", above=3),
            *shares,
        ),
    )


@contextmanager
def _ask(url: str) -> Iterator[list[Task]]:
    """Questions made from a database, as tasks on it."""
    settings = load_settings(db=url)
    with open_database(settings) as database, open_own(settings, database, "starter") as own:
        yield own.ask(make_questions(database, LESSONS, 64))


def _ours(tasks: Sequence[Task], folder: Path) -> tuple[float, float]:
    """Seconds of a step, and the share of all steps in which candidates were executed."""
    times: list[float] = []
    pool = _TimedPool(tasks[0].executor)
    timed = [replace(task, executor=cast(Executor, pool)) for task in tasks]
    tune(load_policy(STARTER, None), timed, PLAN, folder, lambda record: times.append(record["seconds"]))
    return median(times[1:]), pool.seconds / sum(times)


class _TimedPool:
    """A pool of rewards that counts the seconds in which somebody waits for it."""

    def __init__(self, pool: Executor) -> None:
        self._pool = pool
        self.seconds = 0.0

    def run_everywhere(self, texts: list[str]) -> list[tuple[Outcome, ...]]:
        started = perf_counter()
        found = self._pool.run_everywhere(texts)
        self.seconds += perf_counter() - started
        return found


def _plain(tasks: Sequence[Task], folder: Path) -> float:
    policy = load_policy(STARTER, None)
    rollouts = Rollouts(policy, tasks, REWARDS[PLAN.reward], PLAN.decoding, PLAN.temperature)
    rows = [{"prompt": t.request.prefix + t.request.suffix, "task": n} for n, t in enumerate(tasks)]
    times = _Times()

    def execution(
        prompts: list[str], completion_ids: list[list[int]], task: list[int], log_metric: Any, **_: Any
    ) -> list[float]:
        return rollouts.execution([str(each) for each in task], completion_ids, log_metric)

    GRPOTrainer(
        model=policy.model,
        reward_funcs=execution,
        args=_configure(PLAN, folder),
        train_dataset=Dataset.from_list(rows),
        processing_class=policy.tokenizer,
        callbacks=[times],
    ).train()
    return median(times.seconds[1:])


class _Times(TrainerCallback):
    """What TRL says each step took."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
        """Keep one step's time."""
        if "step_time" in (logs or {}):
            self.seconds.append(float(logs["step_time"]))
