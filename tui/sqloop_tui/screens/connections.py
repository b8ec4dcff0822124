"""Another database: one that the settings know, or a URL."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Key, Paste
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from sqloop.errors import SQLoopError
from sqloop.lsp.protocol import ConnectionInfo
from sqloop.terminal.printable import printable
from sqloop_tui.screens.confirmation import Confirmation
from sqloop_tui.screens.dialog import Dialog


@dataclass(frozen=True)
class Choice:
    """A connection, and its password where one was given."""

    connection: str
    password: str = ""
    name: str = ""
    """What it is to be saved as in `sqloop.toml`, its password in the keyring; empty: it is not saved."""


class Connections(Dialog[None]):
    """Ends when the database that was chosen answers; what is wrong with it is said here."""

    DEFAULT_CSS = """
    Connections {
        & > Vertical { max-height: 90%; }
        & OptionList { height: auto; max-height: 10; background: $surface; padding: 0; }
        & OptionList, & OptionList:focus { border: none; }
        & Static { color: $secondary; margin: 1 0 0 0; }
        & #connection-says { display: none; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("delete", "remove", "Removes")]

    def __init__(
        self,
        known: Sequence[ConnectionInfo],
        current: str,
        connect: Callable[[Choice], Awaitable[None]],
        remove: Callable[[str], Awaitable[Sequence[ConnectionInfo]]],
    ) -> None:
        """``connect`` and ``remove``, which gives those that are left, raise SQLoopError where that fails."""
        super().__init__()
        self._known, self._current, self._connect, self._remove = known, current, connect, remove

    def compose(self) -> ComposeResult:
        """What is known, and room for a URL."""
        with Vertical() as box:
            box.border_title = "Connections"
            box.border_subtitle = "Enter connects, Del removes, Esc cancels"
            yield OptionList(*(Option(self._draw(each)) for each in self._known), id="connections")
            yield Static("Or a file or a URL, such as shop.db, data/*.csv or mysql+pymysql://me@host/shop:")
            yield Input(id="connection-url")
            yield Static("Its password, where it needs one:")
            yield Input(id="connection-password", password=True)
            yield Static("A name saves it in sqloop.toml, its password in the keyring; else for now only:")
            yield Input(id="connection-name")
            yield Static("", id="connection-says", markup=False)

    def on_key(self, event: Key) -> None:
        """What is typed over the list is an address, and so are letters that came before the focus did."""
        if event.is_printable and event.character:
            event.stop()
            event.prevent_default()
            address = self.query_one("#connection-url", Input)
            field = self.focused if isinstance(self.focused, Input) else address
            if field is not self.focused:
                field.select_on_focus = False  # Else the next letter would replace this one.
                self.set_focus(field)
            field.insert_text_at_cursor(event.character)

    def on_paste(self, event: Paste) -> None:
        """As `on_key`."""
        if not isinstance(self.focused, Input):
            event.stop()
            address = self.query_one("#connection-url", Input)
            address.select_on_focus = False
            self.set_focus(address)
            address.insert_text_at_cursor(event.text.strip())

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Connect to what is known."""
        name = self._known[event.option_index].name
        self._try(Choice(name, self.query_one("#connection-password", Input).value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Connect to the URL."""
        event.stop()
        address = self.query_one("#connection-url", Input)
        url = address.value.strip()
        if url:
            name = self.query_one("#connection-name", Input).value.strip()
            self._try(Choice(url, self.query_one("#connection-password", Input).value, name))
        else:
            address.focus()
            self._say("! Which database? A file or a URL is missing.")

    async def action_remove(self) -> None:
        """Have the connection that is highlighted taken out of `sqloop.toml`, once its user has agreed."""
        shown = self.query_one("#connections", OptionList)
        if self.focused is not shown or shown.highlighted is None:
            return
        name = self._known[shown.highlighted].name
        words = f"{name} is taken out of sqloop.toml. The database itself stays as it is."

        def go_on(agreed: bool | None) -> None:
            if agreed:
                self._take_out(name)

        await self.app.push_screen(Confirmation("Remove the connection?", words, "removes it"), go_on)

    @work(exclusive=True)
    async def _take_out(self, name: str) -> None:
        try:
            self._known = await self._remove(name)
        except SQLoopError as error:
            self._say(f"✗ {error}")
            return
        shown = self.query_one("#connections", OptionList)
        place = shown.highlighted or 0
        shown.set_options([Option(self._draw(each)) for each in self._known])
        shown.highlighted = min(place, len(self._known) - 1)
        self._say(f"{name} is removed.")

    def _say(self, words: str) -> None:
        says = self.query_one("#connection-says", Static)
        says.display = True
        says.update(printable(words))

    @work(exclusive=True)
    async def _try(self, choice: Choice) -> None:
        self._say("Connecting …")
        try:
            await self._connect(choice)
        except SQLoopError as error:
            self._say(f"✗ {error}")
        else:
            self.dismiss(None)

    def _draw(self, info: ConnectionInfo) -> Text:
        text = Text("● " if info.name == self._current else "  ", no_wrap=True, overflow="ellipsis")
        text.append(printable(info.name), "bold")
        about = "comes with SQLoop" if not info.url else info.url if info.url != info.name else ""
        return text.append(f"  {printable(about)}")
