"""Any causal language model that transformers loads, as a `Network`.

The rows of a session are a batch over a copied cache. Correct for every architecture with a cache;
`sqloop.generation.inference.llama` is the fast way for the one shape that matters most.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import torch
from peft import PeftModel
from transformers import Cache, DynamicCache, PreTrainedModel
from transformers.cache_utils import DynamicLayer, DynamicSlidingWindowLayer

from sqloop.generation.inference.weights import Array

UNBOUNDED = 1 << 30
"""Context of a model whose configuration names none."""


@dataclass(frozen=True)
class HubMemory:
    """A transformers cache of batch 1."""

    cache: Cache
    length: int
    logits: Array

    @property
    def size(self) -> int:
        """Bytes of keys and values."""
        held = [each for layer in self.cache.layers for each in vars(layer).values()]
        return sum(each.nbytes for each in held if isinstance(each, torch.Tensor))


class HubNetwork:
    """Runs ``model`` as it is; a model that is being trained may be wrapped and stays current."""

    def __init__(self, model: PreTrainedModel | PeftModel) -> None:
        self._model: Any = cast(Any, model)
        config = self._model.config.get_text_config()
        self.vocabulary = int(self._model.get_output_embeddings().weight.shape[0])
        self.context = int(getattr(config, "max_position_embeddings", None) or UNBOUNDED)
        self.parameters = sum(each.numel() for each in model.parameters())
        self.size = sum(each.nbytes for each in model.parameters())

    @torch.inference_mode()
    def read(self, tokens: Sequence[int], after: HubMemory | None) -> HubMemory:
        """See `Network.read`."""
        cache = _fork(after.cache) if after else DynamicCache(config=self._model.config)
        logits = self._forward(torch.tensor([tokens]), cache)
        return HubMemory(cache, (after.length if after else 0) + len(tokens), logits[0])

    def open(self, memory: HubMemory) -> HubSession:
        """See `Network.open`."""
        return HubSession(self, _fork(memory.cache))

    def _forward(self, tokens: torch.Tensor, cache: Cache) -> Array:
        tokens = tokens.to(self._model.device)
        output = self._model(tokens, past_key_values=cache, use_cache=True, logits_to_keep=1)
        logits: Array = output.logits[:, -1].float().cpu().numpy()
        return logits


class HubSession:
    """A batch of rows over one cache."""

    def __init__(self, network: HubNetwork, cache: Cache) -> None:
        self._network = network
        self._cache = cache
        self._rows = 1

    @torch.inference_mode()
    def advance(self, parents: Sequence[int], tokens: Sequence[int]) -> Array:
        """See `Session.advance`."""
        if list(parents) != list(range(self._rows)):
            self._cache.reorder_cache(torch.LongTensor(parents))
            self._rows = len(parents)
        return self._network._forward(torch.tensor(tokens).unsqueeze(1), self._cache)


def _fork(cache: Cache) -> Cache:
    """A cache that grows without touching the original.

    Plain layers replace their tensors as they grow, so that sharing them is enough; others (recurrent
    states) are written in place and need a copy.
    """
    if any(type(layer) not in (DynamicLayer, DynamicSlidingWindowLayer) for layer in cache.layers):
        return copy.deepcopy(cache)
    twin = copy.copy(cache)
    twin.layers = [copy.copy(layer) for layer in cache.layers]
    return twin
