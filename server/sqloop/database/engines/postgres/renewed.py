"""What a catalogue says, asked again when it is some seconds old."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

_T = TypeVar("_T")

LIFE = 10.0
"""Seconds for which an answer is believed."""


class Renewed(Generic[_T]):
    """An answer, with the question that gives it anew; may be used from several threads at once."""

    def __init__(self, ask: Callable[[], _T]) -> None:
        """What ``ask`` raises is raised by `get`."""
        self._ask = ask
        self._lock = Lock()
        self._asked_at = float("-inf")

    def get(self) -> _T:
        """The answer, at most `LIFE` old."""
        with self._lock:
            if time.monotonic() - self._asked_at > LIFE:
                self._answer = self._ask()
                self._asked_at = time.monotonic()
            return self._answer
