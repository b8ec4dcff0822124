"""Where SQLoop keeps settings, lasting data and caches on the user's machine; and how it writes a file."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from platformdirs import user_cache_path, user_config_path, user_data_path


def data_folder(chosen: str = "") -> Path:
    """The folder that the settings chose, or the system's place for a user's data; may not exist yet."""
    return Path(chosen).expanduser() if chosen else user_data_path("sqloop")


def cache_folder() -> Path:
    """The system's place for what can be made again; may not exist yet."""
    return user_cache_path("sqloop")


def config_folder() -> Path:
    """The system's place for a user's settings; may not exist."""
    return user_config_path("sqloop")


def training_folder(chosen: str = "") -> Path:
    """Where the trainer keeps its runs, among the data; may not exist yet."""
    return data_folder(chosen) / "training"


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A new file beside ``path`` that takes its place when the block ends well, and else is gone.

    So whoever reads ``path``, or is killed, meets the old file or the new one whole. It is empty at first and
    for the user's eyes only. Raises OSError.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=".tmp", dir=path.absolute().parent)
    os.close(handle)
    written = Path(name)
    try:
        yield written
        written.replace(path)
    finally:
        written.unlink(missing_ok=True)
