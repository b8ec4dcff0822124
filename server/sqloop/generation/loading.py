"""Loads a model by folder or hub name, with an optional LoRA adapter merged into it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel

from sqloop.errors import ModelError
from sqloop.generation.hub import HubNetwork
from sqloop.generation.model import LanguageModel
from sqloop.generation.tokens import Tokens


def load_model(base: str, adapter: str | None = None) -> LanguageModel:
    """The model at ``base`` (folder or hub name), tuned by ``adapter`` (a PEFT LoRA folder or hub name).

    Raises ModelError with one line where either is missing, broken or made for another model.
    """
    try:
        model = _load_network(base, adapter)
        tokenizer = AutoTokenizer.from_pretrained(base)
    except (OSError, ValueError, RuntimeError, KeyError, ImportError) as error:
        raise ModelError(f"The model {base} cannot be loaded: {_first_line(error)}") from error
    return wrap_model(model, tokenizer)


def wrap_model(model: PreTrainedModel, tokenizer: Any) -> LanguageModel:
    """A loaded transformers model with its tokenizer, ready to generate; the trainer's way in."""
    return LanguageModel(HubNetwork(model), read_tokens(model, tokenizer))


def read_tokens(model: PreTrainedModel, tokenizer: Any) -> Tokens:
    """The tokenizer with every end that model and tokenizer name."""
    if not getattr(tokenizer, "is_fast", False):
        raise ModelError(
            "The model's tokenizer has no tokenizer.json.", "Convert it with transformers first."
        )
    ends: list[int] = []
    for named in (tokenizer.eos_token_id, model.config.eos_token_id, model.generation_config.eos_token_id):
        ends += named if isinstance(named, list) else [] if named is None else [named]
    return Tokens(tokenizer.backend_tokenizer, ends, tokenizer.bos_token_id)


def _load_network(base: str, adapter: str | None) -> PreTrainedModel:
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    if adapter is not None:
        model = PeftModel.from_pretrained(model, adapter).merge_and_unload()
    return model.eval()


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
