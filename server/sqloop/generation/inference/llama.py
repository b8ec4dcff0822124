"""Llama-shaped models on the CPU in numpy: it loads in a tenth of the time of torch and runs as fast.

A model of a few million parameters spends its time on overhead and on reading memory. So here:
- rows of a session are not a batch but further queries of one sequence. The keys of the prompt are read
  once for all rows; a mask says which of the generated tokens each row descends from, so that forking,
  dropping and reordering rows (sampling, beams) moves no cache at all;
- weights lie as ``[in, out]``, query, key and value as one matrix, gate and up as one, and the scales of the
  norms are multiplied into the matrices behind them;
- the halves that rotary embedding pairs lie side by side, so that it is one complex product.
Same numbers as transformers up to rounding (a test holds it to that).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sqloop.generation.inference.weights import Array

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

    attend: Array
    merge: Array
    expand: Array
    reduce: Array


@dataclass(frozen=True)
class LlamaMemory:
    """``keys`` and ``values``: ``[layers, groups, length, head]``."""

    keys: Array
    values: Array
    logits: Array

    @property
    def length(self) -> int:
        """Tokens that have been read."""
        return int(self.keys.shape[2])

    @property
    def size(self) -> int:
        """Bytes held."""
        return self.keys.nbytes + self.values.nbytes


class LlamaNetwork:
    """A copy of the weights, laid out for speed; what becomes of the originals does not reach it."""

    def __init__(self, shape: LlamaShape, weights: Mapping[str, Array]) -> None:
        self.shape = shape
        self._embedding = weights["model.embed_tokens.weight"].copy()
        head = weights.get("lm_head.weight", self._embedding)
        self._head = _transpose(head * weights["model.norm.weight"])
        self._layers = [_lay_out(shape, weights, index) for index in range(shape.layers)]
        rates = shape.theta ** -(np.arange(0, shape.head, 2, dtype=np.float32) / np.float32(shape.head))
        angles = np.outer(np.arange(shape.context, dtype=np.float32), rates.astype(np.float32))
        self._rotations = np.exp(1j * angles).astype(np.complex64)[:, np.newaxis]
        self.vocabulary = self._head.shape[1]
        self.context = shape.context
        self.parameters = sum(each.size for each in weights.values())
        self.size = sum(each.nbytes for each in weights.values())

    def read(self, tokens: Sequence[int], after: LlamaMemory | None) -> LlamaMemory:
        """See `Network.read`."""
        past = after.length if after else 0
        count = len(tokens)
        keys, values = _extend(self.shape, after, count)
        mask = np.triu(np.full((count, past + count), -np.inf, dtype=np.float32), past + 1)
        positions = self._rotations[past : past + count]
        hidden = self._forward(tokens, positions, keys, values, past, mask)
        return LlamaMemory(keys, values, self._logits(hidden[-1:])[0])

    def open(self, memory: LlamaMemory) -> LlamaSession:
        """See `Network.open`."""
        return LlamaSession(self, memory)

    def _forward(
        self,
        tokens: Sequence[int],
        rotations: NDArray[np.complex64],
        keys: Array,
        values: Array,
        start: int,
        mask: Array,
    ) -> Array:
        """Hidden states of ``tokens``, whose keys and values are written from slot ``start`` on."""
        shape = self.shape
        count = len(tokens)
        stop = start + count
        share = shape.heads // shape.groups
        mask = np.tile(mask, (share, 1))
        rotated = shape.heads + shape.groups
        hidden: Array = self._embedding[np.asarray(tokens)]
        for index, layer in enumerate(self._layers):
            mixed = (self._norm(hidden) @ layer.attend).reshape(count, -1, shape.head)
            pairs = np.ascontiguousarray(mixed[:, :rotated]).view(np.complex64)
            turned = (pairs * rotations).view(np.float32)
            keys[index, :, start:stop] = turned[:, shape.heads :].swapaxes(0, 1)
            values[index, :, start:stop] = mixed[:, rotated:].swapaxes(0, 1)
            queries = turned[:, : shape.heads].reshape(count, shape.groups, share, shape.head)
            seen = _attend(
                queries.transpose(1, 2, 0, 3).reshape(shape.groups, share * count, shape.head),
                keys[index, :, :stop],
                values[index, :, :stop],
                mask,
            )
            seen = seen.reshape(shape.groups, share, count, shape.head).transpose(2, 0, 1, 3)
            hidden += seen.reshape(count, -1) @ layer.merge
            mixed = self._norm(hidden) @ layer.expand
            wide = layer.reduce.shape[0]
            hidden += (_silu(mixed[:, :wide]) * mixed[:, wide:]) @ layer.reduce
        return hidden

    def _logits(self, hidden: Array) -> Array:
        logits: Array = self._norm(hidden) @ self._head
        return logits

    def _norm(self, hidden: Array) -> Array:
        """Each row by its root mean square (arXiv 1910.07467); the scale is in the matrix behind it."""
        square = np.einsum("ij,ij->i", hidden, hidden) / np.float32(self.shape.hidden)
        normed: Array = hidden * (1 / np.sqrt(square + np.float32(self.shape.epsilon)))[:, np.newaxis]
        return normed


class LlamaSession:
    """Rows as queries over one sequence of slots; ``_seen`` is 0 where a row sees a slot, else -inf."""

    def __init__(self, network: LlamaNetwork, memory: LlamaMemory) -> None:
        self._network = network
        self._position = self._used = memory.length
        self._keys, self._values = _extend(network.shape, memory, ROOM)
        self._seen = np.zeros((1, memory.length), dtype=np.float32)

    def advance(self, parents: Sequence[int], tokens: Sequence[int]) -> Array:
        """See `Session.advance`."""
        rows = len(parents)
        self._make_room(rows)
        own = np.full((rows, rows), -np.inf, dtype=np.float32)
        np.fill_diagonal(own, 0.0)
        self._seen = np.concatenate((self._seen[list(parents)], own), axis=1)
        rotations = self._network._rotations[self._position]
        hidden = self._network._forward(tokens, rotations, self._keys, self._values, self._used, self._seen)
        self._used += rows
        self._position += 1
        return self._network._logits(hidden)

    def _make_room(self, rows: int) -> None:
        if self._used + rows > self._keys.shape[2]:
            self._keys, self._values = (_pad(each, max(ROOM, rows)) for each in (self._keys, self._values))


def _extend(shape: LlamaShape, memory: LlamaMemory | None, more: int) -> tuple[Array, Array]:
    """Keys and values of ``memory`` with ``more`` empty slots behind them, in arrays of their own."""
    if memory is None:
        empty = np.zeros((shape.layers, shape.groups, more, shape.head), dtype=np.float32)
        return empty, empty.copy()
    return _pad(memory.keys, more), _pad(memory.values, more)


def _pad(slots: Array, more: int) -> Array:
    layers, groups, length, head = slots.shape
    padded = np.zeros((layers, groups, length + more, head), dtype=np.float32)
    padded[:, :, :length] = slots
    return padded


def _attend(queries: Array, keys: Array, values: Array, mask: Array) -> Array:
    """Attention (arXiv 1706.03762), ``[groups, rows, head]``; each row sees one slot at least."""
    scores: Array = queries @ keys.swapaxes(1, 2)
    scores *= np.float32(queries.shape[-1] ** -0.5)
    scores += mask
    scores -= scores.max(axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    seen: Array = (scores @ values) / scores.sum(axis=-1, keepdims=True)
    return seen


def _silu(gate: Array) -> Array:
    """``x * sigmoid(x)``, written so that nothing overflows."""
    half: Array = gate * np.float32(0.5)
    half += half * np.tanh(half)
    return half


def _lay_out(shape: LlamaShape, weights: Mapping[str, Array], index: int) -> _Layer:
    def take(name: str) -> Array:
        return weights[f"model.layers.{index}.{name}.weight"]

    attend = np.concatenate(
        (
            _pair_halves(take("self_attn.q_proj"), shape.head),
            _pair_halves(take("self_attn.k_proj"), shape.head),
            take("self_attn.v_proj"),
        )
    )
    expand = np.concatenate((take("mlp.gate_proj"), take("mlp.up_proj")))
    return _Layer(
        attend=_transpose(attend * take("input_layernorm")),
        merge=_transpose(take("self_attn.o_proj")),
        expand=_transpose(expand * take("post_attention_layernorm")),
        reduce=_transpose(take("mlp.down_proj")),
    )


def _pair_halves(weight: Array, head: int) -> Array:
    """Rows of each head reordered from 0 1 2 3 4 5 to 0 3 1 4 2 5: real beside imaginary part."""
    return weight.reshape(-1, 2, head // 2, weight.shape[1]).swapaxes(1, 2).reshape(weight.shape)


def _transpose(weight: Array) -> Array:
    """A copy, even where the transposed one is contiguous already."""
    return weight.T.copy(order="C")
