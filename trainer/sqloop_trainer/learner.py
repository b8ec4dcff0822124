"""Who learns: the base model that the settings choose, and the adapter that it is served with until now."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch

from sqloop.adapters import Adapter, Registry
from sqloop.errors import ModelError, SettingsError
from sqloop.generation.loading import fetch_folder
from sqloop.generation.model_folder import identify_folder, read_form
from sqloop.session import NO_ADAPTER, find_model, open_registry
from sqloop.settings import Settings
from sqloop_trainer.policy import Policy, load_policy


@dataclass(frozen=True)
class Learner:
    """``base`` is a folder, ``identity`` tells it from others; ``parent`` is None for the bare model."""

    base: Path
    name: str
    identity: str
    registry: Registry
    parent: Adapter | None

    @property
    def form(self) -> str:
        """The prompt form that the base was trained for."""
        return read_form(self.base)

    def load(self, adapter: Path | None = None) -> Policy:
        """The base with ``adapter``, or else with that of now. Raises ModelError."""
        torch.manual_seed(0)  # a new adapter begins at random, and the same way after a kill
        chosen = adapter or (self.parent.folder if self.parent else None)
        return load_policy(str(self.base), str(chosen) if chosen else None)


def find_learner(settings: Settings) -> Learner:
    """The model to train. Raises ModelError, SettingsError where it is not on this machine."""
    chosen = find_model(settings)
    model = chosen.source
    if Path(model).is_file():
        raise ModelError(
            f"The model {chosen.name} is a GGUF file, which cannot be trained.",
            "--model takes a folder or a name on the hub; --model starter is the bundled one.",
        )
    if model.startswith(("http://", "https://")):
        raise SettingsError(
            "A model behind a URL cannot be trained here.", "--model takes a folder or a name."
        )
    base = fetch_folder(model, "model", "config.json")
    registry, identity = open_registry(settings), identify_folder(base)
    return Learner(base, chosen.name, identity, registry, _parent(settings, registry, identity))


def _parent(settings: Settings, registry: Registry, identity: str) -> Adapter | None:
    if settings.adapter == NO_ADAPTER:
        return None
    if not settings.adapter:
        adapter = registry.active(identity)
    elif Path(settings.adapter).is_dir():
        return Adapter(settings.adapter, Path(settings.adapter))
    else:
        adapter = registry.find(settings.adapter)
    if adapter is None:
        return None
    adapter.check()
    if adapter.card.base != identity:
        raise ModelError(
            f"The adapter {adapter.name} was made for another model.", "See sqloop adapters list."
        )
    return adapter
