"""Where fetched models lie.

```
FOLDER/NAME.gguf              a model: complete and checked, since it appears with one rename
FOLDER/.NAME-SHA256.partial/  one on its way in; what a killed process left, the next goes on from
FOLDER/.NAME.lock             held while it is fetched or removed
```
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from sqloop.errors import ModelError, SettingsError
from sqloop.models.catalogue import CatalogueModel


class ModelStore:
    """The models below ``folder``, which need not exist; safe with several processes and kills."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, model: CatalogueModel) -> Path:
        """Where its file is, or would be."""
        return self.folder / f"{model.name}.gguf"

    def has(self, model: CatalogueModel) -> bool:
        """Whether it is here, all of it: the checksum was compared when it came."""
        try:
            return self.path(model).stat().st_size == model.bytes
        except OSError:
            return False

    def incoming(self, model: CatalogueModel) -> Path:
        """The folder of what was fetched so far; a file with another checksum has another folder."""
        return self.folder / f".{model.name}-{model.sha256[:8]}.partial"

    def remove(self, model: CatalogueModel) -> int:
        """Delete it, and what was fetched of it; how many bytes that was.

        Raises ModelError where there is nothing, or while it is being fetched.
        """
        with self.changing(model, _refuse_to_wait):
            paths = [path for path in (self.path(model), *self._leftovers(model)) if path.exists()]
            if not paths:
                raise ModelError(f"The model {model.name} is not on this machine.", "See sqloop model list.")
            size = sum(weigh(path) for path in paths)
            for path in paths:
                _delete(path)
        return size

    def sweep(self, model: CatalogueModel) -> None:
        """Delete what is left of fetching it."""
        for path in self._leftovers(model):
            shutil.rmtree(path, ignore_errors=True)

    @contextmanager
    def changing(self, model: CatalogueModel, on_wait: Callable[[str], None]) -> Iterator[None]:
        """Be the one process that changes it; where another does, tell ``on_wait`` and wait for its end.

        Raises SettingsError where the folder cannot be written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            # The system lets go of the lock when its holder dies.
            lock = FileLock(self.folder / f".{model.name}.lock")
            try:
                lock.acquire(timeout=0)
            except Timeout:
                on_wait(f"Another process is fetching {model.name}.")
                lock.acquire()
        except OSError as error:
            raise SettingsError(
                f"Models cannot be kept in {self.folder}: {error.strerror}.",
                "Set data to a folder that can be written.",
            ) from error
        try:
            yield
        finally:
            lock.release()

    def _leftovers(self, model: CatalogueModel) -> list[Path]:
        return sorted(self.folder.glob(f".{model.name}-*.partial"))


def weigh(path: Path) -> int:
    """Bytes of a file, or of all below a folder; what vanishes meanwhile counts for nothing."""
    # os.walk, other than Path.rglob, goes on where a folder vanishes under it.
    paths = (Path(folder, name) for folder, _, names in os.walk(path) for name in names)
    size = 0
    for each in paths if path.is_dir() else [path]:
        with suppress(OSError):
            size += each.lstat().st_size
    return size


def _refuse_to_wait(reason: str) -> None:
    raise ModelError(reason, "Stop it first, or wait for its end.")


def _delete(path: Path) -> None:
    try:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    except OSError as error:
        raise ModelError(
            f"{path} cannot be deleted: {error.strerror}.", "Is a program still answering with it?"
        ) from error
