"""Rollouts: asked as served, drawn anew each step, rewarded by what execution gave, here and on copies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from sqloop.answer import ModelName
from sqloop.assistant import Assistant
from sqloop.database.connect import connect
from sqloop.database.outcome import Outcome
from sqloop.generation.opening import open_generator
from sqloop.generation.prompts.hub_forms import find_form
from sqloop_trainer.gold import GoldRows
from sqloop_trainer.learning.execution import RewardPool
from sqloop_trainer.learning.policy import Policy, load_policy
from sqloop_trainer.learning.rewards import FAILED, KNOWN_WRONG, sqloop
from sqloop_trainer.learning.rollout import AskedTask, Asking, Rollouts
from sqloop_trainer.perturbation import perturb

QUESTION, SQL = "How many towns in Germany?", "SELECT COUNT(*) FROM town WHERE country = 'Germany'"


@pytest.fixture(scope="module")
def policy(taught_model: Path) -> Policy:
    return load_policy(str(taught_model), None)


@pytest.fixture(scope="module")
def tasks(policy: Policy, towns: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[AskedTask]]:
    """The same question with its gold answer, with its copies too, and with a rejected answer alone."""
    with connect(towns) as database:
        copy = perturb(database, 0, tmp_path_factory.mktemp("copy") / "0.sqlite")
        with RewardPool(towns, copy) as pool:
            asking = Asking.on(policy.form, database)
            here, there = map(GoldRows, pool.run_everywhere([SQL])[0])
            wrong = Outcome("ok", rows=((6,),))
            yield [
                asking.ask(QUESTION, pool, here),
                asking.ask(QUESTION, pool, here, copies=[there]),
                asking.ask(QUESTION, pool, None, rejected=[wrong]),
            ]


def write(policy: Policy, task: AskedTask, sql: str) -> list[int]:
    """The tokens with which a policy writes ``sql``."""
    form = find_form(policy.form)
    return policy.writer.tokens.encode(form.from_sql(sql, task.asked))  # type: ignore[attr-defined]


def reward(policy: Policy, tasks: list[AskedTask], number: int, *sql: str) -> list[float]:
    rollouts = Rollouts(policy, tasks, sqloop, "sample", 1.0)
    written = [write(policy, tasks[number], each) for each in sql]
    return rollouts.execution([str(number)] * len(sql), written, lambda name, value: None)


def test_a_completion_is_worth_what_its_sql_gives(policy: Policy, tasks: list[AskedTask]) -> None:
    right, wrong = reward(policy, tasks, 0, SQL, "SELECT COUNT(*) FROM museum")
    assert right == 1.0
    assert 0 <= wrong <= 0.3
    assert reward(policy, tasks, 2, "SELECT COUNT(*) FROM town") == [KNOWN_WRONG]


def test_what_is_right_by_chance_fails_on_a_copy(policy: Policy, tasks: list[AskedTask]) -> None:
    lucky = "SELECT COUNT(*) FROM town WHERE id < 3"  # two towns, as there are in Germany
    assert reward(policy, tasks, 0, lucky) == [1.0]
    assert reward(policy, tasks, 1, SQL) == [1.0]
    assert reward(policy, tasks, 1, lucky)[0] <= 0.3


def test_tokens_that_are_no_query_are_a_failure(policy: Policy, tasks: list[AskedTask]) -> None:
    counted: dict[str, float] = {}
    rollouts = Rollouts(policy, tasks, sqloop, "sample", 1.0)
    assert rollouts.execution(["0", "1"], [[20, 21], [20]], counted.__setitem__) == [FAILED, FAILED]
    assert counted == {"error_rate": 1.0}


@pytest.mark.parametrize("decoding", ["sample", "beam"])
def test_prompts_come_back_in_order_with_as_many_answers(
    policy: Policy, tasks: list[AskedTask], decoding: str
) -> None:
    rollouts = Rollouts(policy, tasks, sqloop, "beam" if decoding == "beam" else "sample", 3.0)
    trainer = SimpleNamespace(state=SimpleNamespace(global_step=0))
    asked = ["0", "0", "0", "2", "2", "2"]
    first = rollouts.roll(asked, trainer)
    assert first["prompt_ids"] == [first["prompt_ids"][0]] * 6  # one question, asked as three tasks
    assert len(first["completion_ids"]) == 6
    ends = policy.writer.tokens.ends
    assert all(each[-1] in ends for each in first["completion_ids"] if len(each) < 200)
    assert rollouts.roll(asked, trainer) == first
    if decoding == "sample":
        trainer.state.global_step = 1
        assert rollouts.roll(asked, trainer)["completion_ids"] != first["completion_ids"]


def test_the_policy_is_asked_as_the_model_is_when_it_serves(
    policy: Policy, tasks: list[AskedTask], taught_model: Path, towns: str
) -> None:
    generator = open_generator(str(taught_model))
    try:
        with connect(towns) as database:
            answer = Assistant(database, generator, ModelName("taught")).ask(QUESTION, 1)
    finally:
        generator.close()
    (completion,) = policy.writer.generate(replace(tasks[0].request, k=1))
    assert answer.candidates[0].sql == find_form(policy.form).to_sql(completion.text, tasks[0].asked)


def test_greedy_answers_are_those_of_the_likeliest_text(policy: Policy, tasks: list[AskedTask]) -> None:
    (completion,) = policy.writer.generate(replace(tasks[0].request, k=1))
    sql = find_form(policy.form).to_sql(completion.text, tasks[0].asked)
    found = Rollouts(policy, tasks, sqloop, "sample", 1.0).answer([0, 2])
    assert [each.rows for each in found] == [tasks[0].executor.run([sql])[0].rows] * 2
