"""Writing feedback beside other work: a store that cannot be used costs a warning, never an answer.

Nor does an answer wait for it: where somebody does, as on the command line, the journal has a patience.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock, Thread

from sqloop.errors import FeedbackError, SQLoopError
from sqloop.feedback.events import Event
from sqloop.feedback.store import PATIENCE, FeedbackStore, open_store
from sqloop.settings import Settings

_LENIENCE = 0.25
"""Seconds after which a store is given up that has not said that its patience is over."""


class Journal:
    """Appends events as the settings say; may be used from several threads at once."""

    def __init__(
        self,
        settings: Settings,
        warn: Callable[[str], None],
        *,
        enabled: bool = True,
        patience: float = PATIENCE,
    ) -> None:
        """``warn`` is called with one line for a failure, once for each reason of failing.

        Nothing is kept unless both the settings and ``enabled`` say so, nor what takes longer than
        ``patience``, in seconds.
        """
        self._patience = patience
        self._enabled = enabled and settings.feedback.enabled
        self._settings = settings
        self._warn = warn
        self._warned: set[str] = set()
        self._store: FeedbackStore | None = None
        self._opening = Lock()

    def write(self, event: Event) -> bool:
        """Whether the event is kept now: not when feedback is off, nor when it cannot be written."""
        return self._try(lambda store: store.append(event), "Feedback is not kept.")

    def forget(self, id: str) -> bool | None:
        """Whether the event of that id was kept, and is no more, for good; None where that fails.

        One that was taken back elsewhere is not kept any more. It fails as `write` does.
        """
        counts: list[int] = []
        done = self._try(lambda store: counts.append(store.forget([id])), "Nothing was taken back.")
        return bool(counts and counts[0]) if done else None

    def _try(self, do: Callable[[FeedbackStore], object], failing: str) -> bool:
        if not self._enabled:
            return False
        try:
            self._do(do)
            return True
        except SQLoopError as error:
            if str(error) not in self._warned:
                self._warned.add(str(error))
                self._warn(f"{failing} {error}")
            return False

    def _do(self, do: Callable[[FeedbackStore], object]) -> None:
        """Whatever the store waits for (a lock, a server, a command for its password) ends with patience."""
        failed: list[BaseException] = []

        def try_it() -> None:
            try:
                do(self._open())
            except BaseException as error:
                failed.append(error)

        writer = Thread(target=try_it, daemon=True)
        writer.start()
        writer.join(self._patience + _LENIENCE)
        if writer.is_alive():
            raise FeedbackError("The store does not answer.")
        if failed:
            raise failed[0]

    def _open(self) -> FeedbackStore:
        with self._opening:
            if self._store is None:
                self._store = open_store(self._settings, patience=self._patience)
            return self._store
