"""A GGUF file of Qwen2 as a transformers model, its quantised weights made whole again in bfloat16.

What is tuned is thus what is served: the adapter learns against the rounding of the file that llama.cpp runs.
Only the shape of Qwen2 is known here. Ten times faster than `transformers`' own reader, which this replaces.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from gguf import GGUFReader, dequantize
from tokenizers import Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE
from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

_LAYER = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
_OUTSIDE = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}
_QWEN_WORDS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_CONTROL = 3
"""The type of a token that marks turns and never is text (GGUF's ``tokenizer.ggml.token_type``)."""


def load_base(path: Path, device: str = "cpu") -> tuple[Qwen2ForCausalLM, PreTrainedTokenizerFast]:
    """The model in evaluation mode and its tokenizer. Raises ValueError where the file is no Qwen2."""
    if device == "cuda":
        # With the mask of shared prompts its backward pass gives NaN (seen on an H100 with torch 2.11).
        torch.backends.cuda.enable_cudnn_sdp(False)
    reader = GGUFReader(path)
    told = {name: field.contents() for name, field in reader.fields.items()}
    if told.get("general.architecture") != "qwen2":
        raise ValueError(f"{path} holds a {told.get('general.architecture')}, not a qwen2.")
    names = {tensor.name for tensor in reader.tensors}
    config = Qwen2Config(
        vocab_size=len(told["tokenizer.ggml.tokens"]),
        hidden_size=told["qwen2.embedding_length"],
        intermediate_size=told["qwen2.feed_forward_length"],
        num_hidden_layers=told["qwen2.block_count"],
        num_attention_heads=told["qwen2.attention.head_count"],
        num_key_value_heads=told["qwen2.attention.head_count_kv"],
        rms_norm_eps=told["qwen2.attention.layer_norm_rms_epsilon"],
        max_position_embeddings=told["qwen2.context_length"],
        tie_word_embeddings="output.weight" not in names,
        bos_token_id=None,
        eos_token_id=told["tokenizer.ggml.eos_token_id"],
    )
    config.rope_parameters = {"rope_type": "default", "rope_theta": told["qwen2.rope.freq_base"]}
    with torch.device("meta"):
        model = Qwen2ForCausalLM(config)
    model.to_empty(device="cpu")
    weights = dict(_weights(reader))
    if config.tie_word_embeddings:
        weights["lm_head.weight"] = weights["model.embed_tokens.weight"]
    model.load_state_dict(weights, strict=True, assign=True)
    model.tie_weights()
    # What `to_empty` left without content is no weight: the frequencies of the positions.
    fresh = type(model.model.rotary_emb)(config)
    model.model.rotary_emb = fresh
    ready: Any = model
    return ready.eval().to(device), _tokenizer(told)


def _weights(reader: GGUFReader) -> Iterator[tuple[str, torch.Tensor]]:
    for tensor in reader.tensors:
        whole = dequantize(tensor.data, tensor.tensor_type)
        yield _name(tensor.name), torch.from_numpy(whole.copy()).to(torch.bfloat16)


def _name(name: str) -> str:
    """
    >>> _name("blk.3.attn_q.bias"), _name("output_norm.weight")
    ('model.layers.3.self_attn.q_proj.bias', 'model.norm.weight')
    """
    parts = name.split(".")
    if parts[0] == "blk":
        return f"model.layers.{parts[1]}.{_LAYER[parts[2]]}.{parts[3]}"
    return f"{_OUTSIDE[parts[0]]}.{parts[1]}"


def _tokenizer(told: dict[str, Any]) -> PreTrainedTokenizerFast:
    words: list[str] = told["tokenizer.ggml.tokens"]
    types: list[int] = told["tokenizer.ggml.token_type"]
    merges = [tuple(merge.split(" ", 1)) for merge in told["tokenizer.ggml.merges"]]
    tokenizer = Tokenizer(BPE({word: i for i, word in enumerate(words)}, merges))
    from tokenizers import Regex

    split = pre_tokenizers.Split(Regex(_QWEN_WORDS), behavior="isolated")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([word for word, kind in zip(words, types, strict=True) if kind == _CONTROL])
    make: Any = PreTrainedTokenizerFast
    fast: PreTrainedTokenizerFast = make(
        tokenizer_object=tokenizer,
        eos_token=words[told["tokenizer.ggml.eos_token_id"]],
        pad_token="<|endoftext|>",
        chat_template=told["tokenizer.chat_template"],
    )
    return fast
