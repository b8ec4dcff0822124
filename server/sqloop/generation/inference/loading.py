"""Loads a model by folder or hub name, with an optional LoRA adapter merged into it.

A model of our own (a Llama with a ``sqloop.json``) is read straight from its files: importing torch would
take longer than everything else together. A GGUF file is run by llama.cpp. All others go through transformers
and peft.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from threadpoolctl import threadpool_limits
from tokenizers import Tokenizer

from sqloop.errors import ModelError
from sqloop.generation.inference.llama import LlamaNetwork, LlamaShape
from sqloop.generation.inference.lora import is_plain, merge_lora
from sqloop.generation.inference.model import LanguageModel
from sqloop.generation.inference.network import SMALL
from sqloop.generation.inference.tokens import Tokens
from sqloop.generation.inference.weights import Array, read_weights
from sqloop.generation.model_folder import find_folder, find_model, read_form, read_json
from sqloop.models.gguf_file import is_gguf

FILES = ("*.json", "*.safetensors", "*.model", "*.txt", "*.jinja")
"""What is fetched of a model on the hub: no pickled weights."""


@dataclass(frozen=True)
class LoadedModel:
    """A model and the name of the prompt form that it was trained for."""

    model: LanguageModel
    form: str


def load_model(base: str, adapter: str | None = None, prompts: Path | None = None) -> LoadedModel:
    """The model at ``base`` (folder, GGUF file or hub name), tuned by ``adapter`` (a PEFT LoRA, likewise).

    What a GGUF model has read of schemas is kept below ``prompts`` for the next process.

    Raises ModelError with one line where either is missing, broken or made for another model.
    """
    file = find_model(base) if is_gguf(Path(base).expanduser()) else None
    folder = file or fetch_folder(base, "model", "config.json")
    tuning = fetch_adapter(adapter) if adapter else None
    try:
        form = read_form(folder)
        if file is not None:
            from sqloop.generation.inference.gguf_loading import load_gguf

            return LoadedModel(load_gguf(file, tuning, prompts), form)
        shape = LlamaShape.of(read_json(folder / "config.json"))
        own = shape is not None and (folder / "sqloop.json").is_file()
        if shape is not None and own and (tuning is None or is_plain(tuning)):
            model = _load_own(folder, shape, tuning)
        else:
            from sqloop.generation.inference.hub_loading import load_hub_model

            model = load_hub_model(folder, tuning, form)
    except ModelError:
        raise
    except ImportError as error:
        raise ModelError(
            f"The model {base} needs what is not installed: {error}.",
            "Run pip install peft torch transformers.",
        ) from error
    except Exception as error:  # Files may be broken in any way; the libraries raise all kinds.
        raise ModelError(f"The model {base} cannot be loaded: {first_line(error)}") from error
    _limit_threads(model.network.parameters)
    return LoadedModel(model, form)


def retune(loaded: LoadedModel, adapter: str | None) -> bool:
    """Give a loaded model another adapter without loading it anew; False where it has to be.

    Raises ModelError; what is loaded then is as good as gone.
    """
    from sqloop.generation.inference.gguf import GgufNetwork

    if not isinstance(loaded.model.network, GgufNetwork):
        return False
    from sqloop.generation.inference.gguf_loading import tune_gguf

    loaded.model.forget()
    loaded.model.store = None  # It belongs to the adapter that goes.
    tune_gguf(loaded.model.network, fetch_adapter(adapter) if adapter else None)
    return True


def fetch_adapter(name: str) -> Path:
    """The folder of a LoRA adapter, fetched where it is a name on the hub. Raises ModelError."""
    return fetch_folder(name, "adapter", "adapter_config.json")


def fetch_folder(name: str, what: str, needed: str) -> Path:
    """The folder that ``name`` is, or that the hub's files were fetched to (or found in the cache)."""
    folder = find_folder(name, what, needed)
    if folder is not None:
        return folder
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, allow_patterns=list(FILES)))
    except Exception as error:  # The client lets errors of its transport through, whichever that is.
        reason = first_line(error).removeprefix("Got: ").removesuffix(".")
        known = " sqloop model list names those that it can fetch." if what == "model" else ""
        raise ModelError(
            f"The {what} {name} is no file or folder here, and the hub did not give it ({reason}).",
            f"Check the name and the network, or give a path.{known}",
        ) from error


def first_line(error: BaseException) -> str:
    """What ``error`` says, without the rest of its story."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _load_own(folder: Path, shape: LlamaShape, adapter: Path | None) -> LanguageModel:
    weights: dict[str, Array] = {}
    for path in folder.glob("*.safetensors"):
        weights |= read_weights(path)
    if adapter is not None:
        weights = merge_lora(weights, adapter)
    config = {**read_json(folder / "config.json"), **read_json(folder / "generation_config.json")}
    ends = config["eos_token_id"]
    tokens = Tokens(
        Tokenizer.from_file(str(folder / "tokenizer.json")),
        ends if isinstance(ends, list) else [ends],
        config.get("bos_token_id"),
    )
    return LanguageModel(LlamaNetwork(shape, weights), tokens)


def _limit_threads(parameters: int) -> None:
    """Those of numpy and, where it has been loaded, of torch."""
    if "OMP_NUM_THREADS" not in os.environ:
        cores = os.cpu_count() or 1
        threadpool_limits(max(1, cores // 2) if parameters <= SMALL else cores)
