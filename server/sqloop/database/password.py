"""Where a password comes from: the URL, a command, the environment, the keyring. It is never printed."""

from __future__ import annotations

import os
import shlex
import subprocess

from sqlalchemy.engine import URL

from sqloop.errors import SettingsError

VARIABLE = "SQLOOP_PASSWORD"
_COMMAND_SECONDS = 60


def find_password(url: URL, command: str | None = None) -> str | None:
    """The first that has one: the URL, ``command``, SQLOOP_PASSWORD, the keyring ("sqloop", "user@host").

    Raises SettingsError when the command fails.
    """
    if url.password is not None:
        return str(url.password)
    if command:
        return _ask_command(command)
    if VARIABLE in os.environ:
        return os.environ[VARIABLE]
    return _ask_keyring(f"{url.username}@{url.host}") if url.username and url.host else None


def _ask_command(command: str) -> str:
    try:
        words = shlex.split(command)
        done = subprocess.run(
            words, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=_COMMAND_SECONDS, check=True
        )
    except (OSError, ValueError, IndexError, subprocess.SubprocessError) as error:
        # The command and its output stay out of the message: either may hold the password.
        raise SettingsError(f"The password command failed ({type(error).__name__}).") from None
    return done.stdout.decode().rstrip("\r\n")


def _ask_keyring(user: str) -> str | None:
    import keyring  # slow to load, and rarely needed
    from keyring.errors import KeyringError

    try:
        return keyring.get_password("sqloop", user)
    except KeyringError:  # none on this machine, or locked: then there is no password to be had here
        return None
