"""How long to wait before the model is asked: as the user types, so that it is not asked in vain."""

from __future__ import annotations

import time
from collections.abc import Callable

LEAST, MOST = 0.08, 0.6
"""Seconds."""

_AT_ONCE = 0.02
_PAUSE = 2.0
"""Seconds after which a key press says nothing about how fast somebody types."""


class Pace:
    """The rhythm of one user: between two keys of his, most often no more than `delay` passes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last = float("-inf")
        self._interval = 0.2
        self._line_ended = False

    def typed(self, text: str) -> None:
        """Note an edit that put ``text`` in."""
        now = self._clock()
        passed = now - self._last
        if passed < _PAUSE:
            self._interval += 0.3 * (passed - self._interval)
        self._last = now
        # Enter behind a comment is a wish to see something.
        self._line_ended = text.endswith("\n") or (text.strip() == "" and "\n" in text)

    def delay(self) -> float:
        """Seconds to wait from the last edit on.

        >>> times = iter([0.0, 0.1, 0.2])
        >>> pace = Pace(lambda: next(times))
        >>> pace.typed("a"); pace.typed("b"); round(pace.delay(), 3)
        0.34
        """
        if self._line_ended:
            return _AT_ONCE
        return min(max(2 * self._interval, LEAST), MOST)
