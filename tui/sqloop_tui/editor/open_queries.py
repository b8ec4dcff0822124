"""The queries that are open, one a tab: turned to, begun, closed, and taken up again from what was run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from sqloop_tui.bench import Bench
from sqloop_tui.editor.sql_history import SqlHistory
from sqloop_tui.screens.confirmation import Confirmation
from sqloop_tui.screens.sql_history import SqlHistoryScreen
from sqloop_tui.verdict_bar import describe_answer, describe_pages


class OpenQueries:
    """Of a bench; ``show_question`` puts the question of a query on the screen."""

    def __init__(self, bench: Bench, ran: SqlHistory, show_question: Callable[[str], None]) -> None:
        self._bench, self._ran, self._show_question = bench, ran, show_question

    def enter(self) -> None:
        """Put the current tab's query on the screen."""
        bench = self._bench
        bench.cancel()
        bench.settle()
        query = bench.tabs.current
        bench.proposals.bring_back(query.answer, query.text)
        if query.shown is None:
            bench.outcome.show_welcome()
            bench.say("")
        else:
            bench.outcome.show_query(query.shown)
            answer, shown = query.answer, query.shown
            answers = answer if answer and answer.sql == shown.sql else None
            said = describe_answer(answers) if answers else describe_pages(shown.pages)
            bench.say(said, "quiet")
        self._show_question(query.question)
        bench.proposals.edit()

    def own(self) -> None:
        """A query that belongs to no question, in a tab of its own unless this one is blank."""
        self._bench.leave()
        self._bench.tabs.fresh()
        self.enter()
        self._bench.say("A query of your own: F5 runs it, F9 lays it out, Ctrl+S saves it.")

    def close(self) -> None:
        """Close the tab; where that would lose what was typed, its user is asked."""
        self._bench.leave()
        query = self._bench.tabs.current
        if not query.unsaved:
            self._close(True)
            return
        words = f"{query.name} is not saved: Ctrl+S saves it."
        self._bench.app.push_screen(Confirmation(f"Close {query.name}?", words, "closes it"), self._close)

    def _close(self, wanted: bool | None) -> None:
        if wanted:
            self._bench.tabs.close()
            self.enter()

    @property
    def unsaved(self) -> tuple[str, ...]:
        """Names of the queries with something typed that would be lost."""
        self._bench.leave()
        return tuple(each.name for each in self._bench.tabs.queries if each.unsaved)

    def turn(self, direction: int) -> None:
        """The next tab, or the one before."""
        self.turn_to(self._bench.tabs.number + direction)

    def turn_to(self, number: int) -> None:
        """Another tab."""
        self._bench.leave()
        self._bench.tabs.turn_to(number)
        self.enter()

    async def choose_run(self, connection: str) -> None:
        """Take up again what was run on this database, called ``connection``."""
        bench = self._bench
        runs = await asyncio.to_thread(self._ran.of, bench.database)
        bench.app.push_screen(SqlHistoryScreen(connection, runs, bench.proposals.sql_style), self._take_up)

    def _take_up(self, sql: str | None) -> None:
        if sql is not None:
            self._bench.leave()
            self._bench.tabs.fresh().text = sql
            self.enter()
            self._bench.say("F5 runs it.")

    def forget_answers(self) -> None:
        """The database is another: texts stay."""
        for query in self._bench.tabs.queries:
            query.answer, query.shown = None, None
