"""What went wrong and what to do about it, where the rows would stand."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from sqloop.errors import (
    DatabaseError,
    ModelError,
    QuestionError,
    SettingsError,
    SQLoopError,
    UnreachableError,
)
from sqloop.terminal.printable import printable

_TITLES: dict[type[SQLoopError], str] = {
    QuestionError: "This cannot be asked",
    SettingsError: "That is not set up",
    ModelError: "The model cannot be used",
    DatabaseError: "The database cannot be used",
    UnreachableError: "The database is not reachable",
}
"""What a family of errors has in common, as one says it."""


class Failure(VerticalScroll):
    """A title, a line of what happened, a line of what can be done."""

    DEFAULT_CSS = """
    Failure {
        padding: 1 2;
        & > #failure-title { color: $error; text-style: bold; }
        & > #failure-message { margin: 1 0 0 0; }
        & > #failure-hint { color: $accent; margin: 1 0 0 0; }
    }
    """

    def compose(self) -> ComposeResult:
        """Three texts."""
        yield Static(id="failure-title")
        yield Static(id="failure-message")
        yield Static(id="failure-hint")

    def show(self, title: str, message: str, hint: str) -> None:
        """Tell of something else."""
        for name, text in (
            ("title", f"✗ {title}"),
            ("message", message),
            ("hint", f"→ {hint}" if hint else ""),
        ):
            self.query_one(f"#failure-{name}", Static).update(Text(printable(text)))


def advise(error: SQLoopError) -> tuple[str, str, str]:
    """Title, message and hint of an error."""
    title = _TITLES.get(type(error), error.title)
    return title, error.message, error.hint or "Press F1 for the keys, Ctrl+P for everything else."


def advise_status(status: str, message: str, *, editing: bool) -> tuple[str, str, str]:
    """Title, message and hint of a query that did not run; ``editing`` where its user is in it."""
    titles = {
        "error": "This query failed",
        "timeout": "The query took too long",
        "refused": "This query is not allowed",
        "cancelled": "The query was cancelled",
    }
    edit = "Correct it" if editing else "Press e to edit the query"
    hints = {
        "error": f"{edit}, then press F5 to run it again.",
        "timeout": "Narrow it down, or raise limits.seconds in sqloop.toml.",
        "refused": f"SQLoop only reads: one SELECT at a time. {edit}.",
        "cancelled": "Press F5 to run it again.",
    }
    return titles.get(status, status), message, hints.get(status, "")
