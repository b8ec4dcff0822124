"""The size of the models with random weights that tests make: as small as the libraries take them."""

from __future__ import annotations

from typing import Any

TINY: dict[str, Any] = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
}
