"""What a word means here: asked where a query leaves it out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from sqloop.errors import SQLoopError
from sqloop.terminal.printable import printable
from sqloop.terminal.telling import NOT_READ
from sqloop_tui.screens.dialog import Dialog


@dataclass(frozen=True)
class Meaning:
    """A word, and what it means as SQL, in words or both."""

    word: str
    sql: str = ""
    words: str = ""


class Define(Dialog[None]):
    """Ends when the meaning is kept; what is wrong with it is said here."""

    DEFAULT_CSS = "Define Static { color: $secondary; margin: 1 0 0 0; }"

    def __init__(self, word: str, keep: Callable[[Meaning], Awaitable[None]], *, unread: bool) -> None:
        """``keep`` raises SQLoopError where that fails; ``unread``: the model in use does not read it."""
        super().__init__()
        self._word, self._keep, self._unread = word, keep, unread

    def compose(self) -> ComposeResult:
        """The word, and room for both."""
        with Vertical() as box:
            box.border_title = "What does it mean here?"
            again = "" if self._unread else " and asks again"
            box.border_subtitle = f"Enter keeps it in sqloop.toml{again}, Esc cancels"
            yield Input(self._word, placeholder="a word or a name, such as active customer", id="define-word")
            yield Static("As SQL, such as customers.status = 'A' or SUM(orders.total):")
            yield Input(id="define-sql")
            yield Static("Or in words:")
            yield Input(id="define-means")
            if self._unread:
                yield Static(f"! {NOT_READ}", markup=False)
            yield Static("", id="define-says", markup=False)

    def on_mount(self) -> None:
        """The word is known where a query left it out."""
        self.query_one("#define-sql" if self._word else "#define-word", Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Done, where there is a word and a meaning."""
        event.stop()
        word, sql, means = (self.query_one(f"#define-{name}", Input) for name in ("word", "sql", "means"))
        if not word.value.strip():
            word.focus()
        elif not (sql.value.strip() or means.value.strip()):
            (means if event.input is sql else sql).focus()
        else:
            self._try(Meaning(word.value.strip(), sql.value.strip(), means.value.strip()))

    @work(exclusive=True)
    async def _try(self, meaning: Meaning) -> None:
        says = self.query_one("#define-says", Static)
        says.update("Checking …")
        try:
            await self._keep(meaning)
        except SQLoopError as error:
            says.update(f"✗ {printable(str(error))}")
        else:
            self.dismiss(None)
