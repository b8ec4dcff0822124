"""GRPO with another executor: a tiny policy comes to write the expressions whose answers are right."""

from __future__ import annotations

from pathlib import Path
from statistics import fmean

import pytest
import torch

from sqloop_trainer.expressions.learning import make_tasks, read_expression, read_table
from sqloop_trainer.learning.grpo import ADAPTER, Grpo, tune
from sqloop_trainer.learning.policy import load_policy
from sqloop_trainer.learning.rewards import FAILED, PARTIAL, sqloop
from sqloop_trainer.learning.rollout import Rollouts, Task

TOWNS = read_table(["name,people", "Ulm,128", "Bath,94.5", "Trier,", "York,141"])
GOLD = {"How many towns?": "len(rows)", "Names?": '[row["name"] for row in rows]'}


@pytest.fixture(scope="module")
def tasks() -> list[Task]:
    return make_tasks(TOWNS, GOLD)


def test_a_table_is_read_with_its_numbers() -> None:
    assert TOWNS[0] == {"name": "Ulm", "people": 128}
    assert [row["people"] for row in TOWNS] == [128, 94.5, None, 141]


def test_answers_are_paid_as_those_of_sql_are(tiny_model: Path, tasks: list[Task]) -> None:
    policy = load_policy(str(tiny_model), None)
    rollouts = Rollouts(policy, tasks, sqloop, "sample", 1.0)
    texts = [*GOLD.values(), "len([1 for row in rows])", "4", "rows[9]", "open('x')", "```"]
    numbers = [0, 1, 0, 0, 0, 0, 0]
    tokens = [policy.writer.tokens.encode(text) for text in texts]
    paid = rollouts.execution([str(each) for each in numbers], tokens, lambda name, value: None)
    assert paid[:3] == [1, 1, 1]
    assert 0 <= paid[3] <= PARTIAL  # right by chance, and wrong where there are fewer rows
    assert paid[4:] == [FAILED] * 3


def test_a_question_without_a_right_answer_is_an_error() -> None:
    with pytest.raises(ValueError, match="no gold answer"):
        make_tasks(TOWNS, {"?": "rows.clear()"})
    with pytest.raises(ValueError, match="nothing"):
        read_expression("``` ```")


def test_a_policy_comes_to_write_what_answers(tiny_model: Path, tasks: list[Task], tmp_path: Path) -> None:
    torch.manual_seed(0)
    policy = load_policy(str(tiny_model), None, rank=4)
    records: list[dict[str, float]] = []
    plan = Grpo(14, questions=1, k=8, kl=0.0, rate=2e-2)
    folder = tune(policy, tasks[:1], plan, tmp_path, records.append)
    assert (folder / "adapter_model.safetensors").exists()
    assert folder == tmp_path / ADAPTER
    first, last = ([each["reward"] for each in part] for part in (records[:3], records[-3:]))
    assert fmean(last) > fmean(first) + 0.15
