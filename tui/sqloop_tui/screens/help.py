"""Every key, by where it works; the learning page has its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from rich.table import Table
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from sqloop_tui.screens.dialog import Dialog, LongText

KEYS: dict[str, tuple[tuple[str, str], ...]] = {
    "Everywhere": (
        ("Esc", "cancel; else back to the question"),
        ("Ctrl+R  F5", "run the SQL"),
        ("F6  F7  F8", "to the candidates, the SQL, the rows"),
        ("Ctrl+B", "show or hide the schema"),
        ("Ctrl+N  Ctrl+W", "a query of your own; close it"),
        ("Ctrl+PgUp PgDn", "the query before, the next one"),
        ("F2  Ctrl+S", "open a file of SQL; save the query"),
        ("F4", "SQL that was run here: find it, run it again"),
        ("Ctrl+O", "another database"),
        ("Ctrl+L", "the state of learning"),
        ("Ctrl+T", "light or dark"),
        ("Ctrl+P", "everything by name"),
        ("Ctrl+Q", "quit"),
    ),
    "Question": (
        ("Enter", "ask; after an answer also what follows: only 2023, and by city?"),
        ("↑ ↓", "earlier and later questions"),
        ("→", "take the completion"),
    ),
    "SQL": (
        ("Tab", "take the completion, ask for it behind a word, or indent; Ctrl+Space asks anywhere"),
        ("F9", "lay it out"),
    ),
    "Candidates and rows": (
        ("a", "accept: this query answers the question"),
        ("e", "edit the query; F5 runs it, then a accepts yours"),
        ("r  u", "reject: it does not; u takes back what you said last"),
        ("Enter", "on a candidate: its rows"),
        ("c", "chart or table"),
        ("+", "how many rows a query may give; runs it again"),
        ("s", "sort by the column; again, the other way round"),
        ("Ctrl+F  F3", "find in the rows; the next one"),
        ("w", "the query in words"),
        ("d", "say what a word means here, such as one that was not understood"),
        ("x", "export as CSV, JSON, Markdown, Excel or Parquet"),
        ("y  Y", "copy the cell, the row"),
        ("g  G", "first row, last row"),
    ),
    "Schema": (
        ("Space", "open or close"),
        ("Enter", "put the name into the query"),
    ),
}

LEARNING: dict[str, tuple[tuple[str, str], ...]] = {
    "Learning": (
        ("t  s", "say what there is to learn from, and retrain; stop, t goes on from there"),
        ("p", "use the adapter under the cursor from the next question on"),
        ("b", "back to the adapter before"),
        ("F5", "read everything again"),
        ("Esc  q", "back to work; a retraining goes on"),
        ("Ctrl+T", "light or dark"),
        ("Ctrl+P", "everything by name"),
        ("Ctrl+Q", "quit"),
    )
}


class Help(Dialog[None]):
    """Any key that leaves closes it."""

    DEFAULT_CSS = """
    Help {
        & > VerticalScroll { width: 78; max-height: 92%; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,f1,q,enter", "dismiss", "Close"),
    ]

    def __init__(self, keys: Mapping[str, tuple[tuple[str, str], ...]] = KEYS) -> None:
        super().__init__()
        self._keys = keys

    def compose(self) -> ComposeResult:
        """A table of keys for each place."""
        with LongText() as box:
            box.border_title = "Keys"
            yield Static(self._draw())

    def _draw(self) -> Table:
        variables = self.app.theme_variables
        table = Table.grid(padding=(0, 2))
        table.add_column(style=f"bold {variables['accent']}", no_wrap=True)
        table.add_column()
        for number, (place, keys) in enumerate(self._keys.items()):
            if number:
                table.add_row("", "")
            table.add_row(f"[{variables['primary']}]{place}[/]", "")
            for key, words in keys:
                table.add_row(key, words)
        return table
