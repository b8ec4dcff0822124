"""The one thing that is asked back: which of two meanings a question has."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from sqloop.lsp.protocol import Choice
from sqloop.terminal.printable import printable
from sqloop_tui.screens.dialog import Dialog


class AskingBack(Dialog[str]):
    """Ends with the SQL of the meaning; None where the first answer is to stay."""

    DEFAULT_CSS = """
    AskingBack {
        & OptionList, & OptionList:focus { height: auto; background: $surface; border: none; padding: 0; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "The first")]

    def __init__(self, choice: Choice) -> None:
        super().__init__()
        self._choice = choice

    def compose(self) -> ComposeResult:
        """The question, and both answers."""
        with Vertical() as box:
            box.border_title = self._choice.question
            box.border_subtitle = "Enter chooses, Esc keeps the first"
            yield OptionList(*(Option(printable(each.words)) for each in self._choice.options), id="meanings")

    def on_mount(self) -> None:
        """The first has the cursor."""
        self.query_one(OptionList).highlighted = 0

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """That is what was meant."""
        self.dismiss(self._choice.options[event.option_index].sql)
