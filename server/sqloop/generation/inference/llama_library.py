"""The C interface of llama.cpp, out of the wheel `xllamacpp`, which needs no compiler (ctypes).

Only what `sqloop.generation.inference.gguf` calls, laid out as ``llama.h`` of the pinned release has it.
Structures go by value, so another layout would read garbage: `open_library` compares the defaults that the
library fills in with those of that release, and refuses what differs. Why this binding: docs/experiments.md.
"""

from __future__ import annotations

import ctypes
from ctypes import POINTER, c_bool, c_char_p, c_float, c_int8, c_int32, c_size_t, c_uint32, c_uint64, c_void_p
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqloop.errors import ModelError

F16 = 1
"""ggml's number of the type that keys and values are kept in."""


class ModelParams(ctypes.Structure):
    """``llama_model_params``."""

    _fields_ = (
        ("devices", c_void_p),
        ("buffer_overrides", c_void_p),
        ("n_gpu_layers", c_int32),
        ("split_mode", c_int32),
        ("load_mode", c_int32),
        ("lazy_mode", c_int32),
        ("main_gpu", c_int32),
        ("tensor_split", c_void_p),
        ("progress", c_void_p),
        ("progress_data", c_void_p),
        ("overrides", c_void_p),
        ("vocab_only", c_bool),
        ("check_tensors", c_bool),
        ("use_extra_bufts", c_bool),
        ("no_host", c_bool),
        ("no_alloc", c_bool),
        ("load_mtp", c_bool),
    )


class ContextParams(ctypes.Structure):
    """``llama_context_params``."""

    _fields_ = (
        ("n_ctx", c_uint32),
        ("n_batch", c_uint32),
        ("n_ubatch", c_uint32),
        ("n_seq_max", c_uint32),
        ("n_rs_seq", c_uint32),
        ("n_outputs_max", c_uint32),
        ("n_outputs_max_per_seq", c_uint32),
        ("n_threads", c_int32),
        ("n_threads_batch", c_int32),
        ("ctx_type", c_int32),
        ("rope_scaling_type", c_int32),
        ("pooling_type", c_int32),
        ("attention_type", c_int32),
        ("flash_attn_type", c_int32),
        ("rope_freq_base", c_float),
        ("rope_freq_scale", c_float),
        ("yarn_ext_factor", c_float),
        ("yarn_attn_factor", c_float),
        ("yarn_beta_fast", c_float),
        ("yarn_beta_slow", c_float),
        ("yarn_orig_ctx", c_uint32),
        ("defrag_thold", c_float),
        ("cb_eval", c_void_p),
        ("cb_eval_data", c_void_p),
        ("type_k", c_int32),
        ("type_v", c_int32),
        ("moe_cache_size", c_size_t),
        ("abort_callback", c_void_p),
        ("abort_data", c_void_p),
        ("embeddings", c_bool),
        ("offload_kqv", c_bool),
        ("no_perf", c_bool),
        ("op_offload", c_bool),
        ("swa_full", c_bool),
        ("kv_unified", c_bool),
        ("samplers", c_void_p),
        ("n_samplers", c_size_t),
        ("ctx_other", c_void_p),
    )


class Batch(ctypes.Structure):
    """``llama_batch``: one entry a token; ``logits`` marks those whose logits are wanted."""

    _fields_ = (
        ("n_tokens", c_int32),
        ("token", POINTER(c_int32)),
        ("embd", POINTER(c_float)),
        ("pos", POINTER(c_int32)),
        ("n_seq_id", POINTER(c_int32)),
        ("seq_id", POINTER(POINTER(c_int32))),
        ("logits", POINTER(c_int8)),
    )


class Message(ctypes.Structure):
    """``llama_chat_message``."""

    _fields_ = (("role", c_char_p), ("content", c_char_p))


LOG = ctypes.CFUNCTYPE(None, c_int32, c_char_p, c_void_p)

_FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    "llama_backend_init": (None, []),
    "llama_log_set": (None, [LOG, c_void_p]),
    "llama_model_default_params": (ModelParams, []),
    "llama_context_default_params": (ContextParams, []),
    "llama_model_load_from_file": (c_void_p, [c_char_p, ModelParams]),
    "llama_model_free": (None, [c_void_p]),
    "llama_init_from_model": (c_void_p, [c_void_p, ContextParams]),
    "llama_free": (None, [c_void_p]),
    "llama_n_ctx": (c_uint32, [c_void_p]),
    "llama_n_seq_max": (c_uint32, [c_void_p]),
    "llama_get_memory": (c_void_p, [c_void_p]),
    "llama_memory_clear": (None, [c_void_p, c_bool]),
    "llama_memory_seq_rm": (c_bool, [c_void_p, c_int32, c_int32, c_int32]),
    "llama_memory_seq_cp": (None, [c_void_p, c_int32, c_int32, c_int32, c_int32]),
    "llama_batch_init": (Batch, [c_int32, c_int32, c_int32]),
    "llama_batch_free": (None, [Batch]),
    "llama_decode": (c_int32, [c_void_p, Batch]),
    "llama_get_logits_ith": (POINTER(c_float), [c_void_p, c_int32]),
    "llama_model_get_vocab": (c_void_p, [c_void_p]),
    "llama_model_n_ctx_train": (c_int32, [c_void_p]),
    "llama_model_n_layer": (c_int32, [c_void_p]),
    "llama_model_size": (c_uint64, [c_void_p]),
    "llama_model_n_params": (c_uint64, [c_void_p]),
    "llama_model_meta_val_str": (c_int32, [c_void_p, c_char_p, c_char_p, c_size_t]),
    "llama_model_chat_template": (c_char_p, [c_void_p, c_char_p]),
    "llama_chat_apply_template": (c_int32, [c_char_p, POINTER(Message), c_size_t, c_bool, c_char_p, c_int32]),
    "llama_adapter_lora_init": (c_void_p, [c_void_p, c_char_p]),
    "llama_adapter_lora_free": (None, [c_void_p]),
    "llama_set_adapters_lora": (c_int32, [c_void_p, POINTER(c_void_p), c_size_t, POINTER(c_float)]),
    "llama_vocab_n_tokens": (c_int32, [c_void_p]),
    "llama_vocab_is_eog": (c_bool, [c_void_p, c_int32]),
    "llama_vocab_is_control": (c_bool, [c_void_p, c_int32]),
    "llama_vocab_eos": (c_int32, [c_void_p]),
    "llama_vocab_bos": (c_int32, [c_void_p]),
    "llama_vocab_get_add_bos": (c_bool, [c_void_p]),
    "llama_tokenize": (c_int32, [c_void_p, c_char_p, c_int32, POINTER(c_int32), c_int32, c_bool, c_bool]),
    "llama_token_to_piece": (c_int32, [c_void_p, c_int32, c_char_p, c_int32, c_int32, c_bool]),
    "llama_state_seq_get_size": (c_size_t, [c_void_p, c_int32]),
    "llama_state_seq_save_file": (c_size_t, [c_void_p, c_char_p, c_int32, POINTER(c_int32), c_size_t]),
    "llama_state_seq_load_file": (
        c_size_t,
        [c_void_p, c_char_p, c_int32, POINTER(c_int32), c_size_t, POINTER(c_size_t)],
    ),
}


_SAY_NOTHING = LOG(lambda level, text, data: None)
"""llama.cpp tells of every tensor that it loads; failures come back as results."""


@cache
def open_library() -> Any:
    """The library, with every function typed. Raises ModelError where it is missing or of another layout."""
    spec = find_spec("xllamacpp")
    folder = Path(spec.origin).parent if spec is not None and spec.origin else None
    files = (
        [each for ending in ("so", "pyd", "dylib") for each in folder.glob(f"xllamacpp*.{ending}")]
        if folder
        else []
    )
    if not files:
        raise ModelError(
            "GGUF models run by xllamacpp, which is not installed.", "Run pip install xllamacpp."
        )
    try:
        library = ctypes.CDLL(str(files[0]))
        for name, (result, arguments) in _FUNCTIONS.items():
            function = getattr(library, name)
            function.restype, function.argtypes = result, arguments
    except (OSError, AttributeError) as error:
        raise _unknown(str(error)) from error
    _check_layout(library)
    library.llama_log_set(_SAY_NOTHING, None)
    library.llama_backend_init()
    return library


def _check_layout(library: Any) -> None:
    """Compare defaults from the first to the last bytes of both structures with what the release fills in."""
    context, model = library.llama_context_default_params(), library.llama_model_default_params()
    found = (
        *(context.n_ctx, context.n_batch, context.n_ubatch, context.n_seq_max, context.rope_scaling_type),
        *(context.yarn_ext_factor, context.type_k, context.type_v, context.offload_kqv, context.no_perf),
        *(context.n_samplers, context.ctx_other, model.main_gpu, model.vocab_only, model.use_extra_bufts),
    )
    wanted = (512, 2048, 512, 1, -1, -1.0, F16, F16, True, True, 0, None, 0, False, True)
    if found != wanted:
        raise _unknown(f"its defaults are {found}")


def _unknown(reason: str) -> ModelError:
    return ModelError(
        f"This release of xllamacpp is not one that SQLoop knows: {reason}.",
        "Install the release that SQLoop's requirements name.",
    )
