"""Which adapter of one base model is in use: a small file, replaced as a whole with each change.

It holds every change there was; the active adapter follows from them, so that the two cannot disagree.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from sqloop.errors import ModelError
from sqloop.places import replacing


class Change(BaseModel):
    """``adapter`` is what was promoted; ``rollback`` names what it took back."""

    model_config = ConfigDict(frozen=True)

    at: str
    did: Literal["promote", "rollback"]
    adapter: str


class History(BaseModel):
    """Changes of one base, oldest first."""

    model_config = ConfigDict(frozen=True)

    changes: tuple[Change, ...] = ()

    @property
    def stack(self) -> list[str]:
        """The promoted adapters that were not taken back; the last one is active.

        >>> did = [("promote", "a"), ("promote", "b"), ("rollback", "b"), ("promote", "c")]
        >>> History(changes=tuple(Change(at="", did=each, adapter=name) for each, name in did)).stack
        ['a', 'c']
        """
        names: list[str] = []
        for change in self.changes:
            if change.did == "promote":
                names.append(change.adapter)
            elif names:
                names.pop()
        return names

    @property
    def active(self) -> str | None:
        """The adapter in use; None for the bare model."""
        return self.stack[-1] if self.stack else None


def read_history(path: Path) -> History:
    """The history in the file, empty where there is none. Raises ModelError where it is damaged."""
    try:
        return History.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return History()
    except (OSError, ValidationError) as error:
        reason = str(error).splitlines()[0]
        raise ModelError(
            f"{path} cannot be read: {reason}.", "Without that file the bare model is in use."
        ) from error


def write_history(path: Path, history: History) -> None:
    """Replace the file: whoever reads, or is killed, meets the old one or the new one whole."""
    with replacing(path) as written, written.open("w", encoding="utf-8") as file:
        file.write(history.model_dump_json(indent=1))
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Have a rename in ``folder`` survive a loss of power, where the system can."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
