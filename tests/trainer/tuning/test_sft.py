"""Supervised training of an adapter: it learns what it is shown, and touches nothing else."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from peft import PeftModel

from sqloop_trainer.tuning.packing import Group
from sqloop_trainer.tuning.sft import TARGETS, Sft, add_lora, train, trainable

CORPUS = [Group([1, 2, 3], [([10], [20, 21, 22]), ([11], [30, 31, 32])]), Group([4], [([12], [40])])]
PLAN = Sft(epochs=40, rate=2e-2, warmup=2, batch=10_000, longest=50)


def run(model: PeftModel, plan: Sft) -> list[dict[str, float]]:
    records: list[dict[str, float]] = []
    train(model, lambda epoch: CORPUS, plan, padding=0, on_step=records.append)
    return records


def test_what_is_shown_is_learned(base: Any) -> None:
    model = add_lora(base, rank=4)
    records = run(model, PLAN)
    assert len(records) == 40
    assert records[-1]["loss"] < 0.2 < 2 < records[0]["loss"]
    with torch.inference_mode():
        for given, learned in CORPUS[0].branches:
            output = model(torch.tensor([[1, 2, 3, *given, *learned]])).logits[0].argmax(-1)
            assert output[3:-1].tolist() == learned


def test_the_base_stays_as_it_was(base: Any) -> None:
    before = {name: weight.clone() for name, weight in base.state_dict().items()}
    model = add_lora(base, rank=2)
    run(model, Sft(epochs=2, rate=1e-2))
    with model.disable_adapter():
        after = model.get_base_model().state_dict()
    names = {name: name.replace("_proj.", "_proj.base_layer.") for name in before}
    assert all(torch.equal(after[names[name]], each) for name, each in before.items())


def test_every_linear_layer_is_tuned_in_single_precision(base: Any) -> None:
    weights = trainable(add_lora(base.bfloat16(), rank=2))
    assert len(weights) == 2 * len(TARGETS) * base.config.num_hidden_layers
    assert {weight.dtype for weight in weights} == {torch.float32}


def test_small_parts_of_a_step_add_up_to_the_step(base: Any) -> None:
    state = {name: each.clone() for name, each in base.state_dict().items()}
    losses = []
    for micro in (10_000, 1):
        torch.manual_seed(0)
        base.load_state_dict(state, strict=False)
        model = add_lora(base, rank=2)
        losses.append([each["loss"] for each in run(model, Sft(epochs=3, rate=1e-2, micro=micro))])
        base = model.unload()
    assert losses[0] == pytest.approx(losses[1], rel=0.02)


def test_the_rate_rises_and_falls_to_nothing(base: Any) -> None:
    rates = [each["rate"] for each in run(add_lora(base, rank=2), Sft(epochs=10, rate=1e-3, warmup=4))]
    assert rates[:4] == sorted(rates[:4])
    assert rates[4:] == sorted(rates[4:], reverse=True)
    assert rates[-1] < 0.1 * max(rates) <= 1e-4


def test_it_ends_when_its_time_is_over(base: Any) -> None:
    assert run(add_lora(base, rank=2), Sft(epochs=1_000, seconds=0.0001)) == []
