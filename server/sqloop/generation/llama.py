"""Llama-shaped models on the CPU, several times faster than transformers runs them token by token.

A model of a few million parameters spends its time on overhead and on reading memory. So here:
- rows of a session are not a batch but further queries of one sequence. The keys of the prompt are read
  once for all rows; a mask says which of the generated tokens each row descends from, so that forking,
  dropping and reordering rows (sampling, beams) moves no cache at all;
- weights lie as ``[in, out]``, query, key and value as one matrix, gate and up as one, and the scales of the
  norms are multiplied into the matrices behind them. Two to three times less time than `linear` takes
  for a few rows;
- the halves that rotary embedding pairs lie side by side, so that it is one complex product.
Same numbers as transformers up to rounding (a test holds it to that).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 (as everyone calls it)
from torch import Tensor

ROOM = 128
"""Slots for generated tokens that are added at a time."""


@dataclass(frozen=True)
class LlamaShape:
    """The sizes of a Llama configuration."""

    layers: int
    hidden: int
    heads: int
    groups: int
    head: int
    epsilon: float
    theta: float
    context: int

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> LlamaShape | None:
        """The shape of a ``config.json``, or None where it is not plain Llama."""
        rope = config.get("rope_parameters") or config.get("rope_scaling") or {}
        plain = (
            config.get("model_type") == "llama"
            and config.get("hidden_act", "silu") == "silu"
            and not config.get("attention_bias")
            and not config.get("mlp_bias")
            and rope.get("rope_type", "default") == "default"
        )
        if not plain:
            return None
        heads = config["num_attention_heads"]
        return cls(
            layers=config["num_hidden_layers"],
            hidden=config["hidden_size"],
            heads=heads,
            groups=config.get("num_key_value_heads") or heads,
            head=config.get("head_dim") or config["hidden_size"] // heads,
            epsilon=config.get("rms_norm_eps", 1e-6),
            theta=float(rope.get("rope_theta") or config.get("rope_theta", 10_000.0)),
            context=config.get("max_position_embeddings", 2048),
        )


@dataclass(frozen=True)
class _Layer:
    """Matrices as ``[in, out]``, the scale of the norm before them multiplied in."""

    attend: Tensor
    merge: Tensor
    expand: Tensor
    reduce: Tensor


@dataclass(frozen=True)
class LlamaMemory:
    """``keys`` and ``values``: ``[layers, groups, length, head]``."""

    keys: Tensor
    values: Tensor
    logits: Tensor

    @property
    def length(self) -> int:
        """Tokens that have been read."""
        return self.keys.shape[2]

    @property
    def size(self) -> int:
        """Bytes held."""
        return self.keys.nbytes + self.values.nbytes


class LlamaNetwork:
    """A float32 copy of the weights, laid out for speed; what becomes of the originals does not reach it."""

    def __init__(self, shape: LlamaShape, weights: Mapping[str, Tensor]) -> None:
        self.shape = shape
        self._embedding = weights["model.embed_tokens.weight"].float()
        head = weights.get("lm_head.weight", weights["model.embed_tokens.weight"]).float()
        self._head = _transpose(head * weights["model.norm.weight"].float())
        self._layers = [_lay_out(shape, weights, index) for index in range(shape.layers)]
        steps = torch.arange(0, shape.head, 2, dtype=torch.float32) / shape.head
        angles = torch.outer(torch.arange(shape.context, dtype=torch.float32), shape.theta**-steps)
        self._rotations = torch.polar(torch.ones_like(angles), angles).unsqueeze(1)
        self.vocabulary = self._head.shape[1]
        self.context = shape.context
        self.parameters = sum(each.numel() for each in weights.values())
        self.size = sum(each.nbytes for each in weights.values())

    @torch.inference_mode()
    def read(self, tokens: Sequence[int], after: LlamaMemory | None) -> LlamaMemory:
        """See `Network.read`."""
        past = after.length if after else 0
        count = len(tokens)
        keys, values = _extend(self.shape, after, count)
        mask = torch.full((count, past + count), -torch.inf).triu_(past + 1)
        positions = self._rotations[past : past + count]
        hidden = self._forward(torch.tensor(tokens), positions, keys, values, past, mask)
        return LlamaMemory(keys, values, self._logits(hidden[-1]))

    def open(self, memory: LlamaMemory) -> LlamaSession:
        """See `Network.open`."""
        return LlamaSession(self, memory)

    def _forward(
        self, tokens: Tensor, rotations: Tensor, keys: Tensor, values: Tensor, start: int, mask: Tensor
    ) -> Tensor:
        """Hidden states of ``tokens``, whose keys and values are written from slot ``start`` on."""
        shape = self.shape
        count = len(tokens)
        stop = start + count
        share = shape.heads // shape.groups
        mask = mask.repeat(share, 1)
        rotated = shape.heads + shape.groups
        hidden = self._embedding[tokens]
        for index, layer in enumerate(self._layers):
            mixed = (self._norm(hidden) @ layer.attend).view(count, -1, shape.head)
            pairs = torch.view_as_complex(mixed[:, :rotated].reshape(count, rotated, -1, 2))
            turned = torch.view_as_real(pairs * rotations).view(count, rotated, shape.head)
            keys[index, :, start:stop] = turned[:, shape.heads :].transpose(0, 1)
            values[index, :, start:stop] = mixed[:, rotated:].transpose(0, 1)
            queries = turned[:, : shape.heads].view(count, shape.groups, share, shape.head)
            seen = F.scaled_dot_product_attention(
                queries.permute(1, 2, 0, 3).reshape(1, shape.groups, share * count, shape.head),
                keys[index : index + 1, :, :stop],
                values[index : index + 1, :, :stop],
                attn_mask=mask,
            )
            seen = seen.view(shape.groups, share, count, shape.head).permute(2, 0, 1, 3)
            hidden = hidden + seen.reshape(count, -1) @ layer.merge
            gate, up = (self._norm(hidden) @ layer.expand).chunk(2, dim=-1)
            hidden = hidden + (F.silu(gate) * up) @ layer.reduce
        return hidden

    def _logits(self, hidden: Tensor) -> Tensor:
        return self._norm(hidden) @ self._head

    def _norm(self, hidden: Tensor) -> Tensor:
        return F.rms_norm(hidden, (self.shape.hidden,), None, self.shape.epsilon)


class LlamaSession:
    """Rows as queries over one sequence of slots; ``_seen`` is 0 where a row sees a slot, else -inf."""

    def __init__(self, network: LlamaNetwork, memory: LlamaMemory) -> None:
        self._network = network
        self._position = self._used = memory.length
        self._keys, self._values = _extend(network.shape, memory, ROOM)
        self._seen = torch.zeros(1, memory.length)

    @torch.inference_mode()
    def advance(self, parents: Sequence[int], tokens: Sequence[int]) -> Tensor:
        """See `Session.advance`."""
        rows = len(parents)
        self._make_room(rows)
        own = torch.full((rows, rows), -torch.inf).fill_diagonal_(0.0)
        self._seen = torch.cat((self._seen[list(parents)], own), dim=1)
        rotations = self._network._rotations[self._position]
        hidden = self._network._forward(
            torch.tensor(tokens), rotations, self._keys, self._values, self._used, self._seen
        )
        self._used += rows
        self._position += 1
        return self._network._logits(hidden)

    def _make_room(self, rows: int) -> None:
        if self._used + rows > self._keys.shape[2]:
            more = max(ROOM, rows)
            self._keys = F.pad(self._keys, (0, 0, 0, more))
            self._values = F.pad(self._values, (0, 0, 0, more))


def _extend(shape: LlamaShape, memory: LlamaMemory | None, more: int) -> tuple[Tensor, Tensor]:
    """Keys and values of ``memory`` with ``more`` empty slots behind them, in tensors of their own."""
    if memory is None:
        empty = torch.zeros(shape.layers, shape.groups, more, shape.head)
        return empty, empty.clone()
    return F.pad(memory.keys, (0, 0, 0, more)), F.pad(memory.values, (0, 0, 0, more))


def _lay_out(shape: LlamaShape, weights: Mapping[str, Tensor], index: int) -> _Layer:
    def take(name: str) -> Tensor:
        return weights[f"model.layers.{index}.{name}.weight"].float()

    attend = torch.cat(
        (
            _pair_halves(take("self_attn.q_proj"), shape.head),
            _pair_halves(take("self_attn.k_proj"), shape.head),
            take("self_attn.v_proj"),
        )
    )
    expand = torch.cat((take("mlp.gate_proj"), take("mlp.up_proj")))
    return _Layer(
        attend=_transpose(attend * take("input_layernorm")),
        merge=_transpose(take("self_attn.o_proj")),
        expand=_transpose(expand * take("post_attention_layernorm")),
        reduce=_transpose(take("mlp.down_proj")),
    )


def _pair_halves(weight: Tensor, head: int) -> Tensor:
    """Rows of each head reordered from 0 1 2 3 4 5 to 0 3 1 4 2 5: real beside imaginary part."""
    return weight.view(-1, 2, head // 2, weight.shape[1]).transpose(1, 2).reshape(weight.shape)


def _transpose(weight: Tensor) -> Tensor:
    return weight.t().contiguous()
