"""Log-probabilities of answers behind their prompts, computed on the tree that their tokens make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint
from trl.trainer.utils import FusedCausalLMOutput

from sqloop_trainer.learning.token_tree import Tree, divide, plant

NODES = 4096
"""Tokens of one tree: its square is a mask."""

HEAD = 256
"""Tokens whose probabilities over the vocabulary are in memory at a time, forward and backward."""


def score_tree(
    model: Any, ids: Tensor, mask: Tensor, labels: Tensor, temperature: float
) -> FusedCausalLMOutput:
    """Log-probabilities and entropies ``[rows, answer columns]`` in nats of what ``labels`` name, else 0.

    ``ids``, ``mask`` and ``labels`` are ``[rows, columns]``: prompts padded on their left, answers on their
    right. ``model`` is a causal language model of transformers whose attention is `token_tree.attend`.
    """
    first = int((labels != -100).any(0).nonzero()[0, 0])
    rows = [row[seen == 1].tolist() for row, seen in zip(ids.cpu(), mask.cpu(), strict=True)]
    starts: list[int] = mask[:, :first].sum(1).tolist()
    found: list[tuple[Tensor, Tensor] | None] = [None] * len(rows)
    for part in divide(rows, NODES):
        tree = plant([rows[number] for number in part])
        values = _score(model, tree, [starts[number] for number in part], temperature)
        for number, each in zip(part, values, strict=True):
            found[number] = each
    columns = ids.shape[1] - first
    logprobs, entropy = (
        torch.stack([_pad(each[place], columns) for each in found if each is not None]) for place in (0, 1)
    )
    return FusedCausalLMOutput(log_probs=logprobs, entropy=entropy)


def _score(model: Any, tree: Tree, starts: Sequence[int], temperature: float) -> list[tuple[Tensor, Tensor]]:
    """For each text of the tree log-probabilities and entropies of what stands behind its start."""
    device = model.lm_head.weight.device
    answered = sorted({node for path, start in zip(tree.paths, starts, strict=True) for node in path[start:]})
    hidden = _read(model, tree, device)[tree.parents[answered].to(device)]
    targets = tree.tokens[answered].to(device)
    parts = [
        checkpoint(
            _look_up, model, hidden[at : at + HEAD], targets[at : at + HEAD], temperature, use_reentrant=False
        )
        for at in range(0, len(answered), HEAD)
    ]
    logprobs, entropy = (torch.cat([part[place] for part in parts]) for place in (0, 1))
    places = {node: place for place, node in enumerate(answered)}
    chosen = [
        torch.tensor([places[node] for node in path[start:]], device=device)
        for path, start in zip(tree.paths, starts, strict=True)
    ]
    return [(logprobs[each], entropy[each]) for each in chosen]


def _read(model: Any, tree: Tree, device: torch.device) -> Tensor:
    """Hidden states ``[nodes, hidden]``."""
    with _precision(model):
        read = model.model(
            input_ids=tree.tokens[None].to(device),
            position_ids=tree.positions[None].to(device),
            attention_mask=torch.ones((1, 1, 1, 1), dtype=torch.bool, device=device),  # blocks have theirs
            blocks=tree.blocks(device),
            use_cache=False,
        )
    states: Tensor = read.last_hidden_state[0]
    return states


def _look_up(model: Any, hidden: Tensor, targets: Tensor, temperature: float) -> tuple[Tensor, Tensor]:
    with _precision(model):
        logits = model.lm_head(hidden)
    logprobs = (logits.float() / temperature).log_softmax(-1)
    entropy = -(logprobs.detach().exp() * logprobs.detach()).sum(-1)
    return logprobs.gather(-1, targets[:, None])[:, 0], entropy


def _precision(model: Any) -> torch.autocast:
    """bfloat16 where the model is kept in it; the adapter stays in float32."""
    weight = model.lm_head.weight
    return torch.autocast(weight.device.type, dtype=torch.bfloat16, enabled=weight.dtype == torch.bfloat16)


def _pad(values: Tensor, columns: int) -> Tensor:
    return torch.nn.functional.pad(values, (0, columns - len(values)))
