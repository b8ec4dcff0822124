"""Reads weights from safetensors files as float32 arrays; numpy has no bfloat16 of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from safetensors import deserialize

from sqloop.errors import ModelError

Array = NDArray[np.float32]

_NUMBERS = {"F64": np.float64, "F32": np.float32, "F16": np.float16}


def read_weights(path: Path) -> dict[str, Array]:
    """The tensors in one file by name. Raises ModelError for all but floats of 16 bits or more."""
    tensors = cast(Any, deserialize)(path.read_bytes())
    return {name: _widen(path, name, tensor) for name, tensor in tensors}


def _widen(path: Path, name: str, tensor: dict[str, Any]) -> Array:
    kind, data, shape = tensor["dtype"], tensor["data"], tensor["shape"]
    if kind == "BF16":  # the upper half of a float32
        upper = np.frombuffer(data, dtype="<u2").astype(np.uint32)
        return (upper << 16).view(np.float32).reshape(shape)
    if kind not in _NUMBERS:
        raise ModelError(f"{path.name} cannot be read: {name} holds {kind} instead of floats.")
    return np.frombuffer(data, dtype=_NUMBERS[kind]).astype(np.float32).reshape(shape)
