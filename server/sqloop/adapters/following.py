"""Which adapter to serve a model with, looked up before every question: a promotion needs no restart."""

from __future__ import annotations

import logging
from pathlib import Path
from threading import Lock

from sqloop.adapters.registry import Registry
from sqloop.errors import ModelError
from sqloop.generation.generator import Tuning
from sqloop.generation.model_folder import find_cached, find_model, identify_folder

_log = logging.getLogger("sqloop")

_Stamp = tuple[int, int, int]


def identify_model(model: str) -> str | None:
    """The identity of a folder, of a GGUF file or of a model of the hub that was fetched before; else None.

    Raises ModelError where ``model`` cannot be a model at all.
    """
    if model.startswith(("http://", "https://")):
        return None
    folder = find_model(model) or find_cached(model)
    return None if folder is None else identify_folder(folder)


class ActiveAdapter:
    """Called, it gives the promoted adapter of ``model``, else the ``shipped`` one, or None; thread-safe.

    Costs one look at a file's date as long as nothing changes. A history that cannot be read is warned of
    once and counts as none.
    """

    def __init__(self, registry: Registry, model: str, shipped: Tuning | None = None) -> None:
        self._registry = registry
        self._model = model
        self._shipped = shipped
        self._base: str | None = None
        self._lock = Lock()
        self._seen: _Stamp | None = None
        self._active: Tuning | None = None

    def __call__(self) -> Tuning | None:
        """The adapter to use now."""
        with self._lock:
            pointer = self._find_pointer()
            stamp = _stamp(pointer) if pointer is not None else None
            if stamp != self._seen:
                self._seen, self._active = stamp, self._read()
            return self._active or self._shipped

    def _find_pointer(self) -> Path | None:
        if self._base is None and self._registry.pointer("").is_dir():
            self._base = identify_model(self._model)
        return self._registry.pointer(self._base) if self._base else None

    def _read(self) -> Tuning | None:
        try:
            active = self._registry.active(self._base or "")
        except ModelError as error:
            _log.warning("%s", error)
            return None
        return Tuning(active.name, str(active.folder), optional=True) if active else None


def _stamp(path: Path) -> _Stamp | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ino, status.st_size
