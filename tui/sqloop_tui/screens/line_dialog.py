"""One line that is asked for."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from sqloop_tui.screens.dialog import Dialog


class LineDialog(Dialog[str]):
    """Ends with the line; None when its user changed his mind."""

    DEFAULT_CSS = """
    LineDialog {
        & > Vertical { width: 64; }
        & Static { color: $secondary; }
    }
    """

    def __init__(self, title: str, words: str, does: str, value: str = "") -> None:
        super().__init__()
        self._title, self._words, self._does, self._value = title, words, does, value

    def compose(self) -> ComposeResult:
        """What is asked, and room for it."""
        with Vertical() as box:
            box.border_title = self._title
            box.border_subtitle = f"Enter {self._does}, Esc cancels"
            yield Static(self._words, markup=False)
            yield Input(self._value, id="line")

    def on_mount(self) -> None:
        """Type before what is there, or in place of it."""
        self.query_one(Input).focus()
        if self._value.startswith("."):
            self.query_one(Input).select_on_focus = False
            self.query_one(Input).cursor_position = 0

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Done."""
        event.stop()
        self.dismiss(event.value.strip())
