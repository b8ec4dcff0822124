"""The forward pass of training: a Llama over scenes, computing nothing twice and nothing that is not learned.

Schemas attend to themselves once; questions attend to their schema's keys and to themselves; the last layer
computes only what predicts an answer. The numbers are those of transformers' own forward (a test holds it to
that), in about a third of the time.
"""

from __future__ import annotations

from typing import Any, cast

import torch
from torch import Tensor
from torch.nn.functional import dropout, rms_norm, scaled_dot_product_attention
from transformers import LlamaForCausalLM

from sqloop_trainer.pretraining.packing import Batch


def answer_states(model: LlamaForCausalLM, batch: Batch, drop: float = 0.0) -> tuple[Tensor, Tensor]:
    """Hidden states ``[Q, A, hidden]`` of what predicts answers; ``[M, hidden]`` of the marks half-way up.

    ``drop`` is the share of the embeddings and of what each layer adds that is left out, at random.
    """
    layers: Any = model.model.layers
    hidden = dropout(model.model.embed_tokens(batch.ids), drop)
    rotary = model.model.rotary_emb(hidden[None], batch.positions[None])
    cos, sin = (each[0, :, None, : each.shape[-1] // 2] for each in rotary)
    count = len(batch.prefix_tokens)
    rows, longest = batch.items.shape
    asked = batch.asks + longest * torch.arange(rows, device=batch.asks.device)[:, None]
    marks = hidden
    for index, layer in enumerate(layers):
        attention = layer.self_attn
        width = attention.head_dim
        normed = _norm(hidden, layer.input_layernorm)
        projected = [each(normed) for each in (attention.q_proj, attention.k_proj, attention.v_proj)]
        queries, keys, values = (each.unflatten(-1, (-1, width)) for each in projected)
        heads, share = queries.shape[1], queries.shape[1] // keys.shape[1]
        if share > 1:
            keys, values = (each.repeat_interleave(share, dim=1) for each in (keys, values))
        mixed = torch.cat((_turn(queries, cos, sin), _turn(keys, cos, sin), values), dim=1)
        ahead = _pick(mixed[:count], batch.prefixes, batch.prefix_tokens)
        behind = _pick(mixed[count:], batch.items, batch.item_tokens)
        if index + 1 < len(layers):
            queries, keys, values = (each.transpose(1, 2) for each in ahead.chunk(3, dim=2))
            read = (
                scaled_dot_product_attention(queries, keys, values, is_causal=True).transpose(1, 2).flatten(2)
            )
            answered = _attend(behind[:, :, :heads], ahead, behind, batch.prefix_seen, None)
            both = (
                _unpick(read, batch.prefixes, batch.prefix_tokens),
                _unpick(answered, batch.items, batch.item_tokens),
            )
            seen = torch.cat(both)
            hidden = hidden + dropout(attention.o_proj(seen), drop)
        else:
            queries = behind[:, :, :heads].flatten(0, 1)[asked]
            seen = _attend(queries, ahead, behind, batch.prefix_seen, batch.asks)
            own = _pick(hidden[count:], batch.items, batch.item_tokens).flatten(0, 1)[asked]
            hidden = own + dropout(attention.o_proj(seen), drop)
        normed = _norm(hidden, layer.post_attention_layernorm)
        hidden = hidden + dropout(layer.mlp(normed), drop)
        if index + 1 == len(layers) // 2:
            marks = hidden.index_select(0, batch.marks)
    return _norm(hidden, model.model.norm), marks


def _norm(hidden: Tensor, norm: Any) -> Tensor:
    return rms_norm(hidden, hidden.shape[-1:], norm.weight, norm.variance_epsilon)


def _turn(heads: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary embedding; ``heads`` ``[N, heads, width]``, the angles ``[N, 1, width / 2]``."""
    first, second = heads.chunk(2, dim=-1)
    return torch.cat((first * cos - second * sin, second * cos + first * sin), dim=-1)


def _attend(
    queries: Tensor, ahead: Tensor, behind: Tensor, prefix_seen: Tensor, asks: Tensor | None
) -> Tensor:
    """What questions see: ``queries`` ``[Q, T, heads, width]`` over their schema and themselves.

    ``ahead`` ``[R, P, 3 heads, width]`` and ``behind`` ``[Q, L, 3 heads, width]`` hold queries, keys and
    values; ``asks`` ``[Q, T]`` are the places of the queries in their question, None for all in order.
    """
    (_, times, heads, width), schemas = queries.shape, len(ahead)
    _, far_keys, far_values = (each.transpose(1, 2) for each in ahead.chunk(3, dim=2))
    _, near_keys, near_values = (each.transpose(1, 2) for each in behind.chunk(3, dim=2))
    queries = queries.transpose(1, 2) * width**-0.5
    near = queries @ near_keys.transpose(2, 3)
    places = torch.arange(near.shape[3], device=near.device)
    later = places > (places[:times, None] if asks is None else asks[:, None, :, None])
    grouped = queries.view(schemas, -1, heads, times, width).transpose(1, 2).flatten(2, 3)
    far = grouped @ far_keys.transpose(2, 3)
    far = far.masked_fill(~prefix_seen[:, None, None], -torch.inf)
    far = far.view(schemas, heads, -1, times, far.shape[3]).transpose(1, 2).flatten(0, 1)
    shares = torch.cat((far, near.masked_fill(later, -torch.inf)), dim=-1).softmax(-1)
    to_far, to_near = shares[..., : far.shape[3]], shares[..., far.shape[3] :]
    grouped = (
        to_far.reshape(schemas, -1, heads, times, far.shape[3]).transpose(1, 2).flatten(2, 3) @ far_values
    )
    from_far = grouped.view(schemas, heads, -1, times, width).transpose(1, 2).flatten(0, 1)
    return (from_far + to_near @ near_values).transpose(1, 2).flatten(2)


class _Pick(torch.autograd.Function):
    """Rows of a line laid out as a padded square: its gradient is the way back, no scattered sum."""

    @staticmethod
    def forward(context: Any, line: Tensor, places: Tensor, back: Tensor) -> Tensor:
        context.save_for_backward(places, back)
        return line.index_select(0, places.flatten()).view(*places.shape, *line.shape[1:])

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        _, back = context.saved_tensors
        return gradient.flatten(0, 1).index_select(0, back), None, None


class _Unpick(torch.autograd.Function):
    """The padded square as a line again; what padding held is dropped."""

    @staticmethod
    def forward(context: Any, square: Tensor, places: Tensor, back: Tensor) -> Tensor:
        context.save_for_backward(places, back)
        return square.flatten(0, 1).index_select(0, back)

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        places, back = context.saved_tensors
        square = gradient.new_zeros((places.numel(), *gradient.shape[1:]))
        square.index_copy_(0, back, gradient)
        return square.view(*places.shape, *gradient.shape[1:]), None, None


def _pick(line: Tensor, places: Tensor, back: Tensor) -> Tensor:
    return cast(Tensor, _Pick.apply(line, places, back))  # type: ignore[no-untyped-call]


def _unpick(square: Tensor, places: Tensor, back: Tensor) -> Tensor:
    return cast(Tensor, _Unpick.apply(square, places, back))  # type: ignore[no-untyped-call]
