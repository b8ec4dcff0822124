"""What became of a question: its proposals, the SQL, the rows, and what is said of them.

The way of a question is `_ask`, that of a query `_run`; both are ended by `cancel`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from datetime import UTC, datetime

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.worker import Worker

from sqloop.errors import QuestionError, SQLoopError
from sqloop.lsp.protocol import (
    AskParams,
    AskResult,
    FollowResult,
    RunParams,
    RunResult,
    Status,
)
from sqloop.terminal.telling import reads_glossary
from sqloop_tui.editor.language import Language
from sqloop_tui.editor.offer_list import OfferList
from sqloop_tui.editor.proposals import Proposals
from sqloop_tui.editor.query_tabs import QueryTabs
from sqloop_tui.editor.sql_history import Run, SqlHistory
from sqloop_tui.follow import write_out
from sqloop_tui.judging import Shown, is_of, lay
from sqloop_tui.question_bar import QuestionBar
from sqloop_tui.results.answer_view import AnswerView
from sqloop_tui.results.candidates import CandidateChosen, CandidateLookedAt
from sqloop_tui.results.failure import advise, advise_status
from sqloop_tui.results.pages import Pages, answer_page
from sqloop_tui.results.result_table import ResultTable, RowsMissed, SortWanted
from sqloop_tui.screens.asking_back import AskingBack
from sqloop_tui.screens.explanation import Explanation
from sqloop_tui.server import Server
from sqloop_tui.verdict_bar import Tone, VerdictBar, describe_answer, describe_pages, describe_trust

MOST_ROWS = 1_000_000
"""Of one query: the server's own number."""


class QuestionWritten(Message):
    """The question that is asked, where it may not be the text that was typed."""

    def __init__(self, question: str) -> None:
        super().__init__()
        self.question = question


