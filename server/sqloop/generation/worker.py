"""A model in a process of its own: started on the first need, and again when it dies.

Holds no tensors and imports no torch.
"""

from __future__ import annotations

import dataclasses
import logging
import threading
from pathlib import Path
from typing import Any

from sqloop.database.cancellation import Cancellation
from sqloop.errors import CancelledError, ModelError
from sqloop.generation.generator import ChooseAdapter, ModelInfo, Reading, Tuning
from sqloop.generation.model_folder import find_folder, find_model, read_form, weigh_model
from sqloop.generation.request import Completion, GenerationRequest
from sqloop.generation.wire import Message
from sqloop.generation.worker_process import Load, WorkerDiedError, WorkerProcess

_log = logging.getLogger("sqloop")

LIVES = 2
"""How often a request is tried when the worker dies under it."""


class WorkerGenerator:
    """A `Generator` over a worker process; ``base`` is a folder or a name on the hub.

    ``adapter`` is one, too; without it, ``choose`` is asked before every request which one to use.
    """

    def __init__(
        self,
        base: str,
        adapter: str | None = None,
        choose: ChooseAdapter | None = None,
        prompts: Path | None = None,
    ) -> None:
        self._prompts = prompts
        self._folder = find_model(base)
        self._base = str(self._folder or base)
        fixed = _find_tuning(adapter) if adapter else None
        self._choose = choose if choose is not None and fixed is None else lambda: fixed
        self._lock = threading.Lock()
        self._process: WorkerProcess | None = None
        self._warned: set[Tuning] = set()

    def generate(
        self, request: GenerationRequest, cancel: Cancellation | None = None, reading: Reading | None = None
    ) -> list[Completion]:
        """See `Generator.generate`."""
        message = {"do": "generate", "request": dataclasses.asdict(request)}
        result, adapter = self._ask(message, cancel, reading)
        return [
            Completion(text, logprob, tokens, adapter, greedy) for text, logprob, tokens, greedy in result
        ]

    def describe(self) -> ModelInfo:
        """See `Generator.describe`; a folder is described without loading it."""
        if self._folder is None:
            told, adapter = self._ask({"do": "describe"}, None)
            return ModelInfo(self._base, adapter, told["form"], told["parameters"], told["bytes"], True)
        tuning, process = self._choose(), self._process
        ready = process is not None and process.loaded and process.load.tuning == tuning
        wanted = tuning.name if tuning is not None else None
        adapter = process.load.adapter if process is not None and ready else wanted
        parameters, size = weigh_model(self._folder)
        return ModelInfo(self._base, adapter, read_form(self._folder), parameters, size, ready)

    def warm(self, prefix: str) -> None:
        """See `Generator.warm`."""
        self._ask({"do": "warm", "prefix": prefix}, None)

    def close(self) -> None:
        """See `Generator.close`."""
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            process.close()

    @property
    def pid(self) -> int | None:
        """The worker's process id while one runs."""
        process = self._process
        return process.pid if process is not None and process.alive else None

    def _ask(
        self, message: Message, cancel: Cancellation | None, reading: Reading | None = None
    ) -> tuple[Any, str | None]:
        """The result and the adapter that gave it."""
        death = ""
        for _ in range(LIVES):
            if cancel is not None and cancel.cancelled:
                raise CancelledError("Cancelled.")
            try:
                result, load = self._running().ask(message, cancel, reading)
            except WorkerDiedError as error:
                death = str(error)
            else:
                self._warn(load)
                return result, load.adapter
        raise ModelError(f"The model's process died, and died again when started anew ({death}).")

    def _running(self) -> WorkerProcess:
        """The process, told to use the adapter that is to be used now."""
        with self._lock:
            tuning = self._choose()
            if self._process is None or not self._process.alive:
                if self._process is not None:
                    self._process.close()
                self._process = WorkerProcess(self._base, tuning, self._prompts)
            elif self._process.load.tuning != tuning:
                self._process.switch(tuning)
            return self._process

    def _warn(self, load: Load) -> None:
        if load.refused is not None and load.tuning is not None and load.tuning not in self._warned:
            self._warned.add(load.tuning)
            _log.warning(
                "The adapter %s is not used, the bare model answers: %s", load.tuning.name, load.refused
            )


def _find_tuning(adapter: str) -> Tuning:
    return Tuning(adapter, str(find_folder(adapter, "adapter", "adapter_config.json") or adapter))
