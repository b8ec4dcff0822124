"""A file of SQL to open: those of the folder, the one under the cursor to be seen beside them."""

from __future__ import annotations

from pathlib import Path

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from sqloop.errors import SQLoopError
from sqloop.terminal.printable import printable
from sqloop_tui.editor.sql_files import list_sql, read_sql
from sqloop_tui.screens.dialog import Dialog

SEEN = 60
"""Lines of a file that are shown."""


class SqlFiles(Dialog[Path]):
    """Ends with the file; None when its user changed his mind."""

    DEFAULT_CSS = """
    SqlFiles {
        & > Vertical { width: 96; height: 80%; }
        & Horizontal { height: 1fr; }
        & OptionList { width: 2fr; height: 100%; background: $surface; border: none; padding: 0; }
        & VerticalScroll { width: 3fr; height: 100%; background: $panel; padding: 0 1; }
        & .words { color: $secondary; margin: 1 0 0 0; }
    }
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._files = list_sql(folder)

    def compose(self) -> ComposeResult:
        """The files, what one holds, and room for another path."""
        with Vertical() as box:
            box.border_title = "Open a file of SQL"
            box.border_subtitle = "Enter opens, Esc cancels"
            with Horizontal():
                names = (printable(str(each.relative_to(self._folder))) for each in self._files)
                yield OptionList(*(Option(Text(name, no_wrap=True)) for name in names), id="sql-files")
                with VerticalScroll():
                    yield Static(id="sql-preview")
            yield Static("Or a path:", classes="words")
            yield Input(id="sql-path")

    def on_mount(self) -> None:
        """Begin where there is something to choose."""
        if not self._files:
            self.query_one("#sql-preview", Static).update("There is no .sql file in this folder.")
        self.query_one(OptionList if self._files else Input).focus()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show what the file holds."""
        try:
            lines = read_sql(self._files[event.option_index]).splitlines()[:SEEN]
        except SQLoopError as error:
            lines = [str(error)]
        self.query_one("#sql-preview", Static).update(Text("\n".join(map(printable, lines))))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open it."""
        self.dismiss(self._files[event.option_index])

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Open the one that was typed."""
        event.stop()
        name = event.value.strip()
        if name:
            self.dismiss(self._folder / Path(name).expanduser())
