"""Draws from many prompts at once: a prompt is read once, its KV cache serves its k completions.

A step of decoding is one graph of fixed shapes (on CUDA it is recorded once and replayed), in which a
completion looks at the cache of its prompt and at its own: that a schema of 1,500 tokens is read once for
eight completions is what makes a step cheap (Hydragen, arXiv 2402.05099). What prompts begin with alike is
read once for all of them. On a CPU, where arithmetic is what a step costs, completions that have ended are
left out of it. The adapter is merged into a copy of the weights.

Only the shape of Qwen2 is known here, as in `base_model`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import embedding, linear, silu
from transformers import DynamicCache

from sqloop.database.outcome import Outcome

LOOKS = 8
"""Steps between two looks at whether every completion has ended."""


@dataclass
class Drawn:
    """Tokens without the end, their log-probability at temperature 1, and whether an end came."""

    tokens: list[int] = field(default_factory=list)
    logprob: float = 0.0
    ended: bool = False


def read_drawn(drawn: Drawn, tokenizer: Any, read: Callable[[str], str]) -> str | Outcome:
    """The query as ``read`` has it, such as `AskedTask.read`, or why there is none."""
    if not drawn.ended:
        return Outcome("error", error="it did not end")
    try:
        return read(tokenizer.decode(drawn.tokens))
    except ValueError as error:
        return Outcome("error", error=str(error))


@dataclass(frozen=True)
class Room:
    """The shapes that are set aside: prompts of up to ``width`` tokens, ``k`` completions of ``longest``."""

    prompts: int
    width: int
    k: int
    longest: int = 160


@dataclass
class _Layer:
    """Weights of one layer in the type of the base; ``qkv`` and ``gate_up`` stand one above the other."""

    qkv: Tensor
    qkv_bias: Tensor
    out: Tensor
    gate_up: Tensor
    down: Tensor
    before: Tensor
    behind: Tensor


class Sampler:
    """Draws from ``model``, a Qwen2 with or without an adapter; a token of ``ends`` ends a completion."""

    @torch.no_grad()
    def __init__(self, model: Any, ends: Sequence[int], room: Room) -> None:
        self._model = model
        self._base = model.get_base_model() if hasattr(model, "get_base_model") else model
        config = self._base.config
        self._heads, self._kv = config.num_attention_heads, config.num_key_value_heads
        self._size = config.hidden_size // self._heads
        self._eps = config.rms_norm_eps
        self.room = room
        weight = self._base.model.embed_tokens.weight
        device, kind = weight.device, weight.dtype
        self._layers = [_copy_layer(layer) for layer in self._base.model.layers]
        shape = (config.num_hidden_layers, room.prompts, self._kv)
        self._keys = torch.zeros((*shape, room.width, self._size), dtype=kind, device=device)
        self._values = torch.zeros_like(self._keys)
        self._own_keys = torch.zeros((*shape, room.k, room.longest, self._size), dtype=kind, device=device)
        self._own_values = torch.zeros_like(self._own_keys)
        rows = room.prompts * room.k
        self._seen = torch.zeros((room.prompts, 1, 1, room.width), dtype=torch.float32, device=device)
        self._lengths = torch.zeros(rows, dtype=torch.long, device=device)
        self._place = torch.zeros(1, dtype=torch.long, device=device)
        self._logits = torch.zeros((rows, config.vocab_size), dtype=torch.float32, device=device)
        self._ended = torch.zeros(rows, dtype=torch.bool, device=device)
        self._greedy = torch.zeros(rows, dtype=torch.bool, device=device)
        self._heat = torch.ones(1, dtype=torch.float32, device=device)
        self._tokens = torch.zeros((rows, room.longest), dtype=torch.long, device=device)
        self._logprobs = torch.zeros((rows, room.longest), dtype=torch.float32, device=device)
        self._ends = torch.tensor(list(ends), device=device)
        self._live: Tensor | None = None
        """Rows that are computed; None for all of them, in fixed shapes."""
        self._step: Callable[[], None] = self._decode
        self._recorded = False

    @torch.no_grad()
    def refresh(self) -> None:
        """Take the adapter as it now is."""
        for kept, layer in zip(self._layers, self._base.model.layers, strict=True):
            attention, mlp = layer.self_attn, layer.mlp
            kept.qkv.copy_(torch.cat([_merged(each) for each in _projections(attention)]))
            kept.out.copy_(_merged(attention.o_proj))
            kept.gate_up.copy_(torch.cat([_merged(mlp.gate_proj), _merged(mlp.up_proj)]))
            kept.down.copy_(_merged(mlp.down_proj))

    @torch.inference_mode()
    def draw(
        self, prompts: Sequence[Sequence[int]], *, temperature: float = 1.0, greedy_first: bool = True
    ) -> list[list[Drawn]]:
        """``k`` completions of each prompt, in their order; the first is greedy if ``greedy_first``.

        Raises ValueError where a prompt is longer than there is room for.
        """
        self.refresh()
        found: list[list[Drawn]] = []
        for start in range(0, len(prompts), self.room.prompts):
            some = list(prompts[start : start + self.room.prompts])
            padded = some + [some[0]] * (self.room.prompts - len(some))
            found += self._draw(padded, temperature, greedy_first)[: len(some)]
        return found

    def _draw(
        self, prompts: Sequence[Sequence[int]], temperature: float, greedy_first: bool
    ) -> list[list[Drawn]]:
        room = self.room
        self._read(prompts)
        self._heat.fill_(temperature)
        self._greedy.fill_(False)
        if greedy_first:
            self._greedy[:: room.k] = True
        self._ended.fill_(False)
        self._place.fill_(0)
        self._logprobs.fill_(0)
        self._live = None
        if not self._recorded:
            self._record()
        done = 0
        while done < room.longest:
            for _ in range(min(LOOKS, room.longest - done)):
                self._step()
                done += 1
            if bool(self._ended.all()):
                break
            if self._ended.device.type != "cuda":
                self._live = (~self._ended).nonzero()[:, 0]
        return self._collect(done)

    def _read(self, prompts: Sequence[Sequence[int]]) -> None:
        """Prefill, a few prompts at a time: right of a prompt stands padding, at which nobody looks."""
        longest = max(map(len, prompts))
        if longest > self.room.width:
            raise ValueError(f"a prompt of {longest} tokens, room for {self.room.width}")
        device = self._lengths.device
        shared = shared_length(prompts)
        begun = self._prefill([list(prompts[0][:shared])], None).past_key_values if shared else None
        for start in range(0, len(prompts), 8):
            some = prompts[start : start + 8]
            width = max(map(len, some))
            output = self._prefill([[*each[shared:], *[0] * (width - len(each))] for each in some], begun)
            last = torch.tensor([len(each) - shared - 1 for each in some], device=device)
            hidden = output.last_hidden_state[torch.arange(len(some), device=device), last]
            logits = linear(hidden.to(self._base.lm_head.weight.dtype), self._base.lm_head.weight)
            here = slice(start, start + len(some))
            for number, layer in enumerate(output.past_key_values.layers):
                self._keys[number, here, :, :width] = layer.keys.to(self._keys.dtype)
                self._values[number, here, :, :width] = layer.values.to(self._values.dtype)
            rows = slice(start * self.room.k, (start + len(some)) * self.room.k)
            self._logits[rows] = logits.repeat_interleave(self.room.k, 0)
        lengths = torch.tensor(list(map(len, prompts)), device=device)
        self._lengths.copy_(lengths.repeat_interleave(self.room.k))
        hidden_places = torch.arange(self.room.width, device=device)[None] >= lengths[:, None]
        self._seen.copy_(hidden_places[:, None, None].float() * torch.finfo(torch.float32).min)

    def _prefill(self, tokens: Sequence[Sequence[int]], begun: Any) -> Any:
        """Read rows of one length, behind what was ``begun`` for all of them."""
        cache = DynamicCache(config=self._base.config)
        for number, layer in enumerate(begun.layers if begun is not None else ()):
            expanded = (each.expand(len(tokens), -1, -1, -1) for each in (layer.keys, layer.values))
            cache.update(*expanded, number)
        device = self._lengths.device
        rounded = self._keys.dtype == torch.bfloat16
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=rounded):
            return self._base.model(
                input_ids=torch.tensor(tokens, device=device), past_key_values=cache, use_cache=True
            )

    def _record(self) -> None:
        """On CUDA, one step as a graph."""
        self._recorded = True
        if self._lengths.device.type != "cuda":
            return
        kept = [each.clone() for each in (self._logits, self._ended, self._place)]
        stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(2):
                self._decode()
        torch.cuda.current_stream().wait_stream(stream)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self._decode()
        for place, value in zip((self._logits, self._ended, self._place), kept, strict=True):
            place.copy_(value)
        self._step = graph.replay

    def _decode(self) -> None:
        """Choose a token for every completion by its logits, and find the logits of the next."""
        live = self._live
        chosen = self._choose(live)
        base, room = self._base, self.room
        x = embedding(chosen, base.model.embed_tokens.weight)
        position = ((self._lengths if live is None else self._lengths[live]) + self._place)[:, None]
        cos, sin = (each[:, 0, None] for each in base.model.rotary_emb(x[:, None], position))
        later = torch.arange(room.longest, device=x.device) > self._place
        unseen = later.float() * torch.finfo(torch.float32).min
        for number, layer in enumerate(self._layers):
            projected = linear(_norm(x, layer.before, self._eps), layer.qkv, layer.qkv_bias)
            attended = self._attend(number, projected, cos, sin, unseen)
            x = x + linear(attended, layer.out)
            gate, up = linear(_norm(x, layer.behind, self._eps), layer.gate_up).chunk(2, -1)
            x = x + linear(silu(gate) * up, layer.down)
        logits = linear(_norm(x, base.model.norm.weight, self._eps), base.lm_head.weight)
        if live is None:
            self._logits.copy_(logits)
        else:
            self._logits[live] = logits.float()
        self._place.add_(1)

    def _choose(self, live: Tensor | None) -> Tensor:
        """A token for each row that is computed."""
        every = slice(None) if live is None else live
        logits, greedy, ended = self._logits[every], self._greedy[every], self._ended[every]
        logprobs = logits.log_softmax(-1)
        # Inverse of the cumulative distribution: one random number a row, not one a word.
        below = (logits / self._heat).softmax(-1).cumsum(-1)
        height = torch.rand_like(below[:, -1:]) * below[:, -1:]
        drawn = torch.searchsorted(below, height, right=True)[:, 0].clamp_(max=below.shape[-1] - 1)
        chosen = torch.where(greedy, logits.argmax(-1), drawn)
        chosen = torch.where(ended, self._ends[0], chosen)
        own = logprobs.gather(1, chosen[:, None]).masked_fill(ended[:, None], 0.0)
        ended = ended | torch.isin(chosen, self._ends)
        if live is None:
            self._tokens.index_copy_(1, self._place, chosen[:, None])
            self._logprobs.index_copy_(1, self._place, own)
            self._ended.copy_(ended)
        else:
            self._tokens[live, self._place] = chosen
            self._logprobs[live, self._place] = own[:, 0]
            self._ended[live] = ended
        return chosen

    def _attend(self, number: int, projected: Tensor, cos: Tensor, sin: Tensor, unseen: Tensor) -> Tensor:
        """Attention of each completion's token to its prompt and its own tokens: ``[rows, hidden]``.

        Rows that are not computed are there, with nothing in them: a prompt has its k completions.
        """
        room, live = self.room, self._live
        heads, size = self._heads, self._size
        projected = projected.view(len(projected), -1, size)
        queries, keys, values = (
            projected[:, :heads],
            projected[:, heads : -self._kv],
            projected[:, -self._kv :],
        )
        queries, keys = (each * cos + _rotate(each) * sin for each in (queries, keys))
        queries, keys, values = (self._spread(each, live) for each in (queries, keys, values))
        own_keys, own_values = self._own_keys[number], self._own_values[number]
        for kept, new in ((own_keys, keys), (own_values, values)):
            each = new.reshape(room.prompts, room.k, self._kv, 1, size).transpose(1, 2)
            kept.index_copy_(3, self._place, each)
        each_kv = heads // self._kv
        queries = queries.view(room.prompts, room.k, self._kv, each_kv, size).transpose(1, 2) * size**-0.5
        together = queries.reshape(room.prompts, self._kv, room.k * each_kv, size)
        of_prompt = (together @ self._keys[number].transpose(-1, -2)).float() + self._seen
        of_own = (queries @ own_keys.transpose(-1, -2)).float() + unseen
        split = (room.prompts, self._kv, room.k, each_kv, room.width)
        weights = torch.cat([of_prompt.view(split), of_own], -1).softmax(-1).to(projected.dtype)
        shared = weights[..., : room.width].reshape((*together.shape[:-1], room.width)) @ self._values[number]
        mixed = shared.view(queries.shape) + weights[..., room.width :] @ own_values
        attended = mixed.transpose(1, 2).reshape(-1, heads * size)
        return attended if live is None else attended[live]

    def _spread(self, x: Tensor, live: Tensor | None) -> Tensor:
        """The rows that are computed at their places among all rows."""
        if live is None:
            return x
        return x.new_zeros((len(self._lengths), *x.shape[1:])).index_copy_(0, live, x)

    def _collect(self, done: int) -> list[list[Drawn]]:
        tokens, ended = self._tokens[:, :done].tolist(), self._ended.tolist()
        logprobs = self._logprobs[:, :done].sum(1).tolist()
        ends, found = set(self._ends.tolist()), []
        for row, logprob, end in zip(tokens, logprobs, ended, strict=True):
            length = next((place for place, token in enumerate(row) if token in ends), len(row))
            found.append(Drawn(row[:length], logprob, end))
        return [found[start : start + self.room.k] for start in range(0, len(found), self.room.k)]


def shared_length(prompts: Sequence[Sequence[int]]) -> int:
    """How many tokens all prompts begin with; one less than the shortest has, at most."""
    together = zip(*prompts, strict=False)
    same = next((n for n, tokens in enumerate(together) if len(set(tokens)) > 1), min(map(len, prompts)))
    return min(same, min(map(len, prompts)) - 1)


def _copy_layer(layer: Any) -> _Layer:
    attention, mlp = layer.self_attn, layer.mlp
    return _Layer(
        torch.cat([_merged(each) for each in _projections(attention)]),
        torch.cat([each.bias for each in _projections(attention)]),
        _merged(attention.o_proj).clone(),
        torch.cat([_merged(mlp.gate_proj), _merged(mlp.up_proj)]),
        _merged(mlp.down_proj).clone(),
        layer.input_layernorm.weight,
        layer.post_attention_layernorm.weight,
    )


def _projections(attention: Any) -> list[Any]:
    return [attention.q_proj, attention.k_proj, attention.v_proj]


def _merged(module: Any) -> Tensor:
    """The weight with its adapter, ``[out, in]`` in the type of the base."""
    base = module.base_layer if hasattr(module, "base_layer") else module
    weight: Tensor = base.weight
    if base is module:
        return weight
    delta: Tensor = module.get_delta_weight("default")
    return (weight.float() + delta.float()).to(weight.dtype)


def _norm(x: Tensor, weight: Tensor, eps: float) -> Tensor:
    wide = x.float()
    return weight * (wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + eps)).to(x.dtype)


def _rotate(x: Tensor) -> Tensor:
    first, second = x.chunk(2, -1)
    return torch.cat((-second, first), -1)
