"""The adapters that were kept on this machine, and which of them each base model is served with.

```
FOLDER/NAME/            an adapter: PEFT's files and adapter.json, never overwritten
FOLDER/.active/BASE     the promotions and rollbacks of one base model
FOLDER/.lock            held while something is changed
FOLDER/.new-…           an adapter on its way in; what a killed process left is removed by the next
```

Reading needs no lock: an adapter appears with one rename, the active one changes with another.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from sqloop.adapters.card import CARD, NEEDED, Adapter, Card
from sqloop.adapters.history import Change, History, read_history, sync_folder, write_history
from sqloop.errors import ModelError, SettingsError

_log = logging.getLogger("sqloop")

_NEW = ".new-"
_LOCK_SECONDS = 60


class Registry:
    """Adapters below ``folder``, which need not exist; safe with several processes and kills."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, folder: Path, card: Card) -> Adapter:
        """Copy the adapter in ``folder`` (as PEFT saved it) under the name of its card; not yet in use.

        Raises ModelError where ``folder`` holds no adapter or the name is taken, SettingsError where
        nothing can be written.
        """
        missing = [name for name in NEEDED if not (folder / name).is_file()]
        if missing:
            raise ModelError(f"{folder} holds no adapter: {' and '.join(missing)} missing.")
        with self._changing():
            self._remove_leftovers()
            target = self.folder / card.name
            if target.exists():
                raise ModelError(f"There is an adapter {card.name} already.", "Choose another name.")
            incoming = Path(tempfile.mkdtemp(prefix=_NEW, dir=self.folder))
            for path in folder.iterdir():
                if path.is_file() and path.name != CARD:
                    _write(incoming / path.name, path.read_bytes())
            _write(incoming / CARD, card.model_dump_json(indent=1).encode())
            sync_folder(incoming)
            os.rename(incoming, target)
            sync_folder(self.folder)
        return Adapter(card.name, target)

    def list(self, base: str | None = None) -> list[Adapter]:
        """The adapters of ``base``, or all, oldest first; one with a damaged card is warned of."""
        paths = [each for each in self.folder.glob(f"*/{CARD}") if not each.parent.name.startswith(".")]
        adapters = []
        for path in paths:
            adapter = Adapter(path.parent.name, path.parent)
            try:
                if base in (None, adapter.card.base):
                    adapters.append(adapter)
            except ModelError as error:
                _log.warning("%s", error)
        return sorted(adapters, key=lambda each: (each.card.created, each.name))

    def find(self, name: str) -> Adapter:
        """The adapter of that name. Raises ModelError where there is none."""
        known = {path.parent.name for path in self.folder.glob(f"*/{CARD}")}
        if name.startswith(".") or name not in known:
            raise ModelError(f"There is no adapter {name}.", "See sqloop adapters list.")
        return Adapter(name, self.folder / name)

    def active(self, base: str) -> Adapter | None:
        """The adapter that ``base`` is served with; None for the bare model.

        Its folder may have gone since: `Adapter.check` tells. Raises ModelError where the history is damaged.
        """
        name = read_history(self.pointer(base)).active
        return None if name is None else Adapter(name, self.folder / name)

    def promote(self, name: str) -> Adapter:
        """Serve the adapter's base model with it from the next question on; again changes nothing.

        Raises ModelError where there is no such adapter or it is not whole.
        """
        adapter = self.find(name)
        adapter.check()
        with self._changing():
            history = read_history(self.pointer(adapter.card.base))
            if history.active != name:
                self._change(adapter.card.base, history, Change(at=_now(), did="promote", adapter=name))
        return adapter

    def rollback(self, base: str) -> Adapter | None:
        """Take the last promotion back; what is active now, None for the bare model.

        Raises ModelError where there is none.
        """
        with self._changing():
            history = read_history(self.pointer(base))
            if history.active is None:
                raise ModelError("There is nothing to roll back: the bare model is in use.")
            self._change(base, history, Change(at=_now(), did="rollback", adapter=history.active))
        return self.active(base)

    def history(self, base: str) -> tuple[Change, ...]:
        """Every promotion and rollback of ``base``, oldest first. Raises ModelError where it is damaged."""
        return read_history(self.pointer(base)).changes

    def pointer(self, base: str) -> Path:
        """The file that is replaced when the active adapter of ``base`` changes."""
        return self.folder / ".active" / base

    def _change(self, base: str, history: History, change: Change) -> None:
        pointer = self.pointer(base)
        pointer.parent.mkdir(exist_ok=True)
        write_history(pointer, History(changes=(*history.changes, change)))

    @contextmanager
    def _changing(self) -> Iterator[None]:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            # The system lets go of the lock when its holder dies.
            with FileLock(self.folder / ".lock", timeout=_LOCK_SECONDS):
                yield
        except Timeout:
            raise ModelError(f"{self.folder} is being changed by another process.", "Try again.") from None
        except OSError as error:
            raise SettingsError(
                f"Adapters cannot be kept in {self.folder}: {error.strerror}.",
                "Set data to a folder that can be written.",
            ) from error

    def _remove_leftovers(self) -> None:
        for path in self.folder.glob(f"{_NEW}*"):
            shutil.rmtree(path, ignore_errors=True)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
