"""Supervised training of a LoRA adapter on questions and SQL; one pass over the corpus in shuffled packs.

The loss stands on the SQL alone and is the mean over its tokens. Base weights stay in bfloat16, the adapter
is trained in float32 (arXiv 2106.09685). Runs on whatever device the model is on.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from torch import Tensor

from sqloop_trainer.learning.token_tree import ATTENTION, divide_mask
from sqloop_trainer.tuning.packing import Batch, Group, batches, collate, pack

TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


@dataclass(frozen=True)
class Sft:
    """``batch`` tokens a step, of which ``micro`` are in memory at a time; ``longest`` tokens of one pack.

    Ends after ``epochs`` or ``seconds``, whichever comes first; the rate falls to nothing by then.
    """

    epochs: float = 3.0
    seconds: float = math.inf
    rate: float = 2e-4
    warmup: int = 20
    batch: int = 32_768
    micro: int = 16_384
    longest: int = 4_096
    seed: int = 0


def add_lora(model: Any, rank: int) -> PeftModel:
    """``model`` with a fresh adapter on every linear layer, in float32, alpha twice the rank."""
    config = LoraConfig(
        r=rank, lora_alpha=2 * rank, lora_dropout=0.0, target_modules=TARGETS, task_type="CAUSAL_LM"
    )
    tuned = get_peft_model(model, config)
    for weight in trainable(tuned):
        weight.data = weight.data.float()
    return tuned


def load_lora(model: Any, folder: Path) -> PeftModel:
    """``model`` with the adapter of ``folder``, to be trained on, in float32."""
    tuned = PeftModel.from_pretrained(model, folder, is_trainable=True)
    for weight in trainable(tuned):
        weight.data = weight.data.float()
    return tuned


def trainable(model: PeftModel) -> list[Tensor]:
    """The weights of the adapter."""
    return [weight for weight in model.parameters() if weight.requires_grad]


def train(
    model: PeftModel,
    corpus: Callable[[int], Sequence[Group]],
    plan: Sft,
    padding: int,
    on_step: Callable[[dict[str, float]], None] = lambda record: None,
) -> None:
    """Train ``model``; ``corpus`` gives the groups of an epoch."""
    device = str(next(model.parameters()).device)
    optimizer = torch.optim.AdamW(trainable(model), lr=plan.rate, weight_decay=0.0, betas=(0.9, 0.98))
    begun, step = time.monotonic(), 0
    model.train()
    for epoch in range(math.ceil(plan.epochs)):
        rows = pack(corpus(epoch), plan.longest, Random(plan.seed * 1000 + epoch))
        steps = list(batches(rows, plan.batch))
        for place, together in enumerate(steps):
            done = max((epoch + place / len(steps)) / plan.epochs, (time.monotonic() - begun) / plan.seconds)
            if done >= 1:
                break
            rate = (
                plan.rate
                * min(1.0, (step + 1) / plan.warmup)
                * (0.02 + 0.98 * (1 + math.cos(math.pi * done)) / 2)
            )
            for group in optimizer.param_groups:
                group["lr"] = rate
            total = sum(len(learned) for _, branches in together for _, learned, _ in branches)
            loss = 0.0
            for micro in batches(together, plan.micro):
                part = weighted_loss(model, collate(micro, padding).to(device)) / total
                part.backward()  # type: ignore[no-untyped-call]
                loss += part.item()
            norm = torch.nn.utils.clip_grad_norm_(trainable(model), 1.0)
            optimizer.step()
            optimizer.zero_grad()
            step += 1
            seconds = time.monotonic() - begun
            on_step(
                {
                    "step": step,
                    "done": done,
                    "loss": loss,
                    "rate": rate,
                    "norm": norm.item(),
                    "seconds": seconds,
                }
            )
    model.eval()


def weighted_loss(model: PeftModel, batch: Batch) -> Tensor:
    """The sum over learned tokens of their negative log-likelihood times their weight."""
    logprobs = token_logprobs(model, batch)
    return -(logprobs * batch.weights[batch.targets >= 0]).sum()


def token_logprobs(model: PeftModel, batch: Batch) -> Tensor:
    """Log-probabilities of the learned tokens, ``[learned]``, in the order of rows and places."""
    base: Any = model.get_base_model()
    device = batch.tokens.device.type
    seen: dict[str, Any] = {"attention_mask": batch.mask}
    if device == "cpu" and len(batch.tokens) == 1:
        # There attention costs as much under a mask as without, and most of the mask is empty.
        base.set_attn_implementation(ATTENTION)
        seen |= {"blocks": divide_mask(batch.mask[0, 0])}
    with torch.autocast(device, dtype=torch.bfloat16):
        hidden = base.model(
            input_ids=batch.tokens, position_ids=batch.positions, use_cache=False, **seen
        ).last_hidden_state
        learned = batch.targets >= 0
        logits = base.lm_head(hidden[learned])
    return -torch.nn.functional.cross_entropy(logits.float(), batch.targets[learned], reduction="none")
