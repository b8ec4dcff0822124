"""Weights to start from in which some heads can already point: find where a handle stood, copy it.

Handles are a code in a subspace as wide as a head, words begin outside it. Early layers have a head that
looks for the same handle before, late layers one that carries the code of what it looks at to the output.
What to look at is left to training (after Trockman and Kolter, Mimetic Initialization, 2023).
"""

from __future__ import annotations

import torch
from transformers import LlamaForCausalLM

from sqloop_trainer.pretraining.packing import Language

_EMBEDDING = 0.08
_GAIN = 0.5


@torch.no_grad()
def seed_pointers(model: LlamaForCausalLM, language: Language) -> None:
    """Write codes of handles and the heads that carry them into a model of random weights."""
    width = model.model.layers[0].self_attn.head_dim
    hidden = model.config.hidden_size
    embedding = model.model.embed_tokens.weight
    basis, _ = torch.linalg.qr(torch.randn(hidden, width))
    embedding.normal_(0, _EMBEDDING)
    embedding -= embedding @ basis @ basis.T
    embedding *= _EMBEDDING * hidden**0.5 / embedding.norm(dim=-1, keepdim=True)
    size = _EMBEDDING * hidden**0.5
    codes = _spread(sum(count for _, count in language.handles), width)
    at = 0
    for first, count in language.handles:
        kind = embedding[first].clone()
        embedding[first : first + count] = 0.5 * kind + 0.87 * size * codes[at : at + count] @ basis.T
        at += count
    layers = model.model.layers
    slow = torch.zeros(width)  # The pairs of rotary embedding that hardly turn over the length of a prompt.
    slow[width // 4 : width // 2] = slow[3 * width // 4 :] = 1
    for index, layer in enumerate(layers):
        attention = layer.self_attn
        attention.o_proj.weight.mul_(0.25)
        layer.mlp.down_proj.weight.mul_(0.25)
        if 1 <= index <= len(layers) // 2:
            same = slice(width, 2 * width)
            attention.q_proj.weight[same] = attention.k_proj.weight[same] = slow[:, None] * basis.T
        if index >= len(layers) // 2:
            attention.v_proj.weight[:width] = _GAIN * basis.T
            attention.o_proj.weight[:, :width] = _GAIN * basis


def _spread(count: int, width: int) -> torch.Tensor:
    """``[count, width]`` unit vectors pushed apart from each other."""
    codes: torch.Tensor = torch.randn(count, width)
    for _ in range(200):
        codes /= codes.norm(dim=-1, keepdim=True)
        likeness = codes @ codes.T
        likeness.fill_diagonal_(0)
        codes -= 0.2 * likeness**3 @ codes
    codes /= codes.norm(dim=-1, keepdim=True)
    return codes
