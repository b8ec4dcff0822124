"""The one thing that is asked back: which of its meanings a question has."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Key
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

    def __init__(self, choice: Choice, go_on: Callable[[str], None]) -> None:
        """``go_on`` takes each letter of a question that is typed instead."""
        super().__init__()
        self._choice, self._go_on = choice, go_on
        self._left = False

    def compose(self) -> ComposeResult:
        """The question, and its answers."""
        with Vertical() as box:
            box.border_title = Text(printable(self._choice.question))
            box.border_subtitle = f"Enter or 1 to {len(self._choice.options)} chooses, Esc keeps the first"
            options = (Option(Text(printable(each.words))) for each in self._choice.options)
            yield OptionList(*options, id="meanings")

    def on_mount(self) -> None:
        """The first has the cursor."""
        self.query_one(OptionList).highlighted = 0

    def on_key(self, event: Key) -> None:
        """Numbers choose; whatever else is typed begins the next question, and the first answer stays."""
        if not event.is_printable or event.character is None:
            return
        event.stop()
        event.prevent_default()
        numbers = [str(number) for number, _ in enumerate(self._choice.options, 1)]
        if event.character in numbers and not self._left:
            self.dismiss(self._choice.options[numbers.index(event.character)].sql)
            return
        self._go_on(event.character)
        if not self._left:
            self._left = True
            self.dismiss(None)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """That is what was meant."""
        self.dismiss(self._choice.options[event.option_index].sql)
