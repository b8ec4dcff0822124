"""What `test_grpo` starts, alone and under torchrun: GRPO of a tiny model, on as many processes as there are.

Arguments: the model, the URL of a database, the folder of the run.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch

from sqloop.database.connect import connect
from sqloop_trainer.gold import GoldRows
from sqloop_trainer.learning.execution import RewardPool
from sqloop_trainer.learning.grpo import Grpo, tune
from sqloop_trainer.learning.policy import load_policy
from sqloop_trainer.learning.rollout import Asking
from sqloop_trainer.progress import silence_libraries

QUESTIONS = {
    "How many towns are there?": "SELECT COUNT(*) FROM town",
    "names of the towns": "SELECT name FROM town",
    "Which towns are in Germany?": "SELECT name FROM town WHERE country = 'Germany'",
    "list all museums": "SELECT name FROM museum",
}
PLAN = Grpo(steps=3, questions=2, k=4, save_every=1, kl=0.05)


def run(model: str, url: str, folder: Path) -> None:
    """Three steps; the folder then holds log and adapter."""
    torch.set_num_threads(1)
    silence_libraries()
    torch.manual_seed(0)  # the new adapter's first weights, the same in every process
    policy = load_policy(model, None, rank=4)
    with connect(url) as database, RewardPool(url) as pool:
        asking = Asking.on(policy.form, database)
        tasks = [
            asking.ask(question, pool, GoldRows(database.execute(sql))) for question, sql in QUESTIONS.items()
        ]
        tune(policy, tasks, PLAN, folder)


if __name__ == "__main__":
    run(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
