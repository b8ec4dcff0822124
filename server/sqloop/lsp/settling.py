"""Labels without a word: what the user made of a suggestion, once the statement has settled.

Editors tell when a suggestion was taken, not what became of it, and nothing at all when it was ignored. So
the statement below the question is looked at when the file is saved, when it is run, or when nobody has typed
for a while; its answer is compared with the suggestion's (`sqloop.feedback.labels`). A file that is reverted
or closed unsaved says nothing: what goes then is everything since the last save, not one query. Nor does a
query that was taken and left as it was: its rows have to be seen, or the file with it to be saved.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from sqloop.database.outcome import Outcome
from sqloop.database.tokens import essence, same_code
from sqloop.errors import SQLoopError
from sqloop.feedback.labels import infer_label
from sqloop.lsp.documents import Document
from sqloop.lsp.requests.feedback import other_sql, say
from sqloop.lsp.server import Server
from sqloop.lsp.suggestions import Suggestion
from sqloop.lsp.text.statements import Statement, all_statements, read_comments
from sqloop.recent import Recent

QUIET = 20.0
"""Seconds without an edit after which a statement counts as settled."""


@dataclass(frozen=True)
class _Seen:
    """Why a document is looked at: it was ``kept`` in its file, or a query ``ran``."""

    kept: bool
    ran: str


class Settling:
    """Watches the documents in which something was suggested."""

    def __init__(self, server: Server) -> None:
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._seen = Recent[str, tuple[str, ...]](512)
        self._server = server
        server.on_edited.append(lambda ls, document, _: self._wait(document))
        server.on_closed.append(lambda ls, document: self._stop_waiting(document))
        server.on_run.append(self._ran)

    def settle(self, document: Document, *, kept: bool = False, ran: str = "") -> None:
        """Look at the document now: it was ``kept`` in a file, or the query ``ran`` was run, or neither."""
        self._stop_waiting(document)
        suggestions = self._server.suggestions.open_in(document.uri)
        if suggestions:
            dialect = self._server.backend.dialect
            statements, said = all_statements(document, dialect), read_comments(document, dialect)
            questions = self._server.questions
            asked = {questions.of(document, each, dialect): each for each in statements if each.comment}
            self._server.start(self._label(suggestions, statements, asked, said, _Seen(kept, ran)))

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
                self.settle(document, ran=sql)

    async def _label(
        self,
        suggestions: list[Suggestion],
        statements: list[Statement],
        asked: dict[str, Statement],
        said: str,
        seen: _Seen,
    ) -> None:
        judged: set[str] = set()
        for suggestion in suggestions:  # The newest first: an older one of the same question was replaced.
            if suggestion.question not in judged and suggestion.said != "rejected":
                judged.add(suggestion.question)
                statement = asked.get(suggestion.question)
                if statement is not None:
                    await self._judge(suggestion, statement.sql, seen)
                elif suggestion.question in said and self._is_gone(suggestion, statements):
                    await self._judge(suggestion, None, seen)

    def _is_gone(self, suggestion: Suggestion, statements: list[Statement]) -> bool:
        """Whether it was taken and stands nowhere any more."""
        dialect = self._server.backend.dialect
        kept = any(same_code(each.sql, suggestion.taken, dialect) for each in statements)
        return bool(suggestion.taken) and not kept

    async def _judge(self, suggestion: Suggestion, sql: str | None, seen: _Seen) -> None:
        ls, dialect = self._server, self._server.backend.dialect
        text = essence(sql or "", dialect)
        if self._seen.get(suggestion.id) == text:
            return
        if sql is not None and suggestion.taken and same_code(sql, suggestion.taken, dialect):
            # A key put it there: that alone says nothing of its answer.
            if suggestion.said == "accepted" or not (seen.kept or same_code(sql, seen.ran, dialect)):
                return
            self._seen.put(suggestion.id, text)
            await say(ls, suggestion, "accepted", other_sql(ls, suggestion, sql), inferred=True)
            return
        self._seen.put(suggestion.id, text)
        try:
            outcome = await ls.backend.execute(sql) if sql else None
        except SQLoopError:
            return
        label = infer_label(suggestion.shown, sql, outcome, dialect)
        if label is not None:
            new = sql is not None and not (suggestion.sql and same_code(sql, suggestion.sql, dialect))
            other = sql if sql and new and label.said != "rejected" else ""
            await say(ls, suggestion, label.said, other, inferred=True)
