"""Loads a model by folder or hub name, with an optional LoRA adapter merged into it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
from huggingface_hub import snapshot_download
from huggingface_hub.errors import HFValidationError
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel

from sqloop.errors import ModelError
from sqloop.generation.hub import HubNetwork
from sqloop.generation.model import LanguageModel
from sqloop.generation.model_folder import find_folder, read_form
from sqloop.generation.tokens import Tokens

FILES = ("*.json", "*.safetensors", "*.model", "*.txt", "*.jinja")
"""What is fetched of a model on the hub: no pickled weights."""


@dataclass(frozen=True)
class LoadedModel:
    """A model and the name of the prompt form that it was trained for."""

    model: LanguageModel
    form: str


def load_model(base: str, adapter: str | None = None) -> LoadedModel:
    """The model at ``base`` (folder or hub name), tuned by ``adapter`` (a PEFT LoRA folder or hub name).

    Raises ModelError with one line where either is missing, broken or made for another model.
    """
    folder = fetch_folder(base, "model", "config.json")
    tuning = fetch_folder(adapter, "adapter", "adapter_config.json") if adapter else None
    try:
        model, tokenizer = _load_transformers(folder, tuning)
    except (OSError, ValueError, RuntimeError, KeyError, ImportError) as error:
        raise ModelError(f"The model {base} cannot be loaded: {_first_line(error)}") from error
    return LoadedModel(wrap_model(model, tokenizer, read_form(folder)), read_form(folder))


def wrap_model(model: PreTrainedModel, tokenizer: Any, form: str) -> LanguageModel:
    """A loaded transformers model with its tokenizer, ready to generate; the trainer's way in."""
    return LanguageModel(HubNetwork(model), read_tokens(model, tokenizer))


def fetch_folder(name: str, what: str, needed: str) -> Path:
    """The folder that ``name`` is, or that the hub's files were fetched to (or found in the cache)."""
    folder = find_folder(name, what, needed)
    if folder is not None:
        return folder
    try:
        return Path(snapshot_download(name, allow_patterns=list(FILES)))
    except (OSError, ValueError, HFValidationError) as error:
        raise ModelError(
            f"The {what} {name} is no folder here, and the hub did not give it: {_first_line(error)}",
            "Check the name and the network, or give the path of a folder.",
        ) from error


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


def _load_transformers(folder: Path, adapter: Path | None) -> tuple[PreTrainedModel, Any]:
    model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    if adapter is not None:
        model = PeftModel.from_pretrained(model, adapter).merge_and_unload()
    model.eval()
    return cast(PreTrainedModel, model), AutoTokenizer.from_pretrained(folder)


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
