"""What the model proposed, a candidate on two lines: votes, rows and time, and the query itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from sqloop.lsp.protocol import Candidate
from sqloop.terminal.printable import count, one_line, printable
from sqloop_tui.editor.sql_colours import Kind, colour

DOTS = 8
"""Proposals up to which each has a dot of its own."""


@dataclass
class CandidateChosen(Message):
    """The user wants the rows of a candidate."""

    number: int


@dataclass
class CandidateLookedAt(Message):
    """The cursor stands on a candidate."""

    number: int


class CandidateList(OptionList):
    """The chosen one first, those that failed last, as the server ranks them."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"candidate--votes", "candidate--failed", "candidate--detail"}

    DEFAULT_CSS = """
    CandidateList {
        text-wrap: nowrap;
        text-overflow: ellipsis;
        & > .option-list--option-highlighted { background: $panel; color: $foreground; text-style: none; }
        &:focus > .option-list--option-highlighted { background: $primary 18%; color: $foreground; }
        .candidate--votes { color: $success; }
        .candidate--failed { color: $error; }
        .candidate--detail { color: $secondary; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "select", "Rows", key_display="⏎")]

    def show(
        self, candidates: tuple[Candidate, ...], proposed: int, sql_style: Callable[[Kind], Style]
    ) -> None:
        """Replace what is listed."""
        self.clear_options()
        self.add_options(map(Option, self._draw_all(candidates, proposed, sql_style)))
        if candidates:
            # Whoever shows them shows a query, too: it may be one that its user has edited.
            with self.prevent(OptionList.OptionHighlighted):
                self.highlighted = 0

    def recolour(
        self, candidates: tuple[Candidate, ...], proposed: int, sql_style: Callable[[Kind], Style]
    ) -> None:
        """Draw what is listed anew; the cursor stays where it is."""
        for number, drawn in enumerate(self._draw_all(candidates, proposed, sql_style)):
            self.replace_option_prompt_at_index(number, drawn)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show its query."""
        event.stop()
        if self.has_focus:
            self.post_message(CandidateLookedAt(event.option_index))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Show its rows."""
        event.stop()
        self.post_message(CandidateChosen(event.option_index))

    def _draw_all(
        self, candidates: tuple[Candidate, ...], proposed: int, sql_style: Callable[[Kind], Style]
    ) -> list[Text]:
        """Votes are those of an answer: they stand with the first query that gave it."""
        told: set[int] = set()
        drawn = []
        for each in candidates:
            drawn.append(self._draw(each, proposed, sql_style, again=each.answer in told))
            told |= {each.answer} - {0}
        return drawn

    def _draw(
        self, candidate: Candidate, proposed: int, sql_style: Callable[[Kind], Style], *, again: bool
    ) -> Text:
        detail = self._style("detail")
        text = Text(no_wrap=True, overflow="ellipsis")
        if again:
            text.append(f"the same answer · {candidate.elapsed_ms:,.0f} ms", detail)
        elif candidate.status == "ok":
            if proposed <= DOTS:
                text.append("●" * candidate.votes, self._style("votes"))
                text.append("○" * (proposed - candidate.votes) + " ", detail)
            text.append(f"{candidate.votes} of {proposed}", self._style("votes"))
            text.append(f" · {count(candidate.rows, 'row')} · {candidate.elapsed_ms:,.0f} ms", detail)
        else:
            text.append(f"✗ {candidate.status}", self._style("failed"))
            text.append(f"  {printable(candidate.error)}", detail)
        text.append("\n  ")
        return text.append_text(colour(one_line(candidate.sql), sql_style))

    def _style(self, name: str) -> Style:
        style = self.get_component_rich_style(f"candidate--{name}", partial=True)
        return Style(color=style.color)
