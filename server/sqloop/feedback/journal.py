"""Writing feedback beside other work: a store that cannot be used costs a warning, never an answer."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from sqloop.errors import SQLoopError
from sqloop.feedback.events import Event
from sqloop.feedback.store import FeedbackStore, open_store
from sqloop.settings import Settings


class Journal:
    """Appends events as the settings say; may be used from several threads at once."""

    def __init__(self, settings: Settings, warn: Callable[[str], None], *, enabled: bool = True) -> None:
        """``warn`` is called with one line for a failure, once for each reason of failing.

        Nothing is kept unless both the settings and ``enabled`` say so.
        """
        self._enabled = enabled and settings.feedback.enabled
        self._settings = settings
        self._warn = warn
        self._warned: set[str] = set()
        self._store: FeedbackStore | None = None
        self._opening = Lock()

    def write(self, event: Event) -> bool:
        """Whether the event is kept now: not when feedback is off, nor when it cannot be written."""
        if not self._enabled:
            return False
        try:
            self._open().append(event)
            return True
        except SQLoopError as error:
            if str(error) not in self._warned:
                self._warned.add(str(error))
                self._warn(f"Feedback is not kept. {error}")
            return False

    def _open(self) -> FeedbackStore:
        with self._opening:
            if self._store is None:
                self._store = open_store(self._settings)
            return self._store
