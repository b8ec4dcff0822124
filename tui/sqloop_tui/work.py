"""Where one works: the question above, the schema beside, and the bench with the query and its rows."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.events import Key
from textual.screen import Screen
from textual.widgets import Footer, Input, TextArea

from sqloop.lsp.protocol import SchemaParams, SchemaResult, Status
from sqloop_tui.answer_actions import AnswerActions
from sqloop_tui.bench import Bench, QuestionWritten
from sqloop_tui.editor.filing import Filing
from sqloop_tui.editor.offer_list import OfferList
from sqloop_tui.editor.open_queries import OpenQueries
from sqloop_tui.editor.query_tabs import TabChosen
from sqloop_tui.editor.sql_history import SqlHistory
from sqloop_tui.history import History
from sqloop_tui.letters import Letters
from sqloop_tui.question_bar import LetterRestored, QuestionAsked, QuestionBar
from sqloop_tui.results.row_dialogs import RowDialogs
from sqloop_tui.schema_tree import NameChosen, SchemaMissed, SchemaRead, SchemaTree
from sqloop_tui.server import Server
from sqloop_tui.title_bar import TitleBar

_PLACES = "question candidates sql outcome schema".split()
_TITLES = "Question Candidates SQL Answer Schema".split()


class WorkScreen(Screen[None]):
    """Single letters work wherever nothing is typed."""

    DEFAULT_CSS = """
    WorkScreen {
        & QuestionBar, & #proposals > *, & #outcome, & #schema {
            border: round $panel;
            border-title-color: $secondary;
            border-subtitle-color: $secondary;
            background: $background;
        }
        & QuestionBar:focus, & #proposals > *:focus, & #outcome:focus-within, & #schema:focus {
            border: round $primary;
            border-title-color: $primary;
        }
        & QuestionBar { height: 3; }
        & #body { height: 1fr; }
        & #schema { width: 38; display: none; }
        &.-wide #schema { width: 34; display: block; }
        &.-schema-shown #schema { display: block; }
        &.-schema-hidden #schema { display: none; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "judge('accepted')", "Accept"),
        Binding("e", "edit", "Edit"),
        Binding("r", "judge('rejected')", "Reject"),
        Binding("u", "judge('undone')", "Take back", show=False),
        Binding("c", "chart", "Chart"),
        Binding("d", "define", "Define", show=False),
        Binding("w", "explain", "In words", show=False),
        Binding("x", "export", "Export"),
        Binding("ctrl+r,f5", "run_sql", "Run", key_display="F5"),
        Binding("f6", "focus_on('candidates')", "Candidates", show=False, priority=True),
        Binding("f7", "focus_on('sql')", "SQL", show=False, priority=True),
        Binding("f8", "focus_on('rows')", "Rows", show=False, priority=True),
        Binding("slash", "focus_on('question')", "Question", show=False),
        Binding("escape", "cancel", "Back", key_display="Esc"),
        Binding("ctrl+b", "schema", "Schema", show=False),
        Binding("ctrl+n", "own_query", "Own query", show=False),
        Binding("ctrl+w", "close_query", "Close the query", show=False, priority=True),
        Binding("ctrl+pageup", "turn(-1)", "Query before", show=False, priority=True),
        Binding("ctrl+pagedown", "turn(1)", "Next query", show=False, priority=True),
        Binding("f4", "sql_history", "What was run", show=False),
        Binding("plus", "row_limit", "Row limit", show=False),
        Binding("f2", "open_file", "Open", show=False),
        Binding("ctrl+s", "save_file", "Save", show=False, priority=True),
        Binding("ctrl+f", "find", "Find", show=False, priority=True),
        Binding("f3", "find_next", "Find next", show=False),
    ]

    def __init__(self, server: Server, history: History, ran: SqlHistory, folder: Path) -> None:
        super().__init__()
        self._server, self._history, self._ran, self._folder = server, history, ran, folder
        self._status: Status | None = None
        self._letters = Letters(self, lambda *typed: self.query_one(QuestionBar).begin(*typed))

    @property
    def bench(self) -> Bench:
        """The query and its rows."""
        return self.query_one(Bench)

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        offers = OfferList()
        yield TitleBar()
        yield QuestionBar(self._history)
        with Horizontal(id="body"):
            yield SchemaTree(self._read_schema)
            yield Bench(self._server, offers, self._ran)
        yield Footer(show_command_palette=False, compact=True)
        yield offers

    def on_mount(self) -> None:
        """Name the places, and wait for the question."""
        bench = self.bench
        self._queries = OpenQueries(bench, self._ran, self._show_question)
        self._filing = Filing(bench, self._folder, self._queries)
        self._rows = RowDialogs(bench)
        self.answer_actions = AnswerActions(bench, self._server, self._folder)
        for name, title in zip(_PLACES, _TITLES, strict=True):
            self.query_one(f"#{name}").border_title = title
        self.query_one(QuestionBar).focus()
        if self._status is not None:
            self._draw_status(self._status)

    def on_question_asked(self, event: QuestionAsked) -> None:
        """Ask."""
        self.bench.ask(event.question)

    def on_question_written(self, event: QuestionWritten) -> None:
        """Show what is asked."""
        self.query_one(QuestionBar).show(event.question)

    async def on_key(self, event: Key) -> None:
        """Somebody types where nothing is typed: that is a question.

        Of letters that come in one go the later ones were on their way to another place when the first moved
        the focus to the question: it did not get them, they come here.
        """
        if not event.is_printable or event.character is None:
            return
        if isinstance(self.focused, QuestionBar) and not self._letters.holding:
            event.stop()
            event.prevent_default()
            self.focused.insert_text_at_cursor(event.character)
            return
        if isinstance(self.focused, Input | TextArea):
            return
        bound = self.active_bindings.get(event.key)
        if self._letters.holding or (event.character.isalpha() and bound is None):
            event.stop()
            event.prevent_default()
            self._letters.go_on(event.character)
        elif bound is not None and bound.node is self and event.character.isalpha():
            # Here and now: by the way of the application the letters behind it would be there before it.
            event.stop()
            event.prevent_default()
            await self.run_action(bound.binding.action)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Where no answer is that of the question above, nothing is judged: the letters begin another."""
        bench = self.bench
        judged = bench.proposals.answer is not None and not bench.unanswered
        return judged or action not in ("judge", "edit")

    def action_judge(self, action: str) -> None:
        """Accept or reject what is shown, or take that back, unless its key begins a question."""
        letter = "u" if action == "undone" else action[0]
        self._letters.hold(letter, lambda: self.answer_actions.judge(action), judges=action != "undone")

    def on_letter_restored(self, _: LetterRestored) -> None:
        """It judged while it was meant for a word."""
        self.answer_actions.judge("undone")

    def action_edit(self) -> None:
        """Into the SQL, unless its key begins a question."""
        self._letters.hold("e", self._edit)

    def _edit(self) -> None:
        self.bench.proposals.edit()
        self.bench.say("Edit the query; F5 runs it, then a keeps yours as the right answer.")

    def action_run_sql(self) -> None:
        """Run what the editor holds."""
        self.bench.run_sql()

    def action_cancel(self) -> None:
        """Cancel what is being done; where nothing is, go to the question; there, drop what was begun."""
        bench, bar = self.bench, self.query_one(QuestionBar)
        if bench.cancel():
            return
        if bar.has_focus and bar.writing:
            bar.bring_back(bench.proposals.question)
        self.action_focus_on("question")

    def action_refresh_schema(self) -> None:
        """Read the schema from the database again."""
        self.query_one(SchemaTree).load(refresh=True)

    def action_focus_on(self, place: str) -> None:
        """Go to a place by its name; `rows` is whatever stands where the rows do.

        At once, by `set_focus`: keys that are typed already must not be taken for commands.
        """
        if place == "rows":
            self.bench.outcome.focus_inside()
        else:
            self.set_focus(self.query_one(f"#{place}"))

    def action_chart(self) -> None:
        """Chart or table, unless its key begins a question."""
        self._letters.hold("c", self.answer_actions.chart)

    def action_explain(self) -> None:
        """Say in words what the query asks for, unless its key begins a question."""
        self._letters.hold("w", self.answer_actions.explain)

    def action_define(self) -> None:
        """Say what a word means here, unless its key begins a question."""
        self._letters.hold("d", self.answer_actions.define)

    def action_export(self) -> None:
        """Write all rows to a file, unless its key begins a question."""
        self._letters.hold("x", self.answer_actions.export)

    def action_schema(self) -> None:
        """Show or hide the schema."""
        tree = self.query_one(SchemaTree)
        shown = tree.display
        self.set_class(not shown, "-schema-shown")
        self.set_class(shown, "-schema-hidden")
        if shown and tree.has_focus:
            self.action_focus_on("question")
        elif not shown:
            self.set_focus(tree)

    # Queries: tabs and files.

    def action_own_query(self) -> None:
        """A query that belongs to no question."""
        self._queries.own()

    def action_close_query(self) -> None:
        """Close the tab."""
        self._queries.close()

    @property
    def unsaved(self) -> tuple[str, ...]:
        """Names of the queries that would be lost with the console."""
        return self._queries.unsaved if self.is_mounted else ()

    def action_turn(self, direction: int) -> None:
        """The next tab, or the one before."""
        self._queries.turn(direction)

    def on_tab_chosen(self, event: TabChosen) -> None:
        """The tab that was clicked."""
        self._queries.turn_to(event.number)

    def action_open_file(self) -> None:
        """Open a file of SQL."""
        self._filing.choose()

    def action_save_file(self) -> None:
        """Save the query; the first time under a name."""
        self._filing.save()

    def _show_question(self, question: str) -> None:
        self.query_one(QuestionBar).bring_back(question)

    @work(exclusive=True, group="history")
    async def action_sql_history(self) -> None:
        """Take up again what was run on this database."""
        await self._queries.choose_run(self._status.database.connection if self._status else "")

    # Rows.

    def action_row_limit(self) -> None:
        """Let a query give more rows, or fewer."""
        self._rows.limit()

    def action_find(self) -> None:
        """Find a text in the rows."""
        self._rows.find()

    def action_find_next(self) -> None:
        """The next row that holds it."""
        self._rows.find_next()

    # What comes from the server.

    def show_status(self, status: Status) -> None:
        """Tell what state the server is in; another database is another schema."""
        self._status = status
        if self.is_mounted:
            self._draw_status(status)

    def _draw_status(self, status: Status) -> None:
        self.query_one(TitleBar).status = status
        database = status.database
        self.query_one(SchemaTree).follow(database)
        self.bench.follow(status)
        outcome = self.bench.outcome
        outcome.name_better_model(status.model.better)
        if database.state == "unreachable" and outcome.shown is None:
            outcome.show_failure("The database is not reachable", database.error, database.hint)
        elif status.model.state == "failed" and outcome.current == "welcome":
            outcome.show_failure("The model cannot be used", status.model.error, status.model.hint)

    def forget(self) -> None:
        """Begin anew, after the database was changed; SQL that was typed stays, and so do other tabs."""
        bench = self.bench
        bench.cancel()
        bench.settle()
        bench.leave()
        query = bench.tabs.current
        self.query_one(QuestionBar).forget()
        bench.proposals.bring_back(None, "" if query.passing else query.text)
        bench.outcome.show_welcome()
        self._queries.forget_answers()
        self.query_one(SchemaTree).forget()
        bench.say("")

    def on_name_chosen(self, event: NameChosen) -> None:
        """Write the name where the cursor of the editor stands."""
        self.bench.proposals.insert(event.name)

    def on_schema_read(self, event: SchemaRead) -> None:
        """Complete the names of its tables, and speak of one."""
        self.query_one(QuestionBar).complete_names(event.tables)
        if event.tables:
            self.bench.outcome.name_table(event.tables[0])

    def on_schema_missed(self, event: SchemaMissed) -> None:
        """Say so."""
        self.bench.say(str(event.error), "bad")

    async def _read_schema(self, params: SchemaParams) -> SchemaResult:
        return await self._server.call(lambda client: client.schema(params))
