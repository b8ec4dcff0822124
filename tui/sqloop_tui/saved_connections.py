"""A connection that outlives the console: its URL in `sqloop.toml`, its password in the keyring only."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from sqloop.errors import SettingsError
from sqloop.settings_edit import write_entries
from sqloop.settings_file import FILE_NAME
from sqloop_tui.screens.connections import Choice

_NAME = re.compile(r"[\w-]{1,64}")


def save_connection(folder: Path, choice: Choice) -> str:
    """Write it to the folder's file; what was done, in words. Raises SettingsError."""
    if not _NAME.fullmatch(choice.name):
        raise SettingsError("The name of a connection has letters, digits, - and _ only.")
    # As the URL's own parts are read when a password is looked for.
    parts = urlsplit(choice.connection)
    if parts.password is not None:
        raise SettingsError(
            "The URL holds a password, which is not written to a file.",
            "Leave it out of the URL, and give it in the line below.",
        )
    write_entries(folder / FILE_NAME, "connections", {choice.name: choice.connection})
    words = f"Saved as {choice.name} in {FILE_NAME}."
    if choice.password:
        user = f"{parts.username}@{parts.hostname}" if parts.username and parts.hostname else ""
        kept = user and _keep(user, choice.password)
        words += f" Its password is {'' if kept else 'not '}in the keyring."
    return words


def _keep(user: str, password: str) -> bool:
    import keyring  # slow to load, and rarely needed
    from keyring.errors import KeyringError

    with suppress(KeyringError):
        keyring.set_password("sqloop", user, password)
        return True
    return False
