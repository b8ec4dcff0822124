"""`sqloop/removeConnection`: what was saved in `sqloop.toml` is taken out of it again."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import urlsplit

from sqloop.errors import SettingsError
from sqloop.lsp.protocol import RemoveConnectionParams, Status
from sqloop.lsp.server import Server
from sqloop.lsp.state import read_status
from sqloop.settings import Settings
from sqloop.settings_edit import write_entries
from sqloop.settings_file import FILE_NAME, SettingsFile


async def remove_connection(ls: Server, params: RemoveConnectionParams) -> Status:
    """The status without it. Raises SettingsError where it is in use, or not of the workspace's file."""
    backend, name = ls.backend, params.name
    file = backend.folder / FILE_NAME
    named = SettingsFile.read(file).data.get("connections") if file.exists() else None
    if not isinstance(named, dict) or name not in named:
        raise SettingsError(
            f"{name} is not in {FILE_NAME} of this folder.", "Only what stands there is removed."
        )
    if name == backend.configuration.connection:
        raise SettingsError(f"{name} is in use.", "Connect to another one first.")

    def remove() -> None:
        write_entries(file, "connections", {name: None})
        forget_password(backend.settings, name)

    await backend.threads.run(lambda _: remove())
    backend.forget_connection(name)
    return read_status(backend, ls.suggestions.counts())


def forget_password(settings: Settings, name: str) -> None:
    """Take the password of a connection out of the keyring, where no other connection uses it."""
    users = {key: _user(each.url) for key, each in settings.connections.items()}
    user = users.pop(name, "")
    if not user or user in users.values():
        return
    import keyring  # slow to load, and rarely needed
    from keyring.errors import KeyringError

    with suppress(KeyringError):  # There is none, or nothing in it.
        keyring.delete_password("sqloop", user)


def _user(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.username}@{parts.hostname}" if parts.username and parts.hostname else ""
