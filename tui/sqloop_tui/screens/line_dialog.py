"""One line that is asked for."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static


class LineDialog(ModalScreen[str]):
    """Ends with the line; None when its user changed his mind."""

    DEFAULT_CSS = """
    LineDialog {
        align: center middle;
        & > Vertical {
            width: 64;
            max-width: 96%;
            height: auto;
            border: round $primary;
            border-title-color: $primary;
            background: $surface;
            padding: 1 2;
        }
        & Input, & Input:focus { border: none; background: $panel; height: 1; }
        & Static { color: $secondary; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "Cancel")]

    def __init__(self, title: str, words: str, value: str = "") -> None:
        super().__init__()
        self._title, self._words, self._value = title, words, value

    def compose(self) -> ComposeResult:
        """What is asked, and room for it."""
        with Vertical() as box:
            box.border_title = self._title
            box.border_subtitle = "Enter does it, Esc cancels"
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
