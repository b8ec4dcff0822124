"""What is about to be done, and whether it should be."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from sqloop.terminal.printable import printable
from sqloop_tui.screens.dialog import Dialog


class Confirmation(Dialog[bool]):
    """Ends with True where its user pressed Enter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "dismiss(True)", "Yes"),
        Binding("escape", "dismiss(False)", "No"),
    ]

    def __init__(self, title: str, words: str, does: str) -> None:
        """``does`` says what Enter does, as in "Enter starts"."""
        super().__init__()
        self._title, self._words, self._does = title, words, does

    def compose(self) -> ComposeResult:
        """The words."""
        with Vertical() as box:
            box.border_title = self._title
            box.border_subtitle = f"Enter {self._does}, Esc does not"
            yield Static("\n".join(map(printable, self._words.split("\n"))), markup=False)
