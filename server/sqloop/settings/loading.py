"""Settings from flags, variables and files: which goes before which, and where a wrong one stands."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource
from pydantic_settings import SettingsError as SourceError

from sqloop.errors import SettingsError
from sqloop.places import config_folder
from sqloop.settings.everything import PREFIX, Settings
from sqloop.settings.mistakes import say_reason
from sqloop.settings_file import SettingsFile, find_file
from sqloop.trust import Decide, ask, screen, settled_by_user


def load_settings(
    folder: Path | None = None, decide: Decide = ask, *, upwards: bool = True, **flags: Any
) -> Settings:
    """The settings in force in `folder` (the working directory); flags that are None count as not given.

    ``decide`` is asked where the folder's file wants what needs trust; a no leaves all of that out. Without
    ``upwards``, no file above the folder is looked for.

    Raises:
        SettingsError: invalid TOML, an unknown key, a value of the wrong type; nobody trusts the file.
    """
    given = {name: value for name, value in flags.items() if value is not None}
    path, own = find_file(folder or Path.cwd(), upwards=upwards), find_file(config_folder(), upwards=False)
    file = SettingsFile.read(path) if path and path != own else None
    files = [each for each in (file, SettingsFile.read(own) if own else None) if each is not None]
    settings = _check([each.data for each in files], given, files)
    if file is None:
        return settings
    if not screen(file)[1]:
        return settings
    settled = settled_by_user(given, os.environ, PREFIX)
    harmless, wants = screen(file, settled)
    if not decide(file, wants):
        return _check([harmless, *(each.data for each in files if each is not file)], given, files)
    return settings.of_a_folder() if "model" in file.data and "model" not in settled else settings


def _check(
    sources: Sequence[Mapping[str, Any]], given: Mapping[str, Any], files: Sequence[SettingsFile]
) -> Settings:
    try:
        return _bound(_merge(sources))(**given)
    except ValidationError as error:
        found: dict[str, str] = {}  # The first of each key: of one with several types each complains.
        for each in error.errors(include_url=False, include_input=False):
            key = tuple(str(part) for part in each["loc"])
            found.setdefault(_origin(key, given, files), say_reason(each))
        raise SettingsError("; ".join(f"{origin}: {reason}" for origin, reason in found.items())) from None
    except SourceError as error:
        raise SettingsError(_lower_first(str(error))) from None


def _merge(sources: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Key by key, tables too; what comes first overrides and stays first."""
    merged: dict[str, Any] = {}
    for source in sources:
        for key, value in source.items():
            known = merged.setdefault(key, value)
            if isinstance(known, dict) and isinstance(value, dict):
                merged[key] = known | {name: each for name, each in value.items() if name not in known}
    return merged


def _bound(data: Mapping[str, Any]) -> type[Settings]:
    class FileSettings(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return init_settings, env_settings, InitSettingsSource(settings_cls, dict(data))

    return FileSettings


def _origin(key: tuple[str, ...], flags: Mapping[str, object], files: Sequence[SettingsFile]) -> str:
    """Where the setting came from, in the order in which the sources override each other."""
    name = ".".join(key)
    if key[0] in flags:
        return f"--{name}" if len(name) > 1 else f"-{name}"
    for depth in range(len(key), 0, -1):
        variable = PREFIX + "__".join(key[:depth]).upper()
        if variable in os.environ:
            return variable
    file = next((each for each in files if key[0] in each.data), None)
    return f"{file.position(key)}: {name}" if file else name


def _lower_first(message: str) -> str:
    return message[:1].lower() + message[1:]
