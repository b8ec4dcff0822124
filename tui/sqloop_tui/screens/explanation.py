"""A query in words."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from sqloop.lsp.protocol import ExplainResult
from sqloop.terminal.printable import printable
from sqloop_tui.screens.dialog import Dialog, LongText


class Explanation(Dialog[None]):
    """The query above, the words below."""

    DEFAULT_CSS = """
    Explanation {
        & > VerticalScroll { max-height: 80%; }
        & .more { margin: 1 0 0 0; }
        & .sql { color: $secondary; margin: 1 0 0 0; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,w,q,enter", "dismiss", "Close")]

    def __init__(self, sql: str, words: ExplainResult, *, of_rows: bool = True) -> None:
        """``of_rows``: the rows that are shown are not those of another query."""
        super().__init__()
        self._sql, self._words, self._of_rows = sql, words, of_rows

    def compose(self) -> ComposeResult:
        """Words first."""
        with LongText() as box:
            box.border_title = "In words"
            yield Static(Text(printable(self._words.text)))
            for line in self._words.assumptions:
                yield Static(Text(f"· {printable(line)}"), classes="more")
            if self._words.not_used:
                not_used = printable(", ".join(self._words.not_used))
                yield Static(Text(f"Not used of the question: {not_used}"), classes="more")
            yield Static(Text("\n".join(map(printable, self._sql.splitlines()))), classes="sql")
            if not self._of_rows:
                yield Static(Text("The rows that are shown are those of another query."), classes="more")
