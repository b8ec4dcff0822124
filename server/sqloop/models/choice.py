"""From what the user calls a model to what can be opened: `choose_model`.

``auto`` is the largest model of the catalogue that is on this machine and fits into its free memory, or the
bundled starter model where none is.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from sqloop.errors import ModelError
from sqloop.models import catalogue
from sqloop.models.catalogue import STARTER, CatalogueModel
from sqloop.models.gguf_file import is_gguf
from sqloop.models.memory import available_memory
from sqloop.models.store import ModelStore
from sqloop.places import data_folder

AUTO = "auto"
"""The best that is here."""

MODELS = "models"
"""The folder of fetched models in the folder of the user's data."""

GGUF = ".gguf"

Measure = Callable[[], int | None]


@dataclass(frozen=True)
class ChosenModel:
    """``name`` is what it is called; ``source`` is a folder, the path of a GGUF file, a hub name or a URL."""

    name: str
    source: str

    better: CatalogueModel | None = None
    """Where ``auto`` had to take the starter model: one that would fit, were it fetched."""

    @property
    def advice(self) -> str:
        """The command that fetches the better one; empty where there is nothing to advise."""
        return f"sqloop model get {self.better.name}" if self.better else ""


def open_store(data: str = "") -> ModelStore:
    """The models on this machine; ``data`` as in the settings."""
    return ModelStore(data_folder(data) / MODELS)


def resolve_model(model: str, data: str = "") -> str:
    """What `sqloop.generation.opening.open_generator` takes for ``model``. Raises ModelError."""
    return choose_model(model, open_store(data)).source


def choose_model(model: str, store: ModelStore, measure: Measure = available_memory) -> ChosenModel:
    """The model that ``model`` stands for: ``auto``, ``starter``, a name of the catalogue, or one's own.

    Raises ModelError where it is a model of the catalogue that was not fetched, or a file that is none.
    """
    if model in ("", AUTO):
        return _choose_best(store, measure())
    if model == STARTER:
        return _starter()
    if (known := catalogue.look_up(model)) is not None:
        if not store.has(known):
            raise ModelError(
                f"The model {model} is not on this machine.", f"Fetch it: sqloop model get {model}"
            )
        return ChosenModel(model, str(store.path(known)))
    return ChosenModel(model, _check_file(model))


def fits(model: CatalogueModel, memory: int | None) -> bool:
    """Whether it can be loaded into so much memory; where nobody knows how much there is, it can."""
    return memory is None or model.memory <= memory


def _choose_best(store: ModelStore, memory: int | None) -> ChosenModel:
    fitting = [each for each in catalogue.CATALOGUE if fits(each, memory)]
    here = [each for each in fitting if store.has(each)]
    if not here:
        return _starter(next(iter(fitting), None))
    best = max(here, key=lambda each: each.bytes)
    return ChosenModel(best.name, str(store.path(best)))


def _starter(better: CatalogueModel | None = None) -> ChosenModel:
    return ChosenModel(STARTER, str(files("sqloop") / "starter"), better)


def _check_file(model: str) -> str:
    """``model``, its home spelled out where it is a file. Raises ModelError where a file is no GGUF file."""
    path = Path(model).expanduser()
    if "://" in model or not (path.is_file() or model.endswith(GGUF)):
        return model
    if not os.access(path, os.R_OK):
        raise ModelError(f"The model {model} cannot be read.", "Is it there, and may you read it?")
    if not is_gguf(path):
        raise ModelError(f"{model} is no GGUF file.", "A model is a GGUF file, a folder, a name or a URL.")
    return str(path.resolve())
