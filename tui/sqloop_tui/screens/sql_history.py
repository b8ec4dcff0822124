"""The SQL that was run on this database: found by words, seen beside or below, taken into the editor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from sqloop.terminal.printable import count, fit, name_address, one_line, printable
from sqloop_tui.editor.sql_colours import Kind, colour
from sqloop_tui.editor.sql_history import Run
from sqloop_tui.screens.dialog import Dialog

LISTED = 200
"""Statements in the list; words find the others."""


class SqlHistoryScreen(Dialog[str]):
    """Ends with the statement; None when its user changed his mind."""

    DEFAULT_CSS = """
    SqlHistoryScreen {
        & > Vertical { width: 110; height: 80%; }
        & Horizontal { height: 1fr; margin: 1 0 0 0; }
        & OptionList, & OptionList:focus {
            width: 1fr;
            height: 100%;
            background: $surface;
            border: none;
            padding: 0;
            text-wrap: nowrap;
            text-overflow: ellipsis;
        }
        & VerticalScroll { width: 1fr; height: 100%; background: $panel; padding: 0 1; margin: 0 0 0 1; }
        &.-narrow {
            & > Vertical { height: 92%; }
            & Horizontal { layout: vertical; }
            & OptionList, & OptionList:focus, & VerticalScroll { width: 100%; height: 1fr; }
            & VerticalScroll { margin: 1 0 0 0; }
        }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Up", show=False, priority=True),
        Binding("down", "move(1)", "Down", show=False, priority=True),
    ]

    def __init__(self, connection: str, runs: Sequence[Run], sql_style: Callable[[Kind], Style]) -> None:
        super().__init__()
        self._connection, self._runs, self._style = connection, runs, sql_style
        self._found: Sequence[Run] = ()

    def compose(self) -> ComposeResult:
        """Words above, what holds them left, one of it right."""
        with Vertical() as box:
            box.border_title = Text(f"SQL that was run on {printable(name_address(self._connection))}")
            box.border_subtitle = "Enter takes it into the editor, Esc cancels"
            yield Input(placeholder="Words that it holds", id="history-words")
            with Horizontal():
                yield OptionList(id="history-list")
                with VerticalScroll(can_focus=False):
                    yield Static(id="history-preview")

    def on_mount(self) -> None:
        """Everything is found by no words."""
        self._find("")
        self.query_one(Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Find what holds the words."""
        self._find(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take what the list stands on."""
        event.stop()
        self._take(self.query_one(OptionList).highlighted)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show it."""
        self._show(self._found[event.option_index])

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take it."""
        self._take(event.option_index)

    def action_move(self, direction: int) -> None:
        """Another one, while words are typed."""
        found = self.query_one(OptionList)
        if self._found:
            found.highlighted = ((found.highlighted or 0) + direction) % len(self._found)

    def _find(self, words: str) -> None:
        wanted = words.lower().split()
        self._found = [each for each in self._runs if each.holds(wanted)][:LISTED]
        found = self.query_one(OptionList)
        found.clear_options()
        found.add_options(Option(self._draw(each)) for each in self._found)
        if self._found:
            found.highlighted = 0
            self._show(self._found[0])
        else:
            nothing = "Nothing was run here yet." if not self._runs else "Nothing that was run holds these."
            self.query_one("#history-preview", Static).update(nothing)

    def _take(self, number: int | None) -> None:
        if number is not None and number < len(self._found):
            self.dismiss(self._found[number].sql)

    def _show(self, run: Run) -> None:
        gave = "it failed" if run.rows is None else count(run.rows, "row")
        text = Text()
        text.append(f"{_day(run.at)} · {gave} · {run.elapsed_ms:,.0f} ms\n", self._quiet)
        if run.question:
            text.append(f"{printable(run.question)}\n", "italic")
        sql = "\n".join(map(printable, run.sql.split("\n")))
        coloured = colour(sql, self._style)
        coloured.no_wrap = False
        self.query_one("#history-preview", Static).update(text.append("\n").append_text(coloured))

    @property
    def _quiet(self) -> str:
        return self.app.theme_variables["secondary"]

    def _draw(self, run: Run) -> Text:
        text = Text(no_wrap=True, overflow="ellipsis")
        text.append(f"{fit(_day(run.at), 12)} ", self._quiet)
        if run.rows is None:
            text.append("✗ ", "bold")
        return text.append_text(colour(one_line(run.sql), self._style))


def _day(at: str) -> str:
    """By the user's clock: the time where it was today, else the day."""
    try:
        here = datetime.fromisoformat(at).astimezone()
    except ValueError:
        return ""
    today = datetime.now().date()
    if here.date() == today:
        return here.strftime("%H:%M")
    return here.strftime("%d %b %H:%M" if here.year == today.year else "%d %b %Y")
