"""The SQL as text that can be edited: coloured, completed and laid out as the server says, run by a key."""

from __future__ import annotations

import asyncio
import re
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import events, work
from textual.binding import Binding, BindingType
from textual.geometry import Offset
from textual.widgets import TextArea

from sqloop.errors import SQLoopError
from sqloop.terminal.printable import JOINERS, printable
from sqloop_tui.editor.language import Language
from sqloop_tui.editor.offer_list import OfferList
from sqloop_tui.editor.sql_colours import KINDS, Kind, tokens

_WORD = re.compile(r"[A-Za-z_\u0080-\U0010ffff][\w$]*$|\.$")
"""What is completed while it is typed: a word, or what follows an owner."""

_PAUSE = 0.06
"""Seconds without a key before anything is asked."""


STEP = 2
"""Blanks that Tab indents by."""


class SqlEditor(TextArea):
    """Colours come from the style sheet, so that they follow the theme."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"sql--{kind}" for kind in KINDS}

    DEFAULT_CSS = """
    SqlEditor {
        .sql--keyword { color: $primary; text-style: bold; }
        .sql--function { color: $accent; }
        .sql--string { color: $success; }
        .sql--number { color: $warning; }
        .sql--comment { color: $secondary; text-style: italic; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "tab", "Complete or indent", show=False),
        Binding("up", "up", "Up", show=False),
        Binding("down", "down", "Down", show=False),
        Binding("ctrl+r,f5", "screen.run_sql", "Run", key_display="F5"),
        Binding("ctrl+@,ctrl+space", "complete", "Complete", show=False),
        Binding("f9", "lay_out", "Format", show=False),
    ]

    def __init__(self, language: Language, offers: OfferList, *, id: str) -> None:
        super().__init__(id=id, tab_behavior="focus", highlight_cursor_line=False)
        self._language, self._offers = language, offers
        self._typing = False
        self._spans: tuple[str, dict[int, list[tuple[int, int, Kind]]]] = ("", {})

    def show(self, sql: str) -> None:
        """Replace the text; undo brings back what stood there."""
        if sql != self.text:
            self.replace(sql, (0, 0), self.document.end)
            self.move_cursor((0, 0))

    def get_line(self, line_index: int) -> Text:
        """One line with its colours."""
        line = super().get_line(line_index)
        if not line.plain.isprintable():  # One by one: each of them has its place.
            line.plain = "".join(printable(char, f"\t{JOINERS}") for char in line.plain)
        for start, end, kind in self._by_line().get(line_index, ()):
            line.stylize(self.sql_style(kind), start, end)
        return line

    def on_key(self, event: events.Key) -> None:
        """While something is offered, Esc hides it and Enter takes what was chosen in it."""
        self._typing = event.is_printable or event.key == "backspace"
        if self._offers.display and (event.key == "escape" or (event.key == "enter" and self._offers.moved)):
            event.stop()
            event.prevent_default()
            if event.key == "enter":
                self._take()
            self._offers.hide()

    def on_text_area_changed(self) -> None:
        """Offer what may stand here, as it is typed."""
        typed, self._typing = self._typing, False
        if typed and _WORD.search(self._before()):
            self._complete(_PAUSE)
        else:
            self._close()

    def on_blur(self) -> None:
        """Offer nothing where nobody types."""
        self._close()

    def action_complete(self) -> None:
        """Offer what may stand here."""
        self._complete(0)

    def action_tab(self) -> None:
        """Take what is offered; where nothing is, indent the line, or offer what may stand behind a word."""
        before = self._before()
        if self._take() or self.selection.start != self.selection.end:
            return
        if not before.strip():
            self.insert(" " * (STEP - len(before) % STEP))
        elif _WORD.search(before):
            self._complete(0)

    def action_up(self) -> None:
        """The offer above, or the line."""
        self._move(-1)

    def action_down(self) -> None:
        """The offer below, or the line."""
        self._move(1)

    @work(exclusive=True, group="layout")
    async def action_lay_out(self) -> None:
        """Write every statement in the usual form; undo brings back what stood there."""
        text = self.text
        try:
            laid = await self._language.lay_out(text)
        except SQLoopError as error:
            self.notify(printable(str(error)), severity="warning", markup=False)
            return
        if self.text == text and laid != text:
            self.show(laid)
        elif any(kind == "comment" for _, _, kind in tokens(text)):
            self.notify("A query with comments in it is left as you wrote it.")
        elif laid == text:
            self.notify("There is nothing to lay out.")

    @work(exclusive=True, group="offers")
    async def _complete(self, pause: float) -> None:
        await asyncio.sleep(pause)  # The next key ends this worker: nothing is asked while one types fast.
        line, column = self.cursor_location
        try:
            offers = await self._language.complete(self.text, line, column)
        except SQLoopError:
            return  # Whoever runs the query hears of it.
        if self.has_focus and self.cursor_location == (line, column):
            # What stands there already need not be offered.
            word = self.document.get_line(line)[:column]
            new = [each for each in offers if word[each.start :] != each.text]
            self._offers.show(new, self.cursor_screen_offset + Offset(-1, 1))

    def _take(self) -> bool:
        offer = self._offers.chosen
        self._close()
        if offer is not None:
            line, column = self.cursor_location
            self.replace(offer.text, (line, offer.start), (line, column), maintain_selection_offset=False)
        return offer is not None

    def _move(self, direction: int) -> None:
        if self._offers.display:
            self._offers.move(direction)
        elif direction < 0:
            self.action_cursor_up()
        else:
            self.action_cursor_down()

    def _close(self) -> None:
        self.workers.cancel_group(self, "offers")
        self._offers.hide()

    def _before(self) -> str:
        line, column = self.cursor_location
        return self.document.get_line(line)[:column]

    def sql_style(self, kind: Kind) -> Style:
        """How a kind of token looks; the background stays that of what is below."""
        style = self.get_component_rich_style(f"sql--{kind}", partial=True)
        return Style(color=style.color, bold=style.bold, italic=style.italic)

    def _by_line(self) -> dict[int, list[tuple[int, int, Kind]]]:
        """Tokens by line: one may span several, and then colours parts of each."""
        text = self.text
        if self._spans[0] != text or not self._spans[1]:
            self._spans = text, _split_by_line(text)
        return self._spans[1]


def _split_by_line(text: str) -> dict[int, list[tuple[int, int, Kind]]]:
    spans: dict[int, list[tuple[int, int, Kind]]] = {}
    line = at = 0
    for start, end, kind in tokens(text):
        if kind not in KINDS:
            continue
        line, at = line + text.count("\n", at, start), start
        line_start = text.rfind("\n", 0, start) + 1
        for offset, part in enumerate(text[start:end].split("\n")):
            first = start - line_start if offset == 0 else 0
            spans.setdefault(line + offset, []).append((first, first + len(part), kind))
    return spans
