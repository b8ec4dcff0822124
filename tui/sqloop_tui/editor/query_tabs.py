"""The queries that are open, each with its question, its file and what it gave; one line of names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual import events
from textual.message import Message
from textual.widget import Widget

from sqloop.lsp.protocol import AskResult
from sqloop.terminal.printable import fit, printable
from sqloop_tui.judging import Shown, same, was_proposed

WIDEST = 20
"""Columns of the terminal that a name takes."""


@dataclass
class Query:
    """One of them; ``saved`` is what its file holds."""

    name: str
    path: Path | None = None
    saved: str = ""
    text: str = ""
    question: str = ""
    answer: AskResult | None = None
    shown: Shown | None = None

    @property
    def blank(self) -> bool:
        """Whether nothing would be lost if something else took its place."""
        return self.path is None and self.answer is None and not self.text.strip()

    @property
    def passing(self) -> bool:
        """Whether the next answer may take its place: it is no file, and nothing typed would be lost."""
        typed = bool(self.text.strip()) and not was_proposed(self.answer, self.text)
        seen = self.answer is not None and self.shown is not None and same(self.text, self.shown.sql)
        return self.path is None and (seen or not typed)

    @property
    def unsaved(self) -> bool:
        """Whether something that was typed would be lost with it: its file lacks it, or it never ran."""
        if self.path is not None:
            return self.text != self.saved
        ran = self.shown is not None and same(self.text, self.shown.sql)
        return bool(self.text.strip()) and not ran and not was_proposed(self.answer, self.text)

    @property
    def title(self) -> str:
        """Its name, cut where it is long, with a dot where its file holds something else."""
        name = printable(self.name)
        name = fit(name, min(cell_len(name), WIDEST))
        return f"{name} ●" if self.path is not None and self.text != self.saved else name


@dataclass
class TabChosen(Message):
    """The user wants the query of a tab, counted from 0."""

    number: int


class QueryTabs(Widget):
    """Knows the queries; what is on the screen belongs to the current one."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"tabs--current", "tabs--other"}

    DEFAULT_CSS = """
    QueryTabs {
        height: 1;
        display: none;
        padding: 0 1;
        text-wrap: nowrap;
        text-overflow: ellipsis;
        .tabs--current { color: $primary; text-style: bold reverse; }
        .tabs--other { color: $secondary; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self.queries = [Query("Query 1")]
        self.number = 0
        self._made = 1
        self._spans: dict[int, tuple[int, int]] = {}

    @property
    def current(self) -> Query:
        """The one on the screen."""
        return self.queries[self.number]

    def open(self, name: str = "") -> Query:
        """A further one, which becomes the current one."""
        self._made += 1
        self.queries.append(Query(name or f"Query {self._made}"))
        self.turn_to(len(self.queries) - 1)
        return self.current

    def fresh(self) -> Query:
        """One that nothing stands in: the current one where that is blank, else a further one."""
        return self.current if self.current.blank else self.open()

    def make_way(self) -> None:
        """Turn to one whose place the next answer may take: the current one, another, or a new one."""
        for number in (self.number, *range(len(self.queries))):
            if self.queries[number].passing:
                self.turn_to(number)
                return
        self.open()

    def close(self) -> None:
        """Forget the current one; the last that is closed leaves an empty one."""
        del self.queries[self.number]
        if not self.queries:
            self._made += 1
            self.queries.append(Query(f"Query {self._made}"))
        self.turn_to(min(self.number, len(self.queries) - 1))

    def turn_to(self, number: int) -> None:
        """Another one becomes the current one; behind the last comes the first."""
        self.number = number % len(self.queries)
        self.redraw()

    def redraw(self) -> None:
        """Names have changed."""
        self.display = len(self.queries) > 1 or self.current.path is not None
        self.refresh()

    def render(self) -> Text:
        """The names, the current one marked by more than a colour."""
        titles = [f" {each.title} " for each in self.queries]
        first = self._first([cell_len(title) + 1 for title in titles])
        line = Text("… " if first else "", no_wrap=True, overflow="ellipsis")
        self._spans = {}
        for number, title in list(enumerate(titles))[first:]:
            name = "current" if number == self.number else "other"
            style = self.get_component_rich_style(f"tabs--{name}", partial=True)
            start = line.cell_len
            line.append(title, Style(color=style.color, bold=style.bold, reverse=style.reverse))
            self._spans[number] = start, line.cell_len
            line.append(" ")
        return line

    def _first(self, widths: Sequence[int]) -> int:
        """The tab that the line begins with, so that the current one is in view with dots on both sides."""
        first = 0
        while first < self.number and sum(widths[first : self.number + 1]) + 3 > self.size.width:
            first += 1
        return first

    def on_click(self, event: events.Click) -> None:
        """Choose the one that is clicked."""
        at = event.x - 1
        for number, (start, end) in self._spans.items():
            if start <= at < end:
                self.post_message(TabChosen(number))
