"""Where SQLoop keeps things on the user's machine: settings, data that must last, and caches."""

from __future__ import annotations

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
