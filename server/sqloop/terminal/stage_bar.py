"""One line on standard error for work in stages: a bar on a terminal; elsewhere its user prints lines."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn


class StageBar:
    """A context manager; ``columns`` stand behind the stage and its bar, ``fields`` are what they show."""

    def __init__(self, *columns: ProgressColumn, pace: float = 30.0, **fields: Any) -> None:
        """``pace``: seconds whose work tells how long the rest will take."""
        self._console = Console(stderr=True)
        self._fields = fields
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            *columns,
            console=self._console,
            transient=True,
            speed_estimate_period=pace,
            disable=not self._console.is_terminal,
        )
        self._task = self._bar.add_task("", total=None, **fields)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def _begin(self, stage: str, total: int | None) -> None:
        self._bar.reset(self._task, description=stage, total=total, **self._fields)

    def _reach(self, done: int, **fields: Any) -> None:
        self._bar.update(self._task, completed=done, **fields)
