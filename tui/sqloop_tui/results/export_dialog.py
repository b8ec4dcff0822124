"""Asks for the file that rows are exported to, and tells how far it has come."""

from __future__ import annotations

from pathlib import Path

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from sqloop.errors import SQLoopError
from sqloop.terminal.printable import count, printable
from sqloop_tui.results.export import export, name_formats
from sqloop_tui.results.pages import Fetch, Pages
from sqloop_tui.screens.dialog import Dialog


class ExportDialog(Dialog[str]):
    """Ends with what was written, in words; None when its user changed his mind."""

    DEFAULT_CSS = """
    ExportDialog {
        & > Vertical { width: 70; }
        & Input { margin: 1 0; }
        & #export-says { color: $secondary; }
    }
    """

    def __init__(self, pages: Pages, fetch: Fetch) -> None:
        super().__init__()
        self._pages, self._fetch = pages, fetch
        self._replaced: Path | None = None

    def compose(self) -> ComposeResult:
        """The name of the file."""
        with Vertical() as box:
            box.border_title = f"Export {count(self._pages.row_count, 'row')}"
            box.border_subtitle = "Enter writes, Esc cancels"
            yield Static(f"A file that ends in {name_formats()}:")
            yield Input("answer.csv", id="export-path")
            yield Static("", id="export-says", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Write it; in place of a file that is there after a second Enter."""
        if not event.value.strip():
            return
        path = Path(event.value.strip()).expanduser()
        if path.is_file() and path != self._replaced:
            self._replaced = path
            says = f"! {path.name} exists. Enter again replaces it."
            self.query_one("#export-says", Static).update(printable(says))
            return
        self._write(path)

    @work(exclusive=True)
    async def _write(self, path: Path) -> None:
        says = self.query_one("#export-says", Static)
        try:
            number = await export(
                self._pages, self._fetch, path, lambda done: says.update(f"{done:,} rows written …")
            )
        except SQLoopError as error:
            says.update(f"✗ {printable(str(error))}")
        else:
            self.dismiss(f"{count(number, 'row')} written to {path}")
