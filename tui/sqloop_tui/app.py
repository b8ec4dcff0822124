"""The application: its server, its looks, its screens, and what can be done by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from sqloop.errors import SQLoopError
from sqloop.lsp.protocol import ConnectionInfo, Options, Status
from sqloop.terminal.printable import printable
from sqloop_tui.editor.sql_history import SqlHistory
from sqloop_tui.history import History
from sqloop_tui.retraining import Retraining
from sqloop_tui.screens.confirmation import Confirmation
from sqloop_tui.screens.connections import Choice, Connections
from sqloop_tui.screens.help import KEYS, LEARNING, Help
from sqloop_tui.screens.learning import Learning
from sqloop_tui.server import COMMAND, Server
from sqloop_tui.themes import DARK, LIGHT
from sqloop_tui.work import WorkScreen


class ConsoleApp(App[None]):
    """`sqloop console`."""

    TITLE = "SQLoop"

    CSS = """
    * {
        scrollbar-size: 1 1;
        scrollbar-color: $secondary 50%;
        scrollbar-color-hover: $secondary;
        scrollbar-color-active: $primary;
        scrollbar-background: $background;
        scrollbar-background-hover: $background;
        scrollbar-background-active: $background;
    }
    /* A line that is longer than its place scrolls with its cursor: a bar would lie over the text. */
    Input { scrollbar-size-horizontal: 0; }
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (112, "-wide")]  # noqa: RUF012

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1,question_mark", "keys", "Keys", key_display="F1"),
        Binding("ctrl+o", "connections", "Connections", show=False),
        Binding("ctrl+l", "learning", "Learning", show=False),
        Binding("ctrl+t", "light", "Light or dark", show=False),
        # Before the place that has the focus: while something is done, nobody wants to copy what is selected.
        Binding("ctrl+c", "cancel_work", "Stop", show=False, priority=True),
        Binding("ctrl+c", "stop", "Stop", show=False),
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True),
    ]

    def __init__(
        self,
        options: Options,
        *,
        history: Path | None = None,
        ran: Path | None = None,
        command: tuple[str, ...] = COMMAND,
        folder: Path | None = None,
    ) -> None:
        """``history`` keeps questions, ``ran`` SQL that was run; without a file they end with the session."""
        super().__init__()
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = DARK.name
        self._history = History(history)
        self._ran = SqlHistory(ran)
        self.server = Server(options, self._take_status, command, folder)
        self.status: Status | None = None
        self.retraining = Retraining(folder or Path.cwd(), lambda: self.server.options)
        self.retraining.on_end = self._retrained
        self._folder = folder or Path.cwd()
        self._leaving: Confirmation | None = None

    def get_default_screen(self) -> Screen[None]:
        """The one that is always there."""
        self.work_screen = WorkScreen(self.server, self._history, self._ran, self._folder)
        return self.work_screen

    def on_mount(self) -> None:
        """Start the server beside the first prompt."""
        self._begin()

    async def on_unmount(self) -> None:
        """End the server, and what is being learned."""
        await self.retraining.close()
        await self.server.close()

    @work
    async def _begin(self) -> None:
        try:
            self._take_status(await self.server.call(lambda client: client.status(warm=True)))
        except SQLoopError as error:
            self.work_screen.bench.show_error(error)

    def _retrained(self) -> None:
        """Tell who looks at something else what came of it."""
        if self.is_running and not isinstance(self.screen, Learning):
            bad = self.retraining.state == "failed"
            words = printable(f"Retraining: {self.retraining.words}")
            self.notify(words, severity="error" if bad else "information", timeout=20, markup=False)

    def _take_status(self, status: Status) -> None:
        self.status = status
        if self.is_running:
            self.work_screen.show_status(status)

    def action_keys(self) -> None:
        """Every key that works here."""
        if not isinstance(self.screen, Help):
            self.push_screen(Help(LEARNING if isinstance(self.screen, Learning) else KEYS))

    def action_light(self) -> None:
        """Light or dark."""
        self.theme = LIGHT.name if self.current_theme.dark else DARK.name

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Ctrl-C means something else where nothing is done: to copy."""
        return self.work_screen.bench.is_working if action == "cancel_work" else True

    def action_cancel_work(self) -> None:
        """Cancel what is being done."""
        self.work_screen.bench.cancel()

    def action_stop(self) -> None:
        """Ctrl-C where there is nothing to cancel or to copy: it never ends the console."""
        self.notify("Press Ctrl+Q to quit.")

    async def action_quit(self) -> None:
        """End; where that would lose what was typed, its user is asked, and says so by the same key, too."""
        names = self.work_screen.unsaved
        if not names or self.screen is self._leaving:
            self.exit()
            return
        words = "\n".join(f"{name} is not saved: Ctrl+S saves it." for name in names)
        self._leaving = Confirmation("Quit?", words, "quits")
        self.push_screen(self._leaving, lambda wanted: self.exit() if wanted else None)

    def action_learning(self) -> None:
        """The state of learning."""
        if not isinstance(self.screen, Learning):
            database = self.status.database if self.status else None
            self.push_screen(Learning(self.server.options, self.retraining, database))

    async def action_connections(self) -> None:
        """Another database. Keys behind this one are for the dialog: they wait until it is there."""
        if self.status is not None and not isinstance(self.screen, Connections):
            known, current = self.status.connections, self.status.database.connection
            await self.push_screen(Connections(known, current, self._connect, self._remove_connection))

    async def _connect(self, choice: Choice) -> None:
        """Where it raises SQLoopError, the database is still the one before, and so is its answer."""
        status = await self.server.connect(choice.connection, choice.password, choice.name)
        self.work_screen.forget()
        self._take_status(status)
        self._begin()  # The model reads the schema of this one, too.

    async def _remove_connection(self, name: str) -> Sequence[ConnectionInfo]:
        self._take_status(status := await self.server.remove_connection(name))
        return status.connections

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the palette offers."""
        work = self.work_screen
        yield SystemCommand("Run the SQL", "Run what the editor holds (F5)", work.action_run_sql)
        yield SystemCommand(
            "Accept", "This query answers the question (a)", lambda: work.action_judge("accepted")
        )
        yield SystemCommand("Reject", "It does not (r)", lambda: work.action_judge("rejected"))
        yield SystemCommand(
            "Own query", "Write SQL that belongs to no question (Ctrl+N)", work.action_own_query
        )
        yield SystemCommand("Open", "A file of SQL (F2)", work.action_open_file)
        yield SystemCommand("Save", "The query, as a file of SQL (Ctrl+S)", work.action_save_file)
        yield SystemCommand("Close", "The query and its tab (Ctrl+W)", work.action_close_query)
        yield SystemCommand("SQL history", "What was run on this database (F4)", work.action_sql_history)
        yield SystemCommand("Row limit", "How many rows a query may give (+)", work.action_row_limit)
        yield SystemCommand("Find in the rows", "A text in any column (Ctrl+F)", work.action_find)
        yield SystemCommand("Chart or table", "Draw the rows (c)", work.answer_actions.chart)
        yield SystemCommand("In words", "What the query asks for (w)", work.answer_actions.explain)
        yield SystemCommand(
            "Export", "All rows, as CSV, JSON, Markdown, Excel … (x)", work.answer_actions.export
        )
        yield SystemCommand("Schema", "Show or hide tables and columns (Ctrl+B)", work.action_schema)
        yield SystemCommand("Read the schema again", "After tables have changed", work.action_refresh_schema)
        yield SystemCommand("Connections", "Work with another database (Ctrl+O)", self.action_connections)
        yield SystemCommand(
            "Learning", "Feedback, adapters; retrain, promote, roll back (Ctrl+L)", self.action_learning
        )
        yield SystemCommand("Light or dark", "Change the look (Ctrl+T)", self.action_light)
        yield SystemCommand("Theme", "One of Textual's looks", self.action_change_theme)
        yield SystemCommand("Keys", "Every key (F1)", self.action_keys)
        yield SystemCommand("Quit", "End the console (Ctrl+Q)", self.action_quit)
