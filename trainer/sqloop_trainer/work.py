"""The folder of a run: each stage leaves its result, and a run that was killed goes on behind the last."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from sqloop.errors import SettingsError
from sqloop.feedback.runs import LOCK, TEXTS
from sqloop.places import replacing

START, END = "start", "result"
"""The first stage of every run, and the last."""


def find_unfinished(runs: Path, kind: str) -> Path | None:
    """The work folder of the last run of that kind below ``runs`` where that was killed."""
    begun = sorted(each.parent for each in runs.glob(f"{kind}-*/{START}.json"))
    return begun[-1] if begun and not (begun[-1] / f"{END}.json").is_file() else None


class Work:
    """A work folder, held by one process at a time; a context manager."""

    def __init__(self, folder: Path) -> None:
        """Make the folder. Raises SettingsError where it cannot be, or another process works in it."""
        self.folder = folder
        try:
            os.umask(0o077)  # What is learned from is the user's: no file of a run is anybody else's to read.
            folder.mkdir(parents=True, exist_ok=True)
            # The system lets go of the lock when its holder dies.
            self._lock = FileLock(folder / LOCK, timeout=0)
            self._lock.acquire()
        except Timeout:
            raise SettingsError(f"Another process works in {folder}.") from None
        except OSError as error:
            raise SettingsError(f"{folder} cannot be used: {error.strerror}.") from None

    def __enter__(self) -> Work:
        return self

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    def once(self, stage: str, make: Callable[[], Any]) -> Any:
        """The result of ``stage``, as JSON has it: what is there already, or what ``make`` gives.

        Raises SettingsError where it cannot be read or written, and what ``make`` raises.
        """
        path = self.folder / f"{stage}.json"
        if path.is_file():
            try:
                return json.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError) as error:
                raise SettingsError(f"{path} cannot be read: {error}.", "Choose another folder.") from None
        text = json.dumps(make(), ensure_ascii=False, indent=1)
        self.write(path.name, text)
        return json.loads(text)

    def write(self, name: str, text: str) -> Path:
        """Write a file whole or not at all. Raises SettingsError."""
        path = self.folder / name
        try:
            if path.stem not in (START, END):
                self._note_text(name)
            with replacing(path) as new, new.open("w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise SettingsError(f"{path} cannot be written: {error.strerror}.") from None
        return path

    def _note_text(self, name: str) -> None:
        """So that it can be forgotten: the name comes before the file."""
        notes = self.folder / TEXTS
        if not notes.is_file() or name not in notes.read_text(encoding="utf-8").splitlines():
            with notes.open("a", encoding="utf-8") as file:
                file.write(f"{name}\n")
