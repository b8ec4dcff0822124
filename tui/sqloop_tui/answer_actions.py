"""What is done with the answer on the screen: judged, said in words, drawn, exported, its words defined."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path

from sqloop.errors import SQLoopError
from sqloop.lsp.protocol import ExplainParams, FeedbackParams
from sqloop.terminal.printable import printable
from sqloop_tui.bench import Bench
from sqloop_tui.defining import define
from sqloop_tui.judging import verdict
from sqloop_tui.results.export_dialog import ExportDialog
from sqloop_tui.screens.define import Define, Meaning
from sqloop_tui.screens.explanation import Explanation
from sqloop_tui.server import Server


class AnswerActions:
    """Of a bench; what goes wrong is said there."""

    def __init__(self, bench: Bench, server: Server, folder: Path) -> None:
        self._bench, self._server, self._folder = bench, server, folder
        self._telling = asyncio.Lock()
        self._said: list[str] = []  # suggestions that were judged, the last one last

    def judge(self, action: str) -> None:
        """Accept or reject what is shown, or take that back."""
        bench = self._bench
        if bench.unanswered and action != "undone":
            bench.say("The question above has no answer: what stands here belongs to the one before.", "warn")
            return
        said = verdict(bench.proposals.answer, bench.outcome.shown, bench.proposals.text, action)
        if isinstance(said, str):
            bench.say(said, "warn")
        else:
            self._do(self._tell(said), "feedback")

    async def _tell(self, said: FeedbackParams) -> None:
        answer = self._bench.proposals.answer
        async with self._telling:  # What takes back a verdict comes after it.
            if said.action == "undone" and self._said:
                said = replace(said, suggestion=self._said[-1])  # It may be of an answer before this one.
            told = said
            result = await self._server.call(lambda client: client.feedback(told))
            if result.recorded and said.action != "undone":
                self._said.append(said.suggestion)
            elif result.recorded and self._said:
                self._said.pop()
        if not (result.recorded and said.action == "rejected"):
            self._bench.say(result.message, "good" if result.recorded else "warn")
        elif answer is not None and answer.memory and answer is self._bench.proposals.answer:
            self._bench.notify("Rejected: now the model is asked. u takes that back.")
            self._bench.ask(answer.question)
        else:
            others = answer is not None and len({each.answer for each in answer.candidates} - {0}) > 1
            next_one = "Choose another candidate" if others else "Put the question in other words"
            self._bench.say(f"Rejected. {next_one}, or press e to correct it.", "good")

    def explain(self) -> None:
        """Say in words what the query that is to be read asks for: a candidate, or what was typed."""
        proposals = self._bench.proposals
        self._do(self._explain(ExplainParams(proposals.text, proposals.question)), "explain", exclusive=True)

    async def _explain(self, params: ExplainParams) -> None:
        others = self._bench.shows_other_rows
        result = await self._server.call(lambda client: client.explain(params))
        self._bench.app.push_screen(Explanation(params.sql, result, of_rows=not others))

    def define(self) -> None:
        """Say what a word means: one that the query left out, if there is any."""
        answer = self._bench.proposals.answer
        left = answer.not_understood if answer is not None else ()
        word = left[0].lower() if left else ""
        self._bench.app.push_screen(Define(word, self._define, unread=not self._bench.reads_glossary))

    async def _define(self, meaning: Meaning) -> None:
        answer = self._bench.proposals.answer
        said = await define(meaning, self._folder, self._server.options)
        self._bench.notify(printable(said), markup=False)
        # A model that does not read it would give the same answer again.
        if answer is not None and answer is self._bench.proposals.answer and self._bench.reads_glossary:
            self._bench.ask(answer.question)

    def export(self) -> None:
        """Write all rows to a file."""
        bench = self._bench
        if bench.outcome.shown is None:
            bench.say("There are no rows to export.", "warn")
        else:
            bench.app.push_screen(ExportDialog(bench.outcome.shown.pages, bench.fetch), self._exported)

    def _exported(self, words: str | None) -> None:
        if words:
            self._bench.say(words, "good")

    def chart(self) -> None:
        """Chart or table."""
        self._do(self._chart(), "chart", exclusive=True)

    async def _chart(self) -> None:
        try:
            problem = await self._bench.outcome.toggle_chart(self._bench.fetch)
        except SQLoopError as error:
            problem = str(error)
        if problem:
            self._bench.say(problem, "warn")

    def _do(self, doing: Coroutine[None, None, None], group: str, *, exclusive: bool = False) -> None:
        self._bench.run_worker(self._guard(doing), group=group, exclusive=exclusive)

    async def _guard(self, doing: Coroutine[None, None, None]) -> None:
        try:
            await doing
        except SQLoopError as error:
            self._bench.say(str(error), "bad")
