"""What may stand at the cursor, in a list below it; the keyboard stays with the editor."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style
from rich.text import Text
from textual.geometry import Offset
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from sqloop.terminal.printable import printable
from sqloop_tui.editor.language import Offer

MOST = 50
"""Offers that are listed."""


class OfferList(OptionList, can_focus=False):
    """Hidden while there is nothing to offer; ``moved`` once its user has chosen in it."""

    DEFAULT_CSS = """
    OfferList, OfferList:focus {
        display: none;
        position: absolute;
        overlay: screen;
        constrain: inside inflect;
        width: auto;
        min-width: 24;
        max-width: 60;
        height: auto;
        max-height: 10;
        padding: 0;
        border: none;
        background: $panel;
        text-wrap: nowrap;
        text-overflow: ellipsis;
        & > .option-list--option-highlighted { background: $primary 30%; color: $foreground; }
    }
    """

    def __init__(self) -> None:
        super().__init__(id="offers")
        self._offers: tuple[Offer, ...] = ()
        self.moved = False

    def show(self, offers: Sequence[Offer], at: Offset) -> None:
        """List other offers below a place of the screen; none hides the list."""
        self._offers = tuple(offers[:MOST])
        self.moved = False
        self.clear_options()
        self.display = bool(self._offers)
        if self._offers:
            self.add_options(Option(self._draw(each)) for each in self._offers)
            self.highlighted = 0
            self.absolute_offset = at

    def hide(self) -> None:
        """Offer nothing."""
        self.display = False

    def move(self, direction: int) -> None:
        """To another offer; behind the last comes the first."""
        self.moved = True
        self.highlighted = ((self.highlighted or 0) + direction) % len(self._offers)

    @property
    def chosen(self) -> Offer | None:
        """Under the cursor; None while nothing is offered."""
        if not self.display or self.highlighted is None:
            return None
        return self._offers[self.highlighted]

    def _draw(self, offer: Offer) -> Text:
        text = Text(f" {printable(offer.label)} ", no_wrap=True, overflow="ellipsis")
        return text.append(f" {printable(offer.detail)} " if offer.detail else "", Style(italic=True))
