"""A GGUF file of Qwen2's shape with random weights, half a megabyte: llama.cpp runs it as it runs a real one.

Its tokens are the 256 bytes, a few pairs of them and Qwen's marks. All weights are exact in bfloat16, so that
what the trainer reads of the file is what llama.cpp reads.
"""

from __future__ import annotations

import json
from itertools import chain
from pathlib import Path

import numpy as np
from gguf import GGUFWriter, TokenType
from tokenizers import pre_tokenizers

from sqloop.generation.inference.weights import Array

HIDDEN, INNER, LAYERS, HEADS, GROUPS, CONTEXT = 64, 128, 2, 4, 2, 2048
MARKS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
MERGES = ("S E", "L E", "SE LE", "C T", "SELE CT", "Ġ t", "i n", "Ã ¼")
TEMPLATE = (
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content']"
    " + '<|im_end|>' + '\n'}}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
TARGETS = {
    "self_attn.q_proj": (HIDDEN, HIDDEN),
    "self_attn.k_proj": (HIDDEN // HEADS * GROUPS, HIDDEN),
    "self_attn.v_proj": (HIDDEN // HEADS * GROUPS, HIDDEN),
    "self_attn.o_proj": (HIDDEN, HIDDEN),
    "mlp.gate_proj": (INNER, HIDDEN),
    "mlp.up_proj": (INNER, HIDDEN),
    "mlp.down_proj": (HIDDEN, INNER),
}
"""What an adapter tunes, with the shape of each matrix."""


def write_tiny_gguf(path: Path, seed: int = 0) -> Path:
    """Write the model; its marks are the last three tokens."""
    random = np.random.default_rng(seed)
    tokens = [
        *sorted(pre_tokenizers.ByteLevel.alphabet()),
        *(each.replace(" ", "") for each in MERGES),
        *MARKS,
    ]
    writer = GGUFWriter(path, "qwen2")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(HIDDEN)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(GROUPS)
    writer.add_rope_freq_base(10_000.0)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(tokens)
    kinds = [TokenType.NORMAL] * (len(tokens) - len(MARKS)) + [TokenType.CONTROL] * len(MARKS)
    writer.add_token_types(kinds)
    writer.add_token_merges(list(MERGES))
    writer.add_eos_token_id(tokens.index("<|im_end|>"))
    writer.add_pad_token_id(tokens.index("<|endoftext|>"))
    writer.add_add_bos_token(False)
    writer.add_chat_template(TEMPLATE)
    writer.add_tensor("token_embd.weight", _matrix(random, len(tokens), HIDDEN, scale=0.4))
    writer.add_tensor("output_norm.weight", np.ones(HIDDEN, np.float32))
    for layer in range(LAYERS):
        for name, weight in _layer(random):
            writer.add_tensor(f"blk.{layer}.{name}", weight)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def write_tiny_adapter(folder: Path, seed: int = 1, rank: int = 4, width: int | None = None) -> Path:
    """Write a LoRA for it as PEFT saves one; with another ``width`` it fits a model of another shape."""
    from safetensors.numpy import save_file

    random = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    weights: dict[str, Array] = {}
    for layer, (name, (out, into)) in ((layer, each) for layer in range(LAYERS) for each in TARGETS.items()):
        place = f"base_model.model.model.layers.{layer}.{name}"
        weights[f"{place}.lora_A.weight"] = _matrix(random, rank, width or into, scale=0.3)
        weights[f"{place}.lora_B.weight"] = _matrix(random, out, rank, scale=0.3)
    save_file(weights, folder / "adapter_model.safetensors")
    config = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "r": rank,
        "lora_alpha": 2 * rank,
        "lora_dropout": 0.0,
        "bias": "none",
        "target_modules": [each.rpartition(".")[2] for each in TARGETS],
    }
    (folder / "adapter_config.json").write_text(json.dumps(config))
    return folder


def _layer(random: np.random.Generator) -> chain[tuple[str, Array]]:
    parts = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")
    shapes = dict(zip(parts, TARGETS.values(), strict=True))
    return chain(
        ((f"{name}.weight", np.ones(HIDDEN, np.float32)) for name in ("attn_norm", "ffn_norm")),
        ((f"{name}.weight", _matrix(random, *shape, scale=0.2)) for name, shape in shapes.items()),
        ((f"{name}.bias", _matrix(random, 1, shapes[name][0], scale=0.2)[0]) for name in parts[:3]),
    )


def _matrix(random: np.random.Generator, out: int, into: int, scale: float) -> Array:
    """``[out, into]``, rounded to what bfloat16 holds."""
    drawn = random.normal(0, scale, (out, into)).astype(np.float32)
    rounded: Array = (drawn.view(np.uint32) & np.uint32(0xFFFF0000)).view(np.float32)
    return rounded
