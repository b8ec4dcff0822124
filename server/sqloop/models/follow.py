"""What a person sees while a model comes: a bar on a terminal, a line a stage elsewhere."""

from __future__ import annotations

from typing import Protocol

from rich.progress import DownloadColumn, TimeRemainingColumn, TransferSpeedColumn

from sqloop.terminal.stage_bar import StageBar


class Follow(Protocol):
    """Is told how far it is."""

    def start(self, stage: str, total: int) -> None:
        """The next stage begins, of so many bytes."""

    def reach(self, done: int) -> None:
        """So many bytes of it are done."""

    def say(self, line: str) -> None:
        """Something happened that the user should know."""


class ProgressBar(StageBar):
    """A `Follow` on standard error; a context manager."""

    def __init__(self) -> None:
        super().__init__(DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())

    def start(self, stage: str, total: int) -> None:
        """See `Follow.start`."""
        if not self._console.is_terminal:
            self.say(stage)
        self._begin(stage, total)

    def reach(self, done: int) -> None:
        """See `Follow.reach`."""
        self._reach(done)

    def say(self, line: str) -> None:
        """See `Follow.say`."""
        self._console.print(f"sqloop: {line}", highlight=False, markup=False, soft_wrap=True)
