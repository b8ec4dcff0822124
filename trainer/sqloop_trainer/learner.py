"""Who learns: the base model that the settings choose, and the adapter that it is served with until now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import torch

from sqloop.adapters import Adapter, Registry
from sqloop.errors import ModelError, SettingsError
from sqloop.generation.generator import Tuning
from sqloop.generation.inference.loading import LoadedModel, fetch_folder, load_model
from sqloop.generation.model_folder import find_model as find_model_files
from sqloop.generation.model_folder import identify_folder, read_form
from sqloop.session import NO_ADAPTER, find_model, find_shipped, open_registry
from sqloop.settings import Settings
from sqloop_trainer.learning.policy import Policy, load_policy


@dataclass(frozen=True)
class Learner:
    """``base`` is a folder or a GGUF file, ``identity`` tells it from others.

    ``parent`` is what it is served with: an adapter of the registry, that of the package, None for the bare
    model.
    """

    base: Path
    name: str
    identity: str
    registry: Registry
    parent: Tuning | None

    @property
    def form(self) -> str:
        """The prompt form that the base was trained for."""
        return read_form(self.base)

    @property
    def large(self) -> bool:
        """Whether it is a pretrained model, which learns in smaller and dearer steps than the starter."""
        return self.base.is_file()

    def load(self) -> Policy:
        """The base with a trainable copy of the adapter that it has now. Raises ModelError."""
        torch.manual_seed(0)  # a new adapter begins at random, and the same way after a kill
        return load_policy(str(self.base), self.parent.source if self.parent else None)

    def serve(self, adapter: Path | None = None) -> LoadedModel:
        """The base as users are served with it, with ``adapter`` or else that of now. Raises ModelError."""
        source = str(adapter) if adapter else self.parent.source if self.parent else None
        return load_model(str(self.base), source)

    def find(self, name: str | None) -> Tuning | None:
        """The adapter of that name as `parent` has it. Raises ModelError where it is gone."""
        shipped = find_shipped(self.name)
        if name is None or (shipped and shipped.name == name):
            return shipped if name else None
        return Tuning(name, str(self.registry.find(name).folder))

    def find_rival(self) -> str:
        """What has been promoted since ``parent`` was; empty where nothing has. Raises ModelError."""
        active, shipped = self.registry.active(self.identity), find_shipped(self.name)
        began = None if self.parent in (None, shipped) else self.parent.name
        now = active.name if active else None
        return "" if now == began else now or "what it was before"


def find_learner(settings: Settings) -> Learner:
    """The model to train. Raises ModelError, SettingsError where it is not on this machine."""
    chosen = find_model(settings)
    model = chosen.source
    if model.startswith(("http://", "https://")):
        raise SettingsError(
            "A model behind a URL cannot be trained here.",
            "--model takes a model of sqloop model list, a GGUF file of Qwen2, a folder or a name.",
        )
    base = find_model_files(model) or fetch_folder(model, "model", "config.json")
    learner = Learner(base, chosen.name, identify_folder(base), open_registry(settings), None)
    return replace(learner, parent=_parent(settings, learner))


def _parent(settings: Settings, learner: Learner) -> Tuning | None:
    if settings.adapter == NO_ADAPTER:
        return None
    if not settings.adapter:
        adapter = learner.registry.active(learner.identity)
    elif Path(settings.adapter).is_dir():
        adapter = Adapter(settings.adapter, Path(settings.adapter))
    else:
        adapter = learner.registry.find(settings.adapter)
    if adapter is None:
        return find_shipped(learner.name)
    adapter.check()
    if adapter.card.base != learner.identity:
        raise ModelError(
            f"The adapter {adapter.name} was made for another model.", "See sqloop adapters list."
        )
    return Tuning(adapter.name, str(adapter.folder))
