"""Draws from many prompts at once: each prompt is read once, its cache repeated for its k completions.

The first completion of a prompt is greedy. For a GPU, where one question at a time leaves it idle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache


@dataclass
class Drawn:
    """Tokens without the end, their log-probability at temperature 1, and whether an end came."""

    tokens: list[int] = field(default_factory=list)
    logprob: float = 0.0
    ended: bool = False


@torch.inference_mode()
def draw(
    model: Any,
    prompts: Sequence[Sequence[int]],
    k: int,
    ends: Sequence[int],
    *,
    temperature: float = 1.0,
    longest: int = 160,
    greedy_first: bool = True,
) -> list[list[Drawn]]:
    """``k`` completions of each prompt, in the order of the prompts."""
    device = next(model.parameters()).device
    width = max(map(len, prompts))
    tokens = torch.zeros((len(prompts), width), dtype=torch.long)
    seen = torch.zeros((len(prompts), width), dtype=torch.long)
    for row, prompt in enumerate(prompts):
        tokens[row, width - len(prompt) :] = torch.tensor(prompt)
        seen[row, width - len(prompt) :] = 1
    tokens, seen = tokens.to(device), seen.to(device)
    with torch.autocast(device.type, dtype=torch.bfloat16):
        output = model(
            input_ids=tokens,
            attention_mask=seen,
            position_ids=(seen.cumsum(1) - 1).clamp(min=0),
            past_key_values=DynamicCache(config=model.config),
            use_cache=True,
            logits_to_keep=1,
        )
    cache = output.past_key_values
    cache.batch_repeat_interleave(k)
    logits = output.logits[:, -1].repeat_interleave(k, 0)
    seen = seen.repeat_interleave(k, 0)
    drawn = [Drawn() for _ in range(len(prompts) * k)]
    alive = torch.arange(len(drawn), device=device)
    ending = torch.tensor(list(ends), device=device)
    for _ in range(longest):
        chosen, logprobs = _choose(logits.float(), alive % k == 0 if greedy_first else None, temperature)
        ended = torch.isin(chosen, ending)
        for row, token, logprob, end in zip(
            alive.tolist(), chosen.tolist(), logprobs.tolist(), ended.tolist(), strict=True
        ):
            drawn[row].logprob += logprob
            drawn[row].ended = end
            if not end:
                drawn[row].tokens.append(token)
        going = ~ended
        if not going.any():
            break
        if ended.any():
            kept = going.nonzero()[:, 0]
            cache.batch_select_indices(kept)
            alive, chosen, seen = alive[kept], chosen[kept], seen[kept]
        seen = torch.cat((seen, seen.new_ones((len(seen), 1))), 1)
        with torch.autocast(device.type, dtype=torch.bfloat16):
            output = model(
                input_ids=chosen[:, None],
                attention_mask=seen,
                position_ids=seen.sum(1, keepdim=True) - 1,
                past_key_values=cache,
                use_cache=True,
            )
        logits = output.logits[:, -1]
    return [drawn[start : start + k] for start in range(0, len(drawn), k)]


def _choose(logits: Tensor, greedy: Tensor | None, temperature: float) -> tuple[Tensor, Tensor]:
    logprobs = torch.log_softmax(logits, -1)
    chosen = torch.multinomial(torch.softmax(logits / temperature, -1), 1)[:, 0]
    if greedy is not None:
        chosen = torch.where(greedy, logits.argmax(-1), chosen)
    return chosen, logprobs.gather(1, chosen[:, None])[:, 0]