class Bench(Vertical):
    """One query at a time is worked on; the others wait in their tabs."""

    DEFAULT_CSS = """
    Bench {
        & #outcome { height: 1fr; }
        &.-unanswered #proposals > *, &.-unanswered.-asking #outcome { opacity: 45%; }
    }
    """

    def __init__(self, server: Server, offers: OfferList, ran: SqlHistory) -> None:
        super().__init__()
        self._server, self._offers, self._ran = server, offers, ran
        self._allowed: int | None = None
        self.database = ""
        self.reads_glossary = True
        self._work: Worker[None] | None = None
        self._unfollowed = ""  # What was refused as a follow-up: typed again, it is asked as it stands.

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield QueryTabs()
        yield Proposals(Language(self._server), self._offers)
        yield VerdictBar()
        yield AnswerView()

    @property
    def proposals(self) -> Proposals:
        """Candidates and SQL."""
        return self.query_one(Proposals)

    @property
    def outcome(self) -> AnswerView:
        """Where the rows are."""
        return self.query_one(AnswerView)

    @property
    def tabs(self) -> QueryTabs:
        """The queries that are open."""
        return self.query_one(QueryTabs)

    def say(self, words: str, tone: Tone = "quiet") -> None:
        """One line above the rows."""
        self.query_one(VerdictBar).say(words, tone)

    @property
    def limit(self) -> int:
        """Rows that a query may give."""
        return self.outcome.limit

    def leave(self) -> None:
        """Keep what is on the screen with its tab."""
        query = self.tabs.current
        query.text, query.answer = self.proposals.text, self.proposals.answer
        query.shown = self.outcome.shown
        if query.answer is not None:
            query.question = query.answer.question

    @property
    def shows_other_rows(self) -> bool:
        """Whether the rows are not those of the query that is to be read."""
        shown = self.outcome.shown
        return shown is not None and not is_of(self.proposals.answer, shown.sql, self.proposals.text)

    def follow(self, status: Status) -> None:
        """Work with the database, the model and the limits of a status."""
        self.reads_glossary = reads_glossary(status.model.base)
        self.database = status.database.url or status.database.connection
        if self._allowed is None:
            self.outcome.limit = status.row_limit

    def allow(self, rows: int) -> None:
        """Let a query give so many rows from now on; what is shown is run again."""
        self._allowed = self.outcome.limit = min(rows, MOST_ROWS)
        shown = self.outcome.shown
        if shown is not None:
            self._start(self._run(shown.sql))
        else:
            self.say(f"A query may give {self.limit:,} rows now.", "good")

    def ask(self, question: str) -> None:
        """Ask; what was being done is cancelled."""
        self._start(self._ask(question))

    @property
    def unanswered(self) -> bool:
        """Whether the question above has no answer (yet): what stands below belongs to the one before."""
        return self.has_class("-unanswered")

    def settle(self) -> None:
        """What stands here is what the question asks for."""
        self.remove_class("-unanswered", "-asking")
        self.screen.refresh_bindings()

    def _take_back(self) -> bool:
        """The question above is the one of what stands here; whether it was another."""
        other, question = self.unanswered, self.proposals.question
        self.settle()
        return self.screen.query_one(QuestionBar).settle(question if other else "")

    async def _ask(self, question: str) -> None:
        before = self.query_one(VerdictBar).words
        self.add_class("-unanswered", "-asking")
        self.screen.refresh_bindings()
        self.query_one(VerdictBar).work("Asking …")
        server = self._server
        as_it_is, self._unfollowed = question == self._unfollowed, ""
        shown, now = self.outcome.shown, self.proposals.answer
        sql = shown.sql if shown is not None else self.proposals.sql if now and now.sql else ""
        try:
            meant = (
                FollowResult(question, False)
                if as_it_is
                else await write_out(question, now, sql, server, self._progress)
            )
        except QuestionError:
            self._unfollowed = question
            raise
        if meant.explanation is not None:
            self.say(before)
            self.settle()
            self.post_message(QuestionWritten(self.proposals.question))
            self.app.push_screen(Explanation(lay(now, sql), meant.explanation))
            return
        params = AskParams(meant.question)
        self.post_message(QuestionWritten(params.question))
        answer: AskResult = await server.call(lambda client: client.ask(params, self._progress))
        self.settle()
        if not answer.suggestion:
            self._show_own(answer)
            return
        self.show_answer(answer)
        if answer.choice is not None:
            self.app.push_screen(AskingBack(answer.choice, self._go_on), self._take)

    def _go_on(self, letter: str) -> None:
        """A question is typed where something else was asked back."""
        bar = self.screen.query_one(QuestionBar)
        if bar.writing:
            bar.insert_text_at_cursor(letter)
        else:
            bar.begin(letter)

    def _take(self, sql: str | None) -> None:
        """Show the query of the meaning that was chosen, unless it is there already."""
        answer = self.proposals.answer
        if sql is not None and answer is not None and sql != answer.sql:
            self.proposals.show_candidate([each.sql for each in answer.candidates].index(sql))
            self.run_sql()

    def run_sql(self) -> None:
        """Run what the editor holds."""
        sql = self.proposals.sql
        if sql:
            self._start(self._run(sql))

    async def _run(self, sql: str) -> None:
        self._take_back()
        self.query_one(VerdictBar).work("Running the query …")
        answer = self.proposals.answer
        params = RunParams(sql, suggestion=answer.suggestion if answer else "", limit=self._allowed)
        result = await self._server.call(lambda client: client.run(params, self._progress))
        self._remember(result)
        self.show_result(result)

    def _remember(self, result: RunResult) -> None:
        if result.status in ("ok", "error", "timeout"):
            rows = result.row_count if result.status == "ok" else None
            at = datetime.now(UTC).isoformat(timespec="milliseconds")
            question = self.proposals.question
            self._ran.add(Run(self.database, result.sql, at, rows, result.elapsed_ms, question))

    async def _sort(self, column: int) -> None:
        shown, before = self.outcome.shown, self.outcome.query_one(ResultTable).pages
        assert shown is not None
        assert before is not None
        self.query_one(VerdictBar).work("Sorting …")
        sql = self.outcome.sorting.turn(shown.sql, column, before.columns)
        result = await self.fetch(RunParams(sql))
        if result.status != "ok":
            self.say(f"These rows cannot be sorted: {result.error}", "bad")
            return
        pages = Pages(replace(result, columns=before.columns, headings=before.headings), self.fetch)
        self.outcome.show_pages(pages, column)
        self.say(f"{self.outcome.sorting.words(pages.columns)} · {describe_pages(pages)}")

    def show_answer(self, answer: AskResult) -> None:
        """Candidates, SQL and rows; the first of them has the cursor, so that one key judges it.

        They take the place of an earlier answer, never that of SQL which was typed, and the focus unless the
        next question is being typed.
        """
        self.leave()
        self.tabs.make_way()
        self.outcome.shown = None
        self.proposals.show(answer, focus=not self.screen.query_one(QuestionBar).writing)
        if answer.sql is None:
            before = f"{answer.advice}, or press" if answer.advice else "Press"
            hint = f"{before} e and write the query yourself."
            self._fail("None of the proposed queries ran", answer.failure, hint)
        else:
            page = answer_page(answer)
            self._remember(page)
            self._show_pages(Pages(page, self.fetch))
            self.say(describe_answer(answer), "quiet")

    def _show_own(self, answer: AskResult) -> None:
        """SQL was typed in the place of a question: a query of one's own, in a tab as Ctrl+N begins it."""
        self.leave()
        self.tabs.fresh()
        query = answer.candidates[0]
        self.proposals.bring_back(None, query.laid or query.sql)
        if answer.sql is None:
            self.outcome.shown = None
            self._fail(*advise_status(query.status, query.error, editing=True))
            return
        page = answer_page(answer)
        self._remember(page)
        self._show_pages(Pages(page, self.fetch))
        self.say(f"{describe_pages(Pages(page, self.fetch))} · your own query, as after Ctrl+N")
        if not self.screen.query_one(QuestionBar).writing:
            self.outcome.focus_inside()

    def show_result(self, result: RunResult) -> None:
        """The rows of a query, or why there are none."""
        if result.status != "ok":
            proposals = self.proposals
            editing = proposals.answer is None or proposals.editing
            self._fail(*advise_status(result.status, result.error, editing=editing))
            return
        self._show_pages(Pages(result, self.fetch))
        self._tell_shown(" · a: this is the answer to your question" if self.proposals.answer else "")
        self.outcome.focus_inside()

    def _tell_shown(self, more: str = "") -> None:
        """Whose rows are shown: of the answer it is said how far to trust it, also where it ran once more."""
        shown, answer = self.outcome.shown, self.proposals.answer
        assert shown is not None
        if answer is not None and answer.sql is not None and is_of(answer, shown.sql, answer.sql):
            self.say(f"{describe_trust(answer)} · {describe_pages(shown.pages)}")
        else:
            self.say(describe_pages(shown.pages) + more)

    def _show_pages(self, pages: Pages) -> None:
        self.outcome.show_query(Shown(pages.sql, pages))
        if pages.notice:
            self.notify(pages.notice, severity="warning")

    def on_candidate_chosen(self, event: CandidateChosen) -> None:
        """Show its query and its rows; where these are there, go to them."""
        self.proposals.show_candidate(event.number)
        if self.outcome.shown is None or self.shows_other_rows or self.unanswered:
            self.run_sql()
        else:
            self.outcome.focus_inside()

    def on_candidate_looked_at(self, _: CandidateLookedAt) -> None:
        """Say whose rows they are that are shown."""
        shown, answer = self.outcome.shown, self.proposals.answer
        if shown is None or answer is None or self.is_working:
            return
        if self.shows_other_rows:
            self.say("The rows are those of another query: Enter shows this one's.", "warn")
        else:
            self._tell_shown()

    def on_sort_wanted(self, event: SortWanted) -> None:
        """Have the database sort: it knows all rows, the screen does not."""
        if self.outcome.shown is not None:
            self._start(self._sort(event.column))

    def on_rows_missed(self, event: RowsMissed) -> None:
        """Say so; what was there stays."""
        self.say(str(event.error), "bad")

    @property
    def is_working(self) -> bool:
        """Whether something is being done."""
        return self._work is not None and self._work.is_running

    def cancel(self) -> bool:
        """Cancel what is being done, down to the database; whether there was anything."""
        if self._work is None or not self._work.is_running:
            return False
        self._work.cancel()
        return True

    def show_error(self, error: SQLoopError) -> None:
        """Tell what failed, and what can be done."""
        self._fail(*advise(error))

    def _start(self, doing: Coroutine[None, None, None]) -> None:
        """Do one thing at a time: questions, queries."""
        self._work = self.run_worker(self._guard(doing), group="work", exclusive=True)

    async def _guard(self, doing: Coroutine[None, None, None]) -> None:
        try:
            await doing
        except asyncio.CancelledError:
            # Another one may have begun by now: then it is that one's line. At quitting nothing is left here.
            if self.children and (self._work is None or self._work.is_cancelled):
                back = " ↑ brings the question back." if self._take_back() else ""
                self.say(f"Cancelled.{back}", "warn")
            raise
        except SQLoopError as error:
            self.show_error(error)

    def _fail(self, title: str, message: str, hint: str) -> None:
        self.say(title, "bad")
        self.remove_class("-asking")
        self.screen.query_one(QuestionBar).settle()
        self.outcome.show_failure(title, message, hint)

    def _progress(self, words: str) -> None:
        self.query_one(VerdictBar).work(words)

    async def fetch(self, params: RunParams) -> RunResult:
        """Rows of a query, so many as one may give. Raises SQLoopError."""
        allowed = replace(params, limit=self._allowed)
        return await self._server.call(lambda client: client.run(allowed))
