"""What stands where the rows will be, before there are any."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

_WORDS = """\
[b $primary]Ask your database in plain words.[/] Several queries are proposed and run \
read-only; you see their likeliest answer.
Say whether it was right, and SQLoop learns your database.

[$secondary]Try[/]     {example}{better}

[b $accent]Enter[/]   asks             [b $accent]a e r[/]    accepts, edits, rejects
[b $accent]F5[/]      runs the SQL     [b $accent]Esc[/]      cancels, or goes back to the question
[b $accent]F1[/]      all keys         [b $accent]Ctrl+P[/]   everything else\
"""


_BETTER = """
[$secondary]Better[/]  [b]{command}[/] fetches a larger model"""


class Welcome(VerticalScroll):
    """A few lines; the example names a table of the database, and a better model is named, once known."""

    DEFAULT_CSS = "Welcome { padding: 0 2; }"

    _example = "How many tables are there?"
    _better = ""

    def compose(self) -> ComposeResult:
        """The words."""
        yield Static(self._write(), id="welcome-words")

    def show_table(self, table: str) -> None:
        """Make the example one that can be asked here."""
        name = "".join(char for char in table if char.isalnum() or char in " _").replace("_", " ")
        # Only of a noun in the plural it is English to ask so.
        noun = name.lower()
        plural = noun.endswith("s") and not noun.endswith("ss")
        self._example = f"How many {noun} are there?" if plural else f"How many rows does {name} have?"
        self.query_one("#welcome-words", Static).update(self._write())

    def show_better(self, command: str) -> None:
        """Say how to get a better model; an empty ``command`` says nothing."""
        if command != self._better:
            self._better = command
            self.query_one("#welcome-words", Static).update(self._write())

    def _write(self) -> str:
        better = _BETTER.format(command=self._better) if self._better else ""
        return _WORDS.format(example=self._example, better=better)
