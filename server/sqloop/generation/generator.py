"""Where completions come from, as the serving process sees it: a worker process or a remote server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sqloop.database.cancellation import Cancellation
from sqloop.generation.request import Completion, GenerationRequest


@dataclass(frozen=True)
class Tuning:
    """A LoRA adapter: what the user calls it, and the folder (or hub name) it is read from.

    One that is ``optional`` and cannot be used is warned of; the bare model then answers.
    """

    name: str
    source: str
    optional: bool = False


ChooseAdapter = Callable[[], Tuning | None]
"""Says which adapter to use, None for the bare model; asked before every request, from any thread."""


@dataclass(frozen=True)
class ModelInfo:
    """``adapter`` is in use, or will be; ``parameters`` and ``bytes`` are the base's, None if not known.

    ``form`` is the prompt form that the model was trained for: see `sqloop.generation.prompts.forms`.
    ``loaded`` says that the next request does not wait for the weights.
    """

    base: str
    adapter: str | None
    form: str
    parameters: int | None
    bytes: int | None
    loaded: bool

    @property
    def small(self) -> bool:
        """Whether it has fewer than 800 million parameters, as far as is known.

        A quantised file, of which the bytes alone are, has about one for each.
        """
        size = self.parameters or self.bytes
        return size is not None and size < 800_000_000


Reading = Callable[[float], None]
"""Told the share of a long prompt that has been read so far, 1.0 at its end, in the thread that waits."""


class Generator(Protocol):
    """Thread-safe; requests are served one by one."""

    def generate(
        self, request: GenerationRequest, cancel: Cancellation | None = None, reading: Reading | None = None
    ) -> list[Completion]:
        """Up to ``request.k`` completions. Raises ModelError, CancelledError.

        ``reading`` is also told of the prompts of requests that are served first.
        """

    def describe(self) -> ModelInfo:
        """What it is; may have to start a model of the hub to find out. Raises ModelError."""

    def warm(self, prefix: str) -> None:
        """Load the model and read ``prefix``, so that the first question does not wait for either."""

    def close(self) -> None:
        """End what it runs; closing again is harmless."""
