"""What a word means here: asked where a query leaves it out."""

from __future__ import annotations

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from sqloop.terminal.printable import printable
from sqloop.terminal.telling import NOT_READ
from sqloop_tui.screens.dialog import Dialog


@dataclass(frozen=True)
class Meaning:
    """A word, and what it means as SQL, in words or both."""

    word: str
    sql: str = ""
    words: str = ""


class Define(Dialog[Meaning]):
    """Ends with the meaning; None when its user changed his mind."""

    DEFAULT_CSS = "Define Static { color: $secondary; margin: 1 0 0 0; }"

    def __init__(self, begun: Meaning, problem: str = "", *, unread: bool = False) -> None:
        """``begun`` is what is known; ``problem`` says what was wrong with it.

        ``unread``: the model in use does not read what is defined.
        """
        super().__init__()
        self._begun, self._problem, self._unread = begun, problem, unread

    def compose(self) -> ComposeResult:
        """The word, and room for both."""
        with Vertical() as box:
            box.border_title = "What does it mean here?"
            again = "" if self._unread else " and asks again"
            box.border_subtitle = f"Enter keeps it in sqloop.toml{again}, Esc cancels"
            begun = self._begun
            yield Input(begun.word, placeholder="a word or a name, such as active customer", id="define-word")
            yield Static("As SQL, such as customers.status = 'A' or SUM(orders.total):")
            yield Input(begun.sql, id="define-sql")
            yield Static("Or in words:")
            yield Input(begun.words, id="define-means")
            if self._unread:
                yield Static(f"! {NOT_READ}", markup=False)
            yield Static(f"✗ {printable(self._problem)}" if self._problem else "", markup=False)

    def on_mount(self) -> None:
        """The word is known where a query left it out."""
        self.query_one("#define-sql" if self._begun.word else "#define-word", Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Done, where there is a word and a meaning."""
        event.stop()
        word, sql, means = (self.query_one(f"#define-{name}", Input) for name in ("word", "sql", "means"))
        if not word.value.strip():
            word.focus()
        elif not (sql.value.strip() or means.value.strip()):
            (means if event.input is sql else sql).focus()
        else:
            self.dismiss(Meaning(word.value.strip(), sql.value.strip(), means.value.strip()))
