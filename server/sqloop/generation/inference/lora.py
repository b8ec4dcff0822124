"""Merges a plain LoRA adapter, as PEFT saves it, into weights: no peft, whose import takes seconds.

Covers LoRA on linear layers with one rank for all; `is_plain` says whether an adapter is such. Others
(DoRA, trained embeddings, ranks by layer) go through peft itself, in
`sqloop.generation.inference.hub_loading`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from sqloop.errors import ModelError
from sqloop.generation.inference.weights import Array, read_weights
from sqloop.generation.model_folder import read_json

_UNUSUAL = ("use_dora", "modules_to_save", "rank_pattern", "alpha_pattern", "fan_in_fan_out", "lora_bias")
_PREFIX, _DOWN, _UP = "base_model.model.", ".lora_A.weight", ".lora_B.weight"


def is_plain(adapter: Path) -> bool:
    """Whether `merge_lora` covers the adapter in that folder."""
    config = read_json(adapter / "adapter_config.json")
    usual = config.get("peft_type") == "LORA" and config.get("bias", "none") == "none"
    weights = adapter / "adapter_model.safetensors"
    return usual and weights.is_file() and not any(config.get(each) for each in _UNUSUAL)


def merge_lora(weights: Mapping[str, Array], adapter: Path) -> dict[str, Array]:
    """``W + B A alpha / r`` for every tuned matrix (arXiv 2106.09685, section 4.1), in float32.

    Raises ModelError where the adapter was made for another model or holds no numbers.
    """
    scale = read_scale(read_json(adapter / "adapter_config.json"))
    tuning = read_weights(adapter / "adapter_model.safetensors")
    merged = dict(weights)
    for name, down in tuning.items():
        if not name.endswith(_DOWN):
            continue
        target = name.removeprefix(_PREFIX).removesuffix(_DOWN) + ".weight"
        up = tuning[name.removesuffix(_DOWN) + _UP]
        base = weights.get(target)
        if base is None or base.shape != (up.shape[0], down.shape[1]):
            raise ModelError(f"The adapter {adapter.name} was made for another model: {target} does not fit.")
        merged[target] = base + np.float32(scale) * (up @ down)
        if not np.isfinite(merged[target]).all():
            raise ModelError(f"The adapter {adapter.name} is damaged: {target} is not finite.")
    return merged


def read_scale(config: Mapping[str, Any]) -> float:
    """What the product of the two matrices is multiplied by, from ``adapter_config.json``."""
    rank = float(config["r"])
    return float(config["lora_alpha"]) / (rank**0.5 if config.get("use_rslora") else rank)
