"""Supervised tuning: learns what it is shown, and goes on after an interruption to the same adapter."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from peft import get_peft_model_state_dict
from torch import Tensor

from sqloop.database.connect import connect
from sqloop_trainer.learning.execution import RewardPool
from sqloop_trainer.learning.policy import Policy, load_policy
from sqloop_trainer.learning.rollout import Asking
from sqloop_trainer.learning.supervised import Example, Fit, fit, write_example
from trainer.told import ACCEPTED


@pytest.fixture(scope="module")
def examples(taught_model: Path, towns: str) -> list[Example]:
    policy = load_policy(str(taught_model), None)
    with connect(towns) as database, RewardPool(towns) as pool:
        asking = Asking.on(policy.form, database)
        made = [
            write_example(policy, asking.ask(question, pool, None).asked, sql)
            for question, sql in list(ACCEPTED.items())[1::2]
        ]
    found = [each for each in made if each is not None]
    assert len(found) == len(made)
    return found


def new_policy(model: Path) -> Policy:
    torch.manual_seed(0)
    return load_policy(str(model), None, rank=4)


def weights(policy: Policy) -> dict[str, Tensor]:
    return {name: each.clone() for name, each in get_peft_model_state_dict(policy.model).items()}


def stop_at(last: int) -> Callable[[int, float], None]:
    def stop(step: int, loss: float) -> None:
        if step == last:
            raise KeyboardInterrupt

    return stop


def test_the_loss_falls_on_what_is_shown(taught_model: Path, examples: list[Example], tmp_path: Path) -> None:
    losses: list[float] = []
    plan = Fit(25, size=len(examples), rate=5e-3)
    fit(new_policy(taught_model), examples, plan, tmp_path, lambda _, loss: losses.append(loss))
    assert len(losses) == 25
    assert losses[-1] < 0.8 * losses[0]


def test_an_interrupted_run_goes_on_to_the_same_adapter(
    taught_model: Path, examples: list[Example], tmp_path: Path
) -> None:
    plan = Fit(6, size=4, save_every=2)
    whole = new_policy(taught_model)
    fit(whole, examples, plan, tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        fit(new_policy(taught_model), examples, plan, tmp_path / "cut", stop_at(4))
    steps: list[int] = []
    torch.manual_seed(99)  # another beginning, which the checkpoint replaces
    again = load_policy(str(taught_model), None, rank=4)
    fit(again, examples, plan, tmp_path / "cut", lambda step, _: steps.append(step))
    assert steps == [4, 5]
    given, wanted = weights(again), weights(whole)
    assert all((given[name] - wanted[name]).abs().max() < 1e-6 for name in wanted)


def test_sql_that_the_form_cannot_say_gives_no_example(taught_model: Path, towns: str) -> None:
    policy = load_policy(str(taught_model), None)
    with connect(towns) as database, RewardPool(towns) as pool:
        asked = Asking.on(policy.form, database).ask("How many towns?", pool, None).asked
    assert write_example(policy, asked, "SELECT no_such(x) FROM nowhere") is None


def test_words_that_the_model_lacks_are_not_taught(taught_model: Path, towns: str) -> None:
    """They would be taught in pieces, as text that is no word of the language."""
    policy = new_policy(taught_model)
    ranked = "SELECT name, RANK() OVER (ORDER BY people DESC) FROM town"
    with connect(towns) as database, RewardPool(towns) as pool:
        asked = Asking.on(policy.form, database).ask("rank the towns by people", pool, None).asked
    policy.writer.tokens.lacking = ()
    assert write_example(policy, asked, ranked)
    policy.writer.tokens.lacking = ("rank",)
    assert write_example(policy, asked, ranked) is None
