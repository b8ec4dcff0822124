"""Executing candidates for their rewards: many at once, behind all walls, each text once.

A policy writes the same text again and again, within a step and from step to step: outcomes are kept, those
that took too long as well. So the data is taken to stand still while a pool is open, as the gold answers do.

The read-only check is Python and holds the interpreter: in threads its parses would only get in each
other's way. They are done before, one after the other (the check keeps what it has seen); in the threads
the databases do the work, which lets the interpreter go.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from types import TracebackType
from typing import Protocol

from sqloop.database.cancellation import Cancellation
from sqloop.database.checking.readonly import check_readonly
from sqloop.database.connect import DEFAULT_LIMITS, connect
from sqloop.database.outcome import Limits, Outcome
from sqloop.recent import Recent

AT_ONCE = 8
"""Candidates that are executed at the same time, one connection each."""

KEPT_CELLS = 1_000_000
"""Cells of all outcomes that are kept: some 100 MB at the most."""

_BATCH = 1_000
"""Texts that are checked before they are run: fewer than the check remembers."""


class Executor(Protocol):
    """What runs candidates, whatever language they are written in."""

    def run(self, texts: Sequence[str]) -> list[Outcome]:
        """What each text gives, in their order; a failed candidate is an outcome."""

    def run_everywhere(self, texts: Sequence[str]) -> list[tuple[Outcome, ...]]:
        """What each text gives, and then on each copy of what it is run on."""


class RewardPool:
    """One database and its perturbed copies; a context manager, used by one thread."""

    def __init__(
        self, url: str, *copies: str, limits: Limits = DEFAULT_LIMITS, password_command: str | None = None
    ) -> None:
        """Connect to `url` and to the URLs of its copies, on which the same `limits` hold.

        Raises SettingsError, UnreachableError.
        """
        self._kept = Recent[_Key, Outcome](KEPT_CELLS, _cells)
        with ExitStack() as opening:
            self._databases = [
                opening.enter_context(connect(each, limits, password_command)) for each in (url, *copies)
            ]
            self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="reward")
            self._stack = opening.pop_all()

    def run(self, texts: Sequence[str]) -> list[Outcome]:
        """What each text gives on the database, in their order; a failed candidate is an outcome.

        Raises UnreachableError when the database is gone; the pool can be used again once it is back.
        """
        return [outcomes[0] for outcomes in self._outcomes(texts, 1)]

    def run_everywhere(self, texts: Sequence[str]) -> list[tuple[Outcome, ...]]:
        """What each text gives on the database and then on each copy; raises as `run` does."""
        return self._outcomes(texts, len(self._databases))

    def close(self) -> None:
        """Let go of threads and connections; closing again is harmless."""
        self._threads.shutdown(cancel_futures=True)
        self._stack.close()

    def __enter__(self) -> RewardPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _outcomes(self, texts: Sequence[str], databases: int) -> list[tuple[Outcome, ...]]:
        keys = [(text, place) for text in dict.fromkeys(texts) for place in range(databases)]
        found = {key: outcome for key in keys if (outcome := self._kept.get(key)) is not None}
        missing = [key for key in keys if key not in found]
        for start in range(0, len(missing), _BATCH):
            for key, outcome in self._execute(missing[start : start + _BATCH]):
                found[key] = outcome
                self._kept.put(key, outcome)
        return [tuple(found[text, place] for place in range(databases)) for text in texts]

    def _execute(self, keys: Sequence[_Key]) -> list[tuple[_Key, Outcome]]:
        for text, place in keys:
            check_readonly(text, self._databases[place].dialect)
        cancel = Cancellation()
        running: list[Future[Outcome]] = []
        try:
            running += (
                self._threads.submit(self._databases[place].execute, text, cancel) for text, place in keys
            )
            return [(key, future.result()) for key, future in zip(keys, running, strict=True)]
        except BaseException:
            cancel.cancel()
            for future in running:
                future.cancel()
            raise


_Key = tuple[str, int]
"""A text, and the place of the database that it was run on."""


def _cells(outcome: Outcome) -> int:
    return 1 + len(outcome.rows) * len(outcome.columns)
