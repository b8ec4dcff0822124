"""A box in the middle, over what stands there: what every dialog looks like and how it is left."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen, ScreenResultType


class LongText(VerticalScroll):
    """The box of a dialog that may not fit: then its border says how to see the rest."""

    def on_resize(self) -> None:
        """Another size, another part that is seen."""
        self.call_after_refresh(self._say_more)

    def _say_more(self) -> None:
        more = "↓ ↑ PgDn PgUp show the rest · " if self.max_scroll_y else ""
        self.border_subtitle = f"{more}Esc closes"


class Dialog(ModalScreen[ScreenResultType]):
    """Holds one `Vertical` or `VerticalScroll` with a title; ends with None when it is left."""

    DEFAULT_CSS = """
    Dialog {
        align: center middle;
        & > Vertical, & > VerticalScroll {
            width: 76;
            max-width: 96%;
            height: auto;
            border: round $primary;
            border-title-color: $primary;
            background: $surface;
            padding: 1 2;
        }
        & Input, & Input:focus { border: none; background: $panel; height: 1; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "Cancel")]
