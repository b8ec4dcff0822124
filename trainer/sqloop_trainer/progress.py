"""What a person sees of a run and of how long it takes: a bar on a terminal, lines elsewhere.

Nothing is seen of the libraries.
"""

from __future__ import annotations

import logging
import math
import time
import warnings

from rich.progress import MofNCompleteColumn, TextColumn, TimeRemainingColumn

from sqloop.terminal.stage_bar import StageBar


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


EVERY = 30.0
"""Seconds between two lines of one stage, where there is no terminal."""

_REMEMBERED = 3600.0
"""Seconds whose steps tell the pace: a step may take minutes."""


class Progress(StageBar):
    """The line; a context manager. Everything goes to standard error."""

    def __init__(self) -> None:
        note = TextColumn("{task.fields[note]}")
        super().__init__(MofNCompleteColumn(), TimeRemainingColumn(), note, pace=_REMEMBERED, note="")
        self._stage, self._total = "", 0
        self._began = self._said = time.monotonic()

    def start(self, stage: str, total: int | None = None) -> None:
        """Go on to the next stage, of so many parts."""
        self._stage, self._total = stage, total or 0
        self._began = self._said = time.monotonic()
        if not self._console.is_terminal:
            print(stage, file=self._console.file, flush=True)
        self._begin(stage, total)

    def count(self, done: int, note: str = "") -> None:
        """So many parts of the stage are done."""
        self._reach(done, note=note)
        now = time.monotonic()
        if not self._console.is_terminal and done and now - self._said >= EVERY:
            self._said = now
            left = (self._total - done) * (now - self._began) / done
            line = f"{self._stage}: {done} of {self._total}, {tell_time(left)} left  {note}"
            print(line.rstrip(), file=self._console.file, flush=True)

    def learn(self, record: dict[str, float]) -> None:
        """A step of GRPO is done; see `sqloop_trainer.learning.grpo.tune`."""
        note = f"reward {record['reward']:.2f}  errors {record['error_rate']:.0%}  KL {record['kl']:.3f}"
        self.count(int(record["step"]), note)


def tell_time(seconds: float) -> str:
    """A time to wait, in words.

    >>> tell_time(20), tell_time(150), tell_time(5_400)
    ('less than a minute', 'about 3 minutes', 'about 90 minutes')
    """
    if seconds < 60:
        return "less than a minute"
    if seconds < 100 * 60:
        return "about 1 minute" if seconds < 90 else f"about {math.ceil(seconds / 60)} minutes"
    return f"about {seconds / 3600:.1f} hours"
