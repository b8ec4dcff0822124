"""What a person sees while a model comes: a bar on a terminal, a line a stage elsewhere."""

from __future__ import annotations

from types import TracebackType
from typing import Protocol

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)


class Follow(Protocol):
    """Is told how far it is."""

    def start(self, stage: str, total: int) -> None:
        """The next stage begins, of so many bytes."""

    def reach(self, done: int) -> None:
        """So many bytes of it are done."""

    def say(self, line: str) -> None:
        """Something happened that the user should know."""


class ProgressBar:
    """A `Follow` on standard error; a context manager."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task = self._bar.add_task("", total=None)

    def __enter__(self) -> ProgressBar:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def start(self, stage: str, total: int) -> None:
        """See `Follow.start`."""
        if not self._console.is_terminal:
            self.say(stage)
        self._bar.reset(self._task, description=stage, total=total)

    def reach(self, done: int) -> None:
        """See `Follow.reach`."""
        self._bar.update(self._task, completed=done)

    def say(self, line: str) -> None:
        """See `Follow.say`."""
        self._console.print(f"sqloop: {line}", highlight=False, markup=False, soft_wrap=True)
