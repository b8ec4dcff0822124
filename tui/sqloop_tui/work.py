"""Where one works: the question, what the model proposed, the SQL, its rows, and what is said of it.

The way of a question is `_ask`, that of a query `_run`; both are cancelled by `action_cancel`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import ClassVar, cast

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.events import Key
from textual.screen import Screen
from textual.widgets import Footer, Input, TextArea
from textual.worker import Worker

from sqloop.errors import SQLoopError
from sqloop.lsp.protocol import (
    AskParams,
    AskResult,
    ExplainParams,
    FeedbackParams,
    RunParams,
    RunResult,
    SchemaParams,
    SchemaResult,
    Status,
)
from sqloop_tui.follow import write_out
from sqloop_tui.host import Host
from sqloop_tui.judging import Shown, judgement
from sqloop_tui.letters import Letters
from sqloop_tui.proposals import Proposals
from sqloop_tui.question_bar import QuestionAsked, QuestionBar
from sqloop_tui.results.answer_view import AnswerView
from sqloop_tui.results.candidates import CandidateChosen
from sqloop_tui.results.export_dialog import ExportDialog
from sqloop_tui.results.failure import advise, advise_status
from sqloop_tui.results.pages import Pages, answer_page
from sqloop_tui.results.result_table import RowsMissed, SortWanted
from sqloop_tui.results.sorting import Sorting
from sqloop_tui.schema_tree import NameChosen, SchemaMissed, SchemaRead, SchemaTree
from sqloop_tui.screens.asking_back import AskingBack
from sqloop_tui.screens.explanation import Explanation
from sqloop_tui.title_bar import TitleBar
from sqloop_tui.verdict_bar import VerdictBar, describe_answer, describe_pages

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
        & #schema { width: 30; display: none; }
        &.-wide #schema { width: 34; display: block; }
        &.-schema-shown #schema { display: block; }
        &.-schema-hidden #schema { display: none; }
        & #outcome { height: 1fr; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "judge('accepted')", "Accept"),
        Binding("e", "edit", "Edit"),
        Binding("r", "judge('rejected')", "Reject"),
        Binding("u", "judge('undone')", "Take back", show=False),
        Binding("c", "chart", "Chart"),
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
    ]

    def __init__(self) -> None:
        super().__init__()
        self._shown: Shown | None = None
        self._sorting = Sorting()
        self._work: Worker[None] | None = None
        self._letters = Letters(self, lambda text: self.query_one(QuestionBar).begin(text))

    @property
    def console_app(self) -> Host:
        """The application, with its server."""
        return cast("Host", self.app)

    @property
    def _proposals(self) -> Proposals:
        return self.query_one(Proposals)

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield TitleBar()
        yield QuestionBar(self.console_app.history)
        with Horizontal(id="body"):
            yield SchemaTree(self._read_schema)
            with Vertical():
                yield Proposals()
                yield VerdictBar()
                yield AnswerView()
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        """Name the places, and wait for the question."""
        for name, title in zip(_PLACES, _TITLES, strict=True):
            self.query_one(f"#{name}").border_title = title
        self.query_one(QuestionBar).focus()
        if self.console_app.status is not None:
            self.show_status(self.console_app.status)

    # The way of a question, and that of a query.

    def on_question_asked(self, event: QuestionAsked) -> None:
        """Ask; what was being done is cancelled."""
        self._start(self._ask(event.question))

    async def _ask(self, question: str) -> None:
        self.query_one(VerdictBar).work("Asking …")
        server = self.console_app.server
        params = AskParams(await write_out(question, self._proposals, server, self._progress))
        self.query_one(QuestionBar).show(params.question)
        answer: AskResult = await server.call(lambda client: client.ask(params, self._progress))
        self.show_answer(answer)
        if answer.choice is not None:
            self.app.push_screen(AskingBack(answer.choice), self._take)

    def _take(self, sql: str | None) -> None:
        """Show the query of the meaning that was chosen, unless it is there already."""
        answer = self._proposals.answer
        if sql is not None and answer is not None and sql != answer.sql:
            self._proposals.show_candidate([each.sql for each in answer.candidates].index(sql))
            self.action_run_sql()

    def action_run_sql(self) -> None:
        """Run what the editor holds."""
        sql = self._proposals.sql
        if sql:
            self._start(self._run(sql))

    async def _run(self, sql: str) -> None:
        self.query_one(VerdictBar).work("Running the query …")
        answer = self._proposals.answer
        params = RunParams(sql, suggestion=answer.suggestion if answer else "")
        self.show_result(
            await self.console_app.server.call(lambda client: client.run(params, self._progress))
        )

    async def _sort(self, column: int) -> None:
        assert self._shown is not None
        self.query_one(VerdictBar).work("Sorting …")
        sql = self._sorting.turn(self._shown.sql, column)
        result = await self._fetch(RunParams(sql))
        if result.status != "ok":
            self.query_one(VerdictBar).say(f"These rows cannot be sorted: {result.error}", "bad")
            return
        pages = Pages(result, self._fetch)
        self.query_one(AnswerView).show_pages(pages, column)
        self.query_one(VerdictBar).say(f"{self._sorting.words(pages.columns)} · {describe_pages(pages)}")

    def show_answer(self, answer: AskResult) -> None:
        """Candidates, SQL and rows; the first of them has the cursor, so that one key judges it."""
        self._shown = None
        self._proposals.show(answer)
        if answer.sql is None:
            self._fail(
                "None of the proposed queries ran",
                answer.candidates[0].error if answer.candidates else "The model proposed nothing.",
                "Put the question in other words, or press e and write the query yourself.",
            )
        else:
            self._show_pages(Pages(answer_page(answer), self._fetch))
            self.query_one(VerdictBar).say(describe_answer(answer), "quiet")

    def show_result(self, result: RunResult) -> None:
        """The rows of a query, or why there are none."""
        if result.status != "ok":
            self._fail(*advise_status(result.status, result.error))
            return
        pages = Pages(result, self._fetch)
        self._show_pages(pages)
        more = " · a: this is the answer to your question" if self._proposals.answer else ""
        self.query_one(VerdictBar).say(describe_pages(pages) + more)
        self.action_focus_on("rows")

    def _show_pages(self, pages: Pages) -> None:
        self._shown, self._sorting = Shown(pages.sql, pages), Sorting()
        self.query_one(AnswerView).show_pages(pages)
        if pages.notice:
            self.notify(pages.notice, severity="warning")

    def on_candidate_chosen(self, event: CandidateChosen) -> None:
        """Show its query and its rows."""
        self._proposals.show_candidate(event.number)
        self.action_run_sql()

    def on_sort_wanted(self, event: SortWanted) -> None:
        """Have the database sort: it knows all rows, the screen does not."""
        if self._shown is not None:
            self._start(self._sort(event.column))

    def on_rows_missed(self, event: RowsMissed) -> None:
        """Say so; what was there stays."""
        self.query_one(VerdictBar).say(str(event.error), "bad")

    # What is said of it.

    def on_key(self, event: Key) -> None:
        """Somebody types where nothing is typed: that is a question."""
        if not event.is_printable or event.character is None or isinstance(self.focused, Input | TextArea):
            return
        bound = event.key in self.active_bindings
        if self._letters.holding or (event.character.isalpha() and not bound):
            event.stop()
            event.prevent_default()
            self._letters.go_on(event.character)

    def action_judge(self, action: str) -> None:
        """Accept or reject what is shown, or take that back, unless its key begins a question."""
        self._letters.hold(action[0], lambda: self._judge(action))

    def _judge(self, action: str) -> None:
        said = judgement(self._proposals.answer, self._shown, self._proposals.text, action)
        if isinstance(said, str):
            self.query_one(VerdictBar).say(said, "warn")
        else:
            self._tell(said)

    @work(group="feedback")
    async def _tell(self, said: FeedbackParams) -> None:
        bar = self.query_one(VerdictBar)
        try:
            result = await self.console_app.server.call(lambda client: client.feedback(said))
        except SQLoopError as error:
            bar.say(str(error), "bad")
            return
        more = "  Choose another candidate, or press e to correct it." if said.action == "rejected" else ""
        bar.say(result.message + (more if result.recorded else ""), "good" if result.recorded else "warn")

    def action_edit(self) -> None:
        """Into the SQL, unless its key begins a question."""
        self._letters.hold("e", self._edit)

    def _edit(self) -> None:
        self._proposals.edit()
        self.query_one(VerdictBar).say("Edit the query; F5 runs it, then a keeps yours as the right answer.")

    # Everything else.

    def action_cancel(self) -> None:
        """Cancel what is being done; where nothing is, go to the question."""
        if not self.cancel():
            self.action_focus_on("question")

    def cancel(self) -> bool:
        """Cancel what is being done, down to the database; whether there was anything."""
        if self._work is None or not self._work.is_running:
            return False
        self._work.cancel()
        return True

    def show_error(self, error: SQLoopError) -> None:
        """Tell what failed, and what can be done."""
        self._fail(*advise(error))

    def action_refresh_schema(self) -> None:
        """Read the schema from the database again."""
        self.query_one(SchemaTree).load(refresh=True)

    def action_focus_on(self, place: str) -> None:
        """Go to a place by its name; `rows` is whatever stands where the rows do.

        At once, by `set_focus`: keys that are typed already must not be taken for commands.
        """
        if place == "rows":
            self.query_one(AnswerView).focus_inside()
        else:
            self.set_focus(self.query_one(f"#{place}"))

    def action_chart(self) -> None:
        """Chart or table."""
        problem = self.query_one(AnswerView).toggle_chart()
        if problem:
            self.query_one(VerdictBar).say(problem, "warn")

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

    def action_own_query(self) -> None:
        """A query that belongs to no question."""
        self._proposals.clear()
        self._proposals.edit()
        self.query_one(VerdictBar).say("A query of your own: F5 runs it.")

    def action_explain(self) -> None:
        """Say in words what the query asks for."""
        self._explain(ExplainParams(self._proposals.text, self._proposals.question))

    @work(group="explain", exclusive=True)
    async def _explain(self, params: ExplainParams) -> None:
        try:
            result = await self.console_app.server.call(lambda client: client.explain(params))
        except SQLoopError as error:
            self.query_one(VerdictBar).say(str(error), "bad")
        else:
            self.app.push_screen(Explanation(params.sql, result))

    def action_export(self) -> None:
        """Write all rows to a file."""
        if self._shown is None:
            self.query_one(VerdictBar).say("There are no rows to export.", "warn")
        else:
            self.app.push_screen(ExportDialog(self._shown.pages, self._fetch), self._exported)

    def _exported(self, words: str | None) -> None:
        if words:
            self.query_one(VerdictBar).say(words, "good")

    def on_name_chosen(self, event: NameChosen) -> None:
        """Write the name where the cursor of the editor stands."""
        self._proposals.insert(event.name)

    def show_status(self, status: Status) -> None:
        """Tell what state the server is in; another database is another schema."""
        self.query_one(TitleBar).status = status
        database = status.database
        self.query_one(SchemaTree).follow(database)
        self.query_one(AnswerView).name_better_model(status.model.better)
        if database.state == "unreachable" and self._shown is None:
            self.query_one(AnswerView).show_failure(
                "The database is not reachable", database.error, database.hint
            )

    def forget(self) -> None:
        """Begin anew, after the database was changed."""
        self._shown = None
        self._proposals.clear()
        self.query_one(AnswerView).show_welcome()
        self.query_one(SchemaTree).forget()
        self.query_one(VerdictBar).say("")

    def on_schema_read(self, event: SchemaRead) -> None:
        """Complete the names of its tables, and speak of one."""
        self.query_one(QuestionBar).complete_names(event.tables)
        if event.tables:
            self.query_one(AnswerView).name_table(event.tables[0])

    def on_schema_missed(self, event: SchemaMissed) -> None:
        """Say so."""
        self.query_one(VerdictBar).say(str(event.error), "bad")

    def _start(self, doing: Coroutine[None, None, None]) -> None:
        """Do one thing at a time: questions, queries."""
        self._work = self.run_worker(self._guard(doing), group="work", exclusive=True)

    async def _guard(self, doing: Coroutine[None, None, None]) -> None:
        try:
            await doing
        except asyncio.CancelledError:
            # Another one may have begun by now: then it is that one's line.
            if self._work is None or self._work.is_cancelled:
                self.query_one(VerdictBar).say("Cancelled.", "warn")
            raise
        except SQLoopError as error:
            self.show_error(error)

    def _fail(self, title: str, message: str, hint: str) -> None:
        self.query_one(VerdictBar).say(title, "bad")
        self.query_one(AnswerView).show_failure(title, message, hint)

    def _progress(self, words: str) -> None:
        self.query_one(VerdictBar).work(words)

    async def _fetch(self, params: RunParams) -> RunResult:
        return await self.console_app.server.call(lambda client: client.run(params))

    async def _read_schema(self, params: SchemaParams) -> SchemaResult:
        return await self.console_app.server.call(lambda client: client.schema(params))
