"""GRPO over many databases: advantages as the formula says, and a policy that comes to write what is paid."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, pstdev

import pytest
import torch
from peft import PeftModel

from sqloop.database.outcome import Outcome
from sqloop_trainer.gold import GoldRows
from sqloop_trainer.learning.rewards import FAILED, REWARDS, sqloop
from sqloop_trainer.tuning.execution import ManyDatabases
from sqloop_trainer.tuning.grpo import Grpo, Task, _reward, _rows, judge_by, read_tasks, train
from sqloop_trainer.tuning.packing import collate
from sqloop_trainer.tuning.sampling import Drawn
from sqloop_trainer.tuning.sft import token_logprobs, weighted_loss

ENDS = tuple(range(200, 267))
"""A fourth of all tokens, so that completions of a model that knows nothing are short."""


def task(paths: Sequence[str], prompt: tuple[int, ...] = (5, 6, 7)) -> Task:
    gold = tuple(GoldRows(Outcome("ok", ("n",), ((place + 1,),))) for place in range(len(paths)))
    return Task(prompt, tuple(paths), gold)


def drawn(*tokens: int, ended: bool = True) -> Drawn:
    return Drawn(list(tokens), -1.0, ended)


def test_advantages_are_divided_by_the_deviation_of_the_batch(paths: tuple[str, ...]) -> None:
    rewards = [[1.0, 0.0, 0.0, -0.1], [0.3, 0.3, 0.3, 0.3], [1.0, 1.0, 1.0, 0.2]]
    group = [drawn(1), drawn(2, 3), drawn(4, ended=False), drawn()]
    tasks = [task(paths[:1], (9, 8, 7)), task(paths[:1], (1, 2)), task(paths[:1], (4, 5))]
    rows, telling = _rows(tasks, [group] * 3, rewards, end=200)
    deviation = pstdev(each for worth in rewards for each in worth)
    assert telling == pytest.approx(2 / 3)
    assert [row[0] for row in rows] == [[4], [9, 8]]
    for (_, branches), worth, last in ((rows[1], rewards[0], 7), (rows[0], rewards[2], 5)):
        assert [(given, learned) for given, learned, _ in branches] == [
            ([last], [1, 200]),
            ([last], [2, 3, 200]),
            ([last], [4]),
            ([last], [200]),
        ]
        expected = [(each - fmean(worth)) / deviation for each in worth]
        assert [weight for *_, weight in branches] == pytest.approx(expected)
        assert sum(expected) == pytest.approx(0)


def test_a_batch_without_a_difference_teaches_nothing(paths: tuple[str, ...]) -> None:
    assert _rows([task(paths)], [[drawn(1), drawn(2)]], [[0.3, 0.3]], end=200) == ([], 0.0)


def test_the_loss_is_advantage_times_log_probability(tuned: PeftModel, paths: tuple[str, ...]) -> None:
    rows, _ = _rows([task(paths)], [[drawn(1, 2), drawn(3)]], [[1.0, 0.0]], end=200)
    batch = collate(rows, padding=0)
    with torch.inference_mode():
        logprobs = token_logprobs(tuned, batch)
        expected = -float(logprobs[:3].sum() - logprobs[3:].sum())  # advantages 1 and -1
        assert float(weighted_loss(tuned, batch)) == pytest.approx(expected, rel=1e-5)


def test_a_candidate_is_judged_on_every_database(paths: tuple[str, ...], databases: ManyDatabases) -> None:
    texts = {1: "SELECT n FROM t", 2: "SELECT 1", 3: "SELECT nope FROM t", 4: "SELECT n FROM t"}
    group = [drawn(1), drawn(2), drawn(3), drawn(4, ended=False)]
    ((right, constant, failed, endless),) = _reward(
        [task(paths)], [group], lambda ids: texts[ids[0]], databases, sqloop
    )
    assert right == 1.0
    assert FAILED < constant < 0.3
    assert failed == endless == FAILED
    ((once,),) = _reward([task(paths[:1])], [[drawn(2)]], lambda ids: texts[ids[0]], databases, sqloop)
    assert once == 1.0


def test_the_structure_reward_is_told_what_was_written(
    paths: tuple[str, ...], databases: ManyDatabases
) -> None:
    texts = {1: "SELECT n + 9 FROM t", 2: "SELECT 9", 3: "SELECT nope FROM t", 4: "SELECT nope"}
    row = {"prompt": "ab", "sql": "SELECT n FROM t", "ordered": False, "paths": list(paths)}
    tasks = read_tasks([row], lambda text: [ord(each) for each in text], databases)
    group = [drawn(1), drawn(2), drawn(3), drawn(4)]
    ((alike, other, failed, lost),) = _reward(
        tasks, [group], lambda ids: texts[ids[0]], databases, REWARDS["structure"]
    )
    assert 0.3 > alike > other > 0 > failed > lost == FAILED


def decode(tokens: Sequence[int]) -> str:
    return "SELECT n FROM t" if tokens and tokens[0] % 2 else "SELECT nope FROM t"


def test_a_policy_comes_to_write_what_is_right(
    tuned: PeftModel, paths: tuple[str, ...], databases: ManyDatabases
) -> None:
    """Right is whatever begins with an odd token, which is less than half of all at first."""
    torch.manual_seed(0)
    tasks = [task(paths, (number, 3)) for number in range(8)]
    records: list[dict[str, float]] = []
    plan = Grpo(steps=20, questions=8, k=8, rate=1e-2)
    train(tuned, tasks, plan, judge_by(plan.reward, decode, databases), ENDS, on_step=records.append)
    assert len(records) == 20
    first, last = (
        {name: fmean(each[name] for each in part) for name in records[0]}
        for part in (records[:3], records[-3:])
    )
    assert first["right"] < 0.6
    assert last["right"] > 0.75
    assert last["reward"] > first["reward"] + 0.2
    assert last["failed"] < first["failed"]


def test_it_ends_when_its_time_is_over(
    tuned: PeftModel, paths: tuple[str, ...], databases: ManyDatabases
) -> None:
    records: list[dict[str, float]] = []
    plan = Grpo(seconds=1e-9, questions=1)
    judge = judge_by(plan.reward, decode, databases)
    train(tuned, [task(paths)], plan, judge, ENDS, on_step=records.append)
    assert records == []


def test_a_task_whose_gold_sql_gives_nothing_is_left_out(
    paths: tuple[str, ...], databases: ManyDatabases
) -> None:
    queries = ("SELECT n FROM t", "SELECT nope FROM t", "SELECT n FROM t WHERE 0", "SELECT NULL", "SELECT 0")
    rows = [{"prompt": "ab", "sql": sql, "ordered": True, "paths": list(paths)} for sql in queries]
    (kept,) = read_tasks(rows, lambda text: [ord(each) for each in text], databases)
    assert kept.prompt == (97, 98)
    assert kept.gold == tuple(GoldRows(Outcome("ok", rows=((number,),)), ordered=True) for number in (1, 2))
