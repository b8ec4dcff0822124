"""Loads a GGUF file, with a LoRA adapter as PEFT saves it, for `sqloop.generation.inference.gguf`."""

from __future__ import annotations

import hashlib
import os
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from sqloop.errors import ModelError
from sqloop.generation.inference.gguf import CELLS, GgufNetwork
from sqloop.generation.inference.gguf_tokens import GgufTokens, read_frame
from sqloop.generation.inference.lora import is_plain, read_scale
from sqloop.generation.inference.model import LanguageModel
from sqloop.generation.inference.stored_prefixes import StoredPrefixes
from sqloop.generation.inference.weights import read_weights
from sqloop.generation.model_folder import identify_file, read_json

STRIDE = 128
"""Tokens that are read between two looks at the cancellation: half a second of a small model on two cores."""

_PARTS = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}


def load_gguf(path: Path, adapter: Path | None, prompts: Path | None = None) -> LanguageModel:
    """The model in the file, tuned; what it reads of schemas is kept below ``prompts``. Raises ModelError."""
    network = GgufNetwork(path, _threads())
    tune_gguf(network, adapter)
    tokens = GgufTokens(network.vocab, network.vocabulary)
    model = LanguageModel(network, tokens, read_frame(network.model), kept=CELLS // 2, stride=STRIDE)
    if prompts is not None:
        model.store = StoredPrefixes(network, prompts, _identify(path, adapter))
    return model


def tune_gguf(network: GgufNetwork, adapter: Path | None) -> None:
    """Serve the network with the adapter in that folder, or bare. Raises ModelError."""
    if adapter is None:
        network.tune(None)
        return
    with tempfile.TemporaryDirectory(prefix="sqloop-lora-") as folder:
        converted = Path(folder) / "adapter.gguf"
        try:
            write_gguf_adapter(adapter, converted)
        except ModelError:
            raise
        except Exception as error:  # Files may be broken in any way; the libraries raise all kinds.
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise ModelError(f"The adapter {adapter.name} cannot be read: {reason}") from error
        network.tune(converted)


def _identify(path: Path, adapter: Path | None) -> str:
    """Tells the model, the adapter and the release of llama.cpp that wrote the keys and values."""
    weights = adapter / "adapter_model.safetensors" if adapter is not None else None
    tuned = hashlib.sha256(weights.read_bytes()).hexdigest() if weights is not None else "bare"
    return f"{identify_file(path)} {tuned} {version('xllamacpp')}"


def write_gguf_adapter(adapter: Path, target: Path) -> None:
    """Write the LoRA in ``adapter`` as llama.cpp reads it: Qwen2 and others that keep their heads in order.

    Raises ModelError where it is no plain LoRA on linear layers, or of an architecture that reorders heads.
    """
    import gguf

    if not is_plain(adapter):
        raise ModelError(f"The adapter {adapter.name} is no plain LoRA: llama.cpp cannot run it.")
    config = read_json(adapter / "adapter_config.json")
    writer = gguf.GGUFWriter(target, "qwen2")
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", read_scale(config) * float(config["r"]))
    for name, weight in read_weights(adapter / "adapter_model.safetensors").items():
        half = weight.astype(np.float16)
        if not np.isfinite(half).all():
            raise ModelError(f"The adapter {adapter.name} is damaged: {name} is not finite.")
        writer.add_tensor(_name(name, adapter), half)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _name(name: str, adapter: Path) -> str:
    """What llama.cpp calls a matrix of the adapter.

    >>> _name("base_model.model.model.layers.3.self_attn.q_proj.lora_A.weight", Path())
    'blk.3.attn_q.weight.lora_a'
    """
    parts = name.removeprefix("base_model.model.model.layers.").removesuffix(".weight").split(".")
    part = _PARTS.get(".".join(parts[1:-1]))
    if part is None or parts[-1] not in ("lora_A", "lora_B"):
        raise ModelError(f"The adapter {adapter.name} tunes {name}, which llama.cpp does not know.")
    return f"blk.{parts[0]}.{part}.weight.{parts[-1].lower()}"


def _threads() -> int:
    """All cores but one where there are more than two: llama.cpp's threads wait for each other, spinning."""
    given: Any = os.environ.get("OMP_NUM_THREADS")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return int(given) if given and given.isdigit() else max(1, cores if cores <= 2 else cores - 1)
