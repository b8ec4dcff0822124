"""Supervised tuning of an adapter on known SQL: made pairs for `bootstrap`, accepted ones for `retrain`.

Steps draw their examples from their number alone, so that a killed run goes on to the same result.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from peft import get_peft_model_state_dict, set_peft_model_state_dict
from sqlglot.errors import SqlglotError

from sqloop.generation.prompts.forms import Asked
from sqloop.generation.prompts.hub_forms import find_form
from sqloop.generation.prompts.starter_form import StarterForm
from sqloop.generation.prompts.starter_tokens import token
from sqloop.places import replacing
from sqloop_trainer.learning.policy import LONGEST, Policy, score, share_prompts
from sqloop_trainer.pretraining.packing import Ids
from sqloop_trainer.tuning.house_style import write_in_house_style

CHECKPOINT = "supervised.pt"


@dataclass(frozen=True)
class Example:
    """A prompt and its answer, as token ids; ``weight`` is how much its loss counts."""

    prompt: Ids
    answer: Ids
    weight: float = 1.0


@dataclass(frozen=True)
class Fit:
    """``size`` examples a step; the rate falls to zero."""

    steps: int
    size: int = 32
    rate: float = 1e-3
    save_every: int = 20
    seed: int = 0


def make_example(policy: Policy, prefix: str, suffix: str, completion: str) -> Example:
    """An example from the texts of a prompt form."""
    before, behind = policy.writer.encode(prefix, suffix)
    answer = [*policy.writer.tokens.encode(completion), policy.writer.tokens.ends[0]]
    return Example(np.array(before + behind), np.array(answer))


def write_example(policy: Policy, asked: Asked, sql: str) -> Example | None:
    """An example from a question and its SQL, None where it is too long or cannot be said in its form."""
    form = find_form(policy.form)
    try:
        if isinstance(form, StarterForm):
            completion = form.from_sql(sql, asked)
        else:
            completion = write_in_house_style(sql, asked.schema)
    except (ValueError, KeyError, SqlglotError):
        return None
    if any(token(word) in completion for word in policy.writer.tokens.lacking):
        return None
    example = make_example(policy, form.prefix(asked.schema), form.suffix(asked), completion)
    return example if len(example.prompt) + len(example.answer) <= LONGEST else None


def fit(
    policy: Policy,
    examples: Sequence[Example],
    plan: Fit,
    folder: Path,
    on_step: Callable[[int, float], None] = lambda step, loss: None,
) -> None:
    """Train the adapter of ``policy`` in place; goes on from the checkpoint in ``folder``.

    ``on_step`` gets each step's number and its loss, in nats a token.
    """
    share_prompts(policy.model)
    parameters = [each for each in policy.model.parameters() if each.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=plan.rate, weight_decay=0.0)
    pad = policy.tokenizer.pad_token_id
    for step in range(_restore(policy, optimizer, folder), plan.steps):
        chosen = random.Random(f"{plan.seed} {step}").sample(examples, min(plan.size, len(examples)))
        for group in optimizer.param_groups:
            group["lr"] = plan.rate * min((step + 1) / 5, 1 - step / plan.steps)
        policy.model.train()
        logprobs = score(
            policy.model, [each.prompt for each in chosen], [each.answer for each in chosen], pad
        )
        weights = torch.tensor([[each.weight] for each in chosen]).to(logprobs)
        loss = -(weights * logprobs).sum() / sum(each.weight * len(each.answer) for each in chosen)
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        on_step(step, loss.item())
        if step + 1 == plan.steps or (step + 1) % plan.save_every == 0:
            _save(policy, optimizer, folder, step + 1)
    policy.renew()


def _save(policy: Policy, optimizer: torch.optim.Optimizer, folder: Path, step: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    weights = get_peft_model_state_dict(policy.model)
    state = {"step": step, "weights": weights, "optimizer": optimizer.state_dict()}
    with replacing(folder / CHECKPOINT) as new:
        torch.save(state, new)


def _restore(policy: Policy, optimizer: torch.optim.Optimizer, folder: Path) -> int:
    path = folder / CHECKPOINT
    if not path.exists():
        return 0
    state = torch.load(path, weights_only=True)
    set_peft_model_state_dict(policy.model, state["weights"])
    optimizer.load_state_dict(state["optimizer"])
    return int(state["step"])
