"""A terminal for tests: what is typed there, and what is shown."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

SECONDS = 120


class Terminal:
    """A process on a terminal of its own: Ctrl-C and Ctrl-D mean what they mean there."""

    def __init__(self, command: list[str], variables: Mapping[str, str], folder: Path) -> None:
        self._ours, theirs = pty.openpty()
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            env={**variables, "TERM": "xterm", "COLUMNS": "100"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            preexec_fn=_take_terminal,
        )
        os.close(theirs)
        self._read_to = 0
        self.shown = ""

    def expect(self, text: str) -> None:
        """Return when ``text`` is shown after what was expected before."""
        while (found := self.shown.find(text, self._read_to)) < 0:
            assert self._read(), f"{text!r} is not shown: {self.shown[self._read_to :]!r}"
        self._read_to = found + len(text)

    def type(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def interrupt(self, text: str) -> None:
        """Press Ctrl-C until ``text`` is shown, as a person does.

        One that comes after `input` has written its prompt and before it reads is heard with the next key.
        """
        for _ in range(SECONDS):
            self.type("\x03")
            while select.select([self._ours], [], [], 1)[0] and self._read():
                if text in self.shown:
                    return
        raise AssertionError(f"{text!r} is not shown: {self.shown!r}")

    def end(self) -> int:
        """The exit code, after everything that is still shown."""
        while self._read():
            pass
        os.close(self._ours)
        return self._process.wait(SECONDS)

    def _read(self) -> bool:
        assert select.select([self._ours], [], [], SECONDS)[0], f"nothing more is shown: {self.shown!r}"
        try:
            part = os.read(self._ours, 4096)
        except OSError:  # how Linux says that the other side is closed
            return False
        self.shown += part.decode()
        return bool(part)


def _take_terminal() -> None:
    os.login_tty(0)
    # A suite that a shell runs in the background has its children ignore interrupts.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
