"""`sqloop trust`: let a folder's `sqloop.toml` do what it wants, or take that back."""

from __future__ import annotations

import sys
from pathlib import Path

from sqloop.errors import SettingsError
from sqloop.settings_file import FILE_NAME, SettingsFile, find_file
from sqloop.terminal.telling import tell
from sqloop.trust import distrust, printable, screen, trust


def trust_folder(folder: Path) -> int:
    """Trust the nearest `sqloop.toml` as it is now, and say what that lets it do. Raises SettingsError."""
    file = SettingsFile.read(_find(folder))
    wants = screen(file)[1]
    trust(file)
    tell(f"{file.path} is trusted as it is now{':' if wants else '; it wants nothing that needs it.'}")
    for want in wants:
        print(f"  {printable(str(want))}", file=sys.stderr)
    return 0


def distrust_folder(folder: Path) -> int:
    """Take the trust back, also of a file that is gone. Raises SettingsError."""
    path = find_file(folder) or folder.resolve() / FILE_NAME
    tell(f"{path} is trusted no longer." if distrust(path) else f"{path} was not trusted.")
    return 0


def _find(folder: Path) -> Path:
    path = find_file(folder)
    if path is None:
        raise SettingsError(f"There is no {FILE_NAME} of yours in {folder.resolve()} or above it.")
    return path
