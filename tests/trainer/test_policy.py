"""The policy: scores as transformers does, whether prompts are shared or not; served as it was trained."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from trl.trainer.utils import add_fused_lm_head

from sqloop.database.connect import connect
from sqloop.errors import ModelError
from sqloop.generation.inference.loading import load_model
from sqloop_trainer.learning.execution import RewardPool
from sqloop_trainer.learning.policy import Policy, load_policy, save_adapter, score, share_prompts
from sqloop_trainer.learning.rollout import Asking
from sqloop_trainer.pretraining.packing import Ids

PROMPTS = [
    np.array(each) for each in ([5, 400, 401, 402, 403], [5, 400, 401, 402, 403], [7, 8, 600, 601, 602])
]
ANSWERS = [np.array(each) for each in ([20, 21, 22], [23, 24], [30])]


def changed(model: Path) -> Policy:
    """A policy whose adapter makes a difference."""
    torch.manual_seed(3)
    policy = load_policy(str(model), None, rank=4)
    with torch.no_grad():
        for name, weight in policy.model.named_parameters():
            if "lora_B" in name:
                weight.normal_(0, 0.2)
    policy.renew()
    return policy


def scores(policy: Policy, prompts: list[Ids], answers: list[Ids]) -> torch.Tensor:
    with torch.no_grad():
        return score(policy.model, prompts, answers, policy.tokenizer.pad_token_id or 0)


def test_shared_prompts_score_as_transformers_does(tiny_model: Path) -> None:
    plain, shared = changed(tiny_model), changed(tiny_model)
    add_fused_lm_head(plain.model.get_base_model(), outputs=("log_probs", "entropy"))
    share_prompts(shared.model)
    wanted, given = scores(plain, PROMPTS, ANSWERS), scores(shared, PROMPTS, ANSWERS)
    assert given.shape == (3, 3)
    torch.testing.assert_close(given, wanted, rtol=1e-4, atol=1e-4)
    assert (given[1, 2], given[2, 1]) == (0, 0)


def test_what_is_saved_is_served(taught_model: Path, towns: str, tmp_path: Path) -> None:
    policy = changed(taught_model)
    save_adapter(policy, tmp_path / "adapter")
    served = load_model(str(taught_model), str(tmp_path / "adapter")).model
    with connect(towns) as database, RewardPool(towns) as pool:
        request = Asking.on(policy.form, database).ask("How many towns?", pool, None).request
    ours, theirs = policy.writer.generate(request), served.generate(request)
    assert [each.text for each in theirs] == [each.text for each in ours]
    assert ours[0].text != load_model(str(taught_model)).model.generate(request)[0].text


def test_a_new_adapter_changes_nothing_and_an_old_one_goes_on(tiny_model: Path, tmp_path: Path) -> None:
    new, bare = load_policy(str(tiny_model), None), load_policy(str(tiny_model), None)
    share_prompts(new.model)
    share_prompts(bare.model)
    with bare.model.disable_adapter():
        torch.testing.assert_close(scores(new, PROMPTS, ANSWERS), scores(bare, PROMPTS, ANSWERS))
    once = changed(tiny_model)
    again = load_policy(str(tiny_model), str(save_adapter(once, tmp_path)))
    for each in (once, again):
        share_prompts(each.model)
    torch.testing.assert_close(scores(again, PROMPTS, ANSWERS), scores(once, PROMPTS, ANSWERS))
    assert any(weight.requires_grad for weight in again.model.parameters())


def test_what_is_no_model_is_said_in_one_line(tmp_path: Path, tiny_model: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    for base, adapter in ((str(tmp_path), None), (str(tiny_model), str(tmp_path))):
        with pytest.raises(ModelError) as raised:
            load_policy(base, adapter)
        assert "\n" not in str(raised.value)
