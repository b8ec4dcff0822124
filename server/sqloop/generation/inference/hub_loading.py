"""Loads what transformers and peft know into the networks of this package."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import torch
from peft import PeftModel
from torch import Tensor
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel

from sqloop.errors import ModelError
from sqloop.generation.inference.hub import HubNetwork
from sqloop.generation.inference.llama import LlamaNetwork, LlamaShape
from sqloop.generation.inference.model import LanguageModel
from sqloop.generation.inference.network import SMALL, Network
from sqloop.generation.inference.tokens import Tokens
from sqloop.generation.inference.weights import Array

_QUESTION = "QUESTION"


def load_hub_model(folder: Path, adapter: Path | None, form: str) -> LanguageModel:
    """The model in ``folder`` with ``adapter`` merged in. Raises whatever transformers and peft do."""
    model, tokenizer = load_plain(folder, _choose_dtype(folder))
    if adapter is not None:
        model = PeftModel.from_pretrained(model, adapter).merge_and_unload()
    model.eval().to("cuda" if torch.cuda.is_available() else "cpu")
    return wrap_model(model, tokenizer, form)


def load_plain(folder: Path, dtype: torch.dtype) -> tuple[Any, Any]:
    """The model in ``folder`` and its tokenizer, as transformers knows them: code of the model's is not run.

    Raises ModelError where it needs such code, else whatever transformers does.
    """
    try:
        model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, trust_remote_code=False)
        return model, AutoTokenizer.from_pretrained(folder, trust_remote_code=False)
    except ValueError as error:
        if "trust_remote_code" not in str(error):
            raise
        raise ModelError(
            "The model needs code that comes with it, which SQLoop does not run.",
            "Name a model that transformers knows by itself, or a GGUF file of this one.",
        ) from error


def wrap_model(model: PreTrainedModel | PeftModel, tokenizer: Any, form: str) -> LanguageModel:
    """A loaded model with its tokenizer, ready to generate: the trainer's way in.

    A small Llama is copied as it now is (wrap it again after a training step); others stay current.
    """
    frame = read_frame(tokenizer) if form == "chat" else ("", "")
    return LanguageModel(choose_network(model), read_tokens(model, tokenizer), frame)


def read_tokens(model: PreTrainedModel | PeftModel, tokenizer: Any) -> Tokens:
    """The tokenizer with every end that model and tokenizer name."""
    if not getattr(tokenizer, "is_fast", False):
        raise ModelError(
            "The model's tokenizer has no tokenizer.json.", "Convert it with transformers first."
        )
    known: Any = model
    ends: list[int] = []
    for named in (tokenizer.eos_token_id, known.config.eos_token_id, known.generation_config.eos_token_id):
        ends += named if isinstance(named, list) else [] if named is None else [named]
    return Tokens(tokenizer.backend_tokenizer, ends, tokenizer.bos_token_id)


def read_frame(tokenizer: Any) -> tuple[str, str]:
    """What the chat template puts before and behind one message of the user, answer opened.

    One message, as some templates (Gemma's) know no system role. Rendered once with a placeholder, so
    that schema and question can be put in its place apart from each other.
    """
    messages = [{"role": "user", "content": _QUESTION}]
    text: str = tokenizer.apply_chat_template(
        messages, tokenize=False, add_generation_prompt=True, enable_thinking=False
    )
    before, found, behind = text.partition(_QUESTION)
    if not found:
        raise ModelError("The model's chat template does not show what the user says.")
    return before, behind


def read_weights(model: PreTrainedModel | PeftModel) -> dict[str, Array]:
    """The weights by the base model's names, what peft adds to them merged in; the model stays as it is."""
    weights: Mapping[str, Tensor] = model.state_dict()
    merged = {_base_name(name): each for name, each in weights.items() if ".lora_" not in name}
    for name, module in cast(Any, model).named_modules():
        if hasattr(module, "lora_A"):
            target = _base_name(f"{name}.weight")
            merged[target] = merged[target] + sum(
                module.get_delta_weight(each) for each in module.active_adapters
            )
    return {name: each.detach().float().numpy() for name, each in merged.items()}


def _base_name(name: str) -> str:
    return name.removeprefix("base_model.model.").replace(".base_layer.", ".")


def choose_network(model: PreTrainedModel | PeftModel) -> Network[Any]:
    """The fastest network that runs the model as it is now; a copy of the weights where that is ours."""
    shape = LlamaShape.of(cast(Any, model).config.to_dict())
    small = sum(each.numel() for each in model.parameters()) <= SMALL
    if shape is not None and small and next(model.parameters()).device.type == "cpu":
        return LlamaNetwork(shape, read_weights(model))
    return HubNetwork(model)


def _choose_dtype(folder: Path) -> torch.dtype:
    """bfloat16 where the machine computes in it; else float32, which a CPU without it runs faster."""
    if computes_in_bfloat16("cuda" if torch.cuda.is_available() else "cpu"):
        size = sum(path.stat().st_size for path in folder.glob("*.safetensors"))
        return torch.bfloat16 if size > 2 * SMALL else torch.float32
    return torch.float32


def computes_in_bfloat16(device: str) -> bool:
    """Whether ``device`` (``cpu`` or ``cuda``) multiplies in bfloat16, instead of converting at each step."""
    return device == "cuda" or torch.cpu._is_avx512_bf16_supported()
