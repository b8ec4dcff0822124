"""Single letters are commands, and what people type: which of both shows by what comes right behind them.

Behind an answer the next question is typed at once, and its letters must judge nothing. So a letter that
judges is held back for a moment: alone it is the command; with another letter behind it, both are the
beginning of a question.
"""

from __future__ import annotations

from collections.abc import Callable

from textual.screen import Screen
from textual.timer import Timer

PAUSE = 0.35
"""Seconds in which somebody who types has typed the next letter."""


class Letters:
    """Belongs to one screen; ``type`` gets what turned out to be typed."""

    def __init__(self, screen: Screen[None], type: Callable[[str], None]) -> None:
        self._screen = screen
        self._type = type
        self._held = ""
        self._timer: Timer | None = None

    @property
    def holding(self) -> bool:
        """Whether a letter waits for what comes behind it."""
        return self._timer is not None

    def hold(self, letter: str, command: Callable[[], None]) -> None:
        """Do ``command`` for ``letter``, unless more is typed."""
        if self.holding:
            self.go_on(letter)
            return
        self._held = letter

        def act() -> None:
            self._release()
            command()

        self._timer = self._screen.set_timer(PAUSE, act)

    def go_on(self, text: str) -> None:
        """It is typed, and so is what was held."""
        self._type(self._release() + text)

    def _release(self) -> str:
        held, self._held = self._held, ""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        return held
