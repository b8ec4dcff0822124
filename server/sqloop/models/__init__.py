"""Models by name: what there is, what of it lies on this machine, how it gets there, and which one serves.

Holds no tensors and opens no model: `sqloop.generation` takes the path, folder, name or URL that
`choose_model` finds.
"""

from sqloop.models.catalogue import STARTER, CatalogueModel
from sqloop.models.choice import AUTO, ChosenModel, choose_model, resolve_model
from sqloop.models.store import ModelStore

__all__ = [
    "AUTO",
    "STARTER",
    "CatalogueModel",
    "ChosenModel",
    "ModelStore",
    "choose_model",
    "resolve_model",
]
