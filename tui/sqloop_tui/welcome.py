"""What stands where the rows will be, before there are any."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

_WORDS = """\
[b $primary]Ask your database in plain words.[/] Several queries are proposed and run \
read-only; you see the answer that most of them agree on.
Say whether it was right, and SQLoop learns your database.

[$secondary]Try[/]     {example}

[b $accent]Enter[/]   asks             [b $accent]a e r[/]    accepts, edits, rejects
[b $accent]F5[/]      runs the SQL     [b $accent]Esc[/]      cancels, or goes back to the question
[b $accent]F1[/]      all keys         [b $accent]Ctrl+P[/]   everything else\
"""


class Welcome(VerticalScroll):
    """A few lines; the example names a table of the database once it is known."""

    DEFAULT_CSS = "Welcome { padding: 0 2; }"

    def compose(self) -> ComposeResult:
        """The words."""
        yield Static(_WORDS.format(example="How many customers are there?"), id="welcome-words")

    def show_table(self, table: str) -> None:
        """Make the example one that can be asked here."""
        name = "".join(char for char in table if char.isalnum() or char in " _").replace("_", " ")
        self.query_one("#welcome-words", Static).update(_WORDS.format(example=f"How many {name} are there?"))
