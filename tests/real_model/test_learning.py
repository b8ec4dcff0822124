"""One tiny round of learning with the real weights: what `trainer retrain` does for hours, in five minutes.

Part of `make fuzz`, as CI has no five minutes for it: `tests/trainer/test_gguf_learning.py` takes the same
way with a tiny model. Uses the model that `test_real_model` fetches; skipped, with one loud line, where
that is missing.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from effort import EVERYTHING
from sqloop.database.connect import connect
from sqloop.generation.inference.loading import load_model
from sqloop.session import find_shipped
from sqloop_trainer.gate.judging import judge
from sqloop_trainer.gold import GoldRows
from sqloop_trainer.learning.execution import RewardPool
from sqloop_trainer.learning.grpo import Grpo, read_log, tune
from sqloop_trainer.learning.policy import load_policy, score, share_prompts
from sqloop_trainer.learning.rollout import Asking
from sqloop_trainer.learning.supervised import Fit, fit, write_example

MODEL = "qwen2.5-coder-0.5b"
ROWS = """
CREATE TABLE shops (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE sales (
    id INTEGER PRIMARY KEY, shop_id INTEGER REFERENCES shops (id), day DATE, amount REAL, state TEXT
);
INSERT INTO shops VALUES (1, 'Ulm'), (2, 'York');
INSERT INTO sales VALUES
    (1, 1, '2024-01-05', 10, 'done'), (2, 2, '2024-03-01', 20, 'void'), (3, 2, '2023-07-09', 40, 'done');
"""
QUESTION = "revenue of 2024"
SQL = "SELECT SUM(amount) FROM sales WHERE state <> 'void' AND day LIKE '2024%'"


pytestmark = pytest.mark.skipif(not EVERYTHING, reason="one round with real weights is for `make fuzz`")


@pytest.fixture(scope="module")
def weights() -> Path:
    kept = Path(os.environ.get("SQLOOP_TEST_MODELS") or Path.home() / ".cache" / "sqloop-tests")
    path = kept / f"{MODEL}.gguf"
    if not path.exists():
        pytest.skip(f"{MODEL} does not learn: it is not in {kept}")
    return path


def test_a_tiny_round_with_real_weights(weights: Path, tmp_path: Path) -> None:
    shipped = find_shipped(MODEL)
    assert shipped is not None
    torch.manual_seed(0)
    policy = load_policy(str(weights), shipped.source)
    share_prompts(policy.model)
    with closing(sqlite3.connect(tmp_path / "shop.sqlite")) as connection:
        connection.executescript(ROWS)
    url = f"sqlite:///{tmp_path / 'shop.sqlite'}"
    with connect(url) as database, RewardPool(url) as pool:
        gold = GoldRows(pool.run([SQL])[0])
        task = Asking.on(policy.form, database).ask(QUESTION, pool, gold)
        example = write_example(policy, task.asked, SQL)
        assert example is not None
        # The model that learns and the one that serves agree on what they write.
        (greedy,) = policy.writer.write(replace(task.request, k=1))
        with torch.no_grad():
            told = score(policy.model, [example.prompt], [np.array(greedy.tokens)], 0).sum()
        assert float(told) == pytest.approx(greedy.logprob, abs=0.05 * len(greedy.tokens))
        losses: list[float] = []
        plan = Fit(3, size=1, rate=2e-4)
        fit(policy, [example], plan, tmp_path / "sft", lambda _, loss: losses.append(loss))
        assert losses[-1] < losses[0]
        adapter = tune(policy, [task], Grpo(1, questions=1, k=4, rate=1e-5), tmp_path / "grpo")
        (record,) = read_log(tmp_path / "grpo" / "log.jsonl")
        assert -0.11 <= record["reward"] <= 1
        (judged,) = judge(load_model(str(weights), str(adapter)), [task])
    assert judged.right, judged.sql
