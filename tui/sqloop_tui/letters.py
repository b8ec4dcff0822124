"""Single letters are commands, and what people type: which of both shows by what comes right behind them.

Behind an answer the next question is typed at once, and its letters must judge nothing. So a letter that
judges is held back for a moment: alone it is the command; with another letter behind it, both are the
beginning of a question.

Who pauses behind the first letter of a word has judged without meaning to. The letter is remembered for some
seconds: whoever types on then may have meant it (`sqloop_tui.question_bar` finds out by the word).
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from textual.screen import Screen
from textual.timer import Timer

PAUSE = 0.35
"""Seconds in which somebody who types has typed the next letter."""


REMEMBERED = 5.0
"""Seconds in which a verdict may turn out to be the first letter of a word."""


class Letters:
    """Belongs to one screen; ``type`` gets what turned out to be typed, and a letter that just judged."""

    def __init__(self, screen: Screen[None], type: Callable[[str, str], None]) -> None:
        self._screen = screen
        self._type = type
        self._held = ""
        self._timer: Timer | None = None
        self._judged, self._at = "", 0.0

    @property
    def holding(self) -> bool:
        """Whether a letter waits for what comes behind it."""
        return self._timer is not None

    def hold(self, letter: str, command: Callable[[], None], *, judges: bool = False) -> None:
        """Do ``command`` for ``letter``, unless more is typed; it is remembered where it ``judges``."""
        if self.holding:
            self.go_on(letter)
            return
        self._held = letter

        def act() -> None:
            self._release()
            self._judged, self._at = letter if judges else "", monotonic()
            command()

        self._timer = self._screen.set_timer(PAUSE, act)

    def go_on(self, text: str) -> None:
        """It is typed, and so is what was held."""
        judged = self._judged if monotonic() - self._at < REMEMBERED else ""
        self._judged = ""
        self._type(self._release() + text, judged)

    def _release(self) -> str:
        held, self._held = self._held, ""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        return held
