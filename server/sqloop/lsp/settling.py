"""Labels without a word: what the user made of a suggestion, once the statement has settled.

Editors tell when a suggestion was taken, not what became of it, and nothing at all when it was ignored. So
the statement below the question is looked at when the file is saved, when it is run, or when nobody has typed
for a while; its answer is compared with the suggestion's (`sqloop.feedback.labels`). A file that is reverted
or closed unsaved says nothing: what goes then is everything since the last save, not one query.
"""

from __future__ import annotations

import asyncio

from sqloop.database.outcome import Outcome
from sqloop.errors import SQLoopError
from sqloop.feedback.labels import infer_label
from sqloop.lsp.documents import Document
from sqloop.lsp.feedback import say
from sqloop.lsp.server import Server
from sqloop.lsp.statements import Statement, all_statements, read_comments
from sqloop.lsp.suggestions import Suggestion
from sqloop.lsp.tokens import essence, same_code

QUIET = 20.0
"""Seconds without an edit after which a statement counts as settled."""


class Settling:
    """Watches the documents in which something was suggested."""

    def __init__(self, server: Server) -> None:
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._seen: dict[str, tuple[str, ...]] = {}
        self._server = server
        server.on_edited.append(lambda ls, document, _: self._wait(document))
        server.on_closed.append(lambda ls, document: self._stop_waiting(document))
        server.on_run.append(self._ran)

    def settle(self, document: Document) -> None:
        """Look at the document now."""
        self._stop_waiting(document)
        suggestions = self._server.suggestions.open_in(document.uri)
        if suggestions:
            dialect = self._server.backend.dialect
            statements, said = all_statements(document, dialect), read_comments(document, dialect)
            self._server.start(self._label(suggestions, statements, said))

    def _wait(self, document: Document) -> None:
        self._stop_waiting(document)
        if self._server.suggestions.open_in(document.uri):
            loop = asyncio.get_running_loop()
            self._timers[document.uri] = loop.call_later(QUIET, self._rested, document)

    def _rested(self, document: Document) -> None:
        if document.text != document.saved:
            self.settle(document)

    def _stop_waiting(self, document: Document) -> None:
        timer = self._timers.pop(document.uri, None)
        if timer is not None:
            timer.cancel()

    def _ran(self, ls: Server, sql: str, outcome: Outcome) -> None:
        for document in ls.documents:
            if outcome.status == "ok" and ls.suggestions.open_in(document.uri):
                self.settle(document)

    async def _label(self, suggestions: list[Suggestion], statements: list[Statement], said: str) -> None:
        asked = {each.comment.text: each for each in statements if each.comment is not None}
        judged: set[str] = set()
        for suggestion in suggestions:  # The newest first: an older one of the same question was replaced.
            if suggestion.question not in judged and suggestion.said != "rejected":
                judged.add(suggestion.question)
                statement = asked.get(suggestion.question)
                if statement is not None:
                    await self._judge(suggestion, statement.sql)
                elif suggestion.question in said and self._is_gone(suggestion, statements):
                    await self._judge(suggestion, None)

    def _is_gone(self, suggestion: Suggestion, statements: list[Statement]) -> bool:
        """Whether it was taken and stands nowhere any more."""
        dialect = self._server.backend.dialect
        kept = any(same_code(each.sql, suggestion.taken, dialect) for each in statements)
        return bool(suggestion.taken) and not kept

    async def _judge(self, suggestion: Suggestion, sql: str | None) -> None:
        ls, dialect = self._server, self._server.backend.dialect
        seen = essence(sql or "", dialect)
        if self._seen.get(suggestion.id) == seen:
            return
        self._remember(suggestion.id, seen)
        taken_as_it_was = sql is not None and suggestion.taken and same_code(sql, suggestion.taken, dialect)
        if taken_as_it_was and suggestion.said == "accepted":
            return
        try:
            outcome = await ls.backend.execute(sql) if sql else None
        except SQLoopError:
            return
        label = infer_label(suggestion.shown, sql, outcome)
        if label is not None:
            new = sql is not None and not (suggestion.sql and same_code(sql, suggestion.sql, dialect))
            await say(ls, suggestion, label.said, sql if sql and new and label.said != "rejected" else "")

    def _remember(self, id: str, seen: tuple[str, ...]) -> None:
        self._seen.pop(id, None)
        self._seen[id] = seen
        while len(self._seen) > 512:
            self._seen.pop(next(iter(self._seen)))
