"""What a person sees of a run: one line on a terminal, a line a stage elsewhere, nothing of the libraries."""

from __future__ import annotations

import logging
import warnings
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar


def silence_libraries() -> None:
    """Keep transformers, TRL and their like from writing to the terminal."""
    import datasets  # type: ignore[import-untyped]
    import transformers

    warnings.filterwarnings("ignore")
    transformers.utils.logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    datasets.utils.logging.disable_progress_bar()
    for name in ("accelerate", "datasets", "peft", "torch", "transformers", "trl"):
        logging.getLogger(name).setLevel(logging.ERROR)


class Progress:
    """The line; a context manager. Everything goes to standard error."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._bar = Bar(
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[note]}"),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task = self._bar.add_task("", total=None, note="")

    def __enter__(self) -> Progress:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def start(self, stage: str, total: int | None = None) -> None:
        """Go on to the next stage, of so many parts."""
        if not self._console.is_terminal:
            print(stage, file=self._console.file)
        self._bar.reset(self._task, description=stage, total=total, note="")

    def count(self, done: int, note: str = "") -> None:
        """So many parts of the stage are done."""
        self._bar.update(self._task, completed=done, note=note)

    def learn(self, record: dict[str, float]) -> None:
        """A step of GRPO is done; see `sqloop_trainer.grpo.tune`."""
        note = f"reward {record['reward']:.2f}  errors {record['error_rate']:.0%}  KL {record['kl']:.3f}"
        self.count(int(record["step"]), note)
