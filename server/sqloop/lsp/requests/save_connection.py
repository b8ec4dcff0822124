"""A connection that outlives the server: its URL in `sqloop.toml`, its password in the keyring only."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from sqloop.errors import SettingsError
from sqloop.settings_edit import write_entries
from sqloop.settings_file import FILE_NAME

_NAME = re.compile(r"[\w-]{1,64}")


def check_connection(name: str, url: str) -> None:
    """Raise SettingsError where the name will not do, or the URL holds a password."""
    if not _NAME.fullmatch(name):
        raise SettingsError("The name of a connection has letters, digits, - and _ only.")
    if urlsplit(url).password is not None:
        raise SettingsError(
            "The URL holds a password, which is not written to a file.", "Give it apart from the URL."
        )


def save_connection(folder: Path, name: str, url: str, password: str) -> None:
    """Write it to the folder's file under ``name``.

    Raises SettingsError as `check_connection` does, or where there is no keyring for the password: then
    nothing is saved.
    """
    check_connection(name, url)
    if password:
        parts = urlsplit(url)
        _keep(f"{parts.username}@{parts.hostname}", password)
    write_entries(folder / FILE_NAME, "connections", {name: url})


def _keep(user: str, password: str) -> None:
    import keyring  # slow to load, and rarely needed
    from keyring.errors import KeyringError

    try:
        keyring.set_password("sqloop", user, password)
    except KeyringError:
        raise SettingsError(
            "There is no keyring to keep the password in: nothing was saved.",
            "Leave the password out, and set SQLOOP_PASSWORD or password_command.",
        ) from None
