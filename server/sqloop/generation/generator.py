"""Where completions come from, as the serving process sees it: a worker process or a remote server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from sqloop.database.cancellation import Cancellation
from sqloop.generation.request import Completion, GenerationRequest


@dataclass(frozen=True)
class ModelInfo:
    """``parameters`` and ``bytes`` are those of the base model, None where they are not known (yet).

    ``form`` is the prompt form that the model was trained for: see `sqloop.generation.forms`. ``loaded``
    says that the next request does not wait for the weights.
    """

    base: str
    adapter: str | None
    form: str
    parameters: int | None
    bytes: int | None
    loaded: bool


class Generator(Protocol):
    """Thread-safe; requests are served one by one."""

    def generate(self, request: GenerationRequest, cancel: Cancellation | None = None) -> list[Completion]:
        """Up to ``request.k`` completions. Raises ModelError, CancelledError."""

    def describe(self) -> ModelInfo:
        """What it is; may have to start a model of the hub to find out. Raises ModelError."""

    def warm(self, prefix: str) -> None:
        """Load the model and read ``prefix``, so that the first question does not wait for either."""

    def close(self) -> None:
        """End what it runs; closing again is harmless."""


def open_generator(model: str, adapter: str | None = None) -> Generator:
    """A generator for a folder, a name on the hub or ``http(s)://host:port/v1#model-name``.

    Nothing is loaded yet. Raises ModelError where it is plain that ``model`` names nothing.
    """
    if model.startswith(("http://", "https://")):
        from sqloop.generation.remote import RemoteGenerator

        return RemoteGenerator(model, adapter)
    from sqloop.generation.worker import WorkerGenerator

    return WorkerGenerator(model, adapter)
