"""Ghost text: the comment above the cursor is a question, its answer the suggested query.

A half-written statement below the comment has to be continued by what is suggested. Answers are kept, so that
typing into a suggestion, or asking again, costs nothing; a key press stops what the model is doing. Not
covered: several cursors, and suggestions in the middle of a line.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import Any

from lsprotocol import types

from sqloop.asking.typed_sql import is_sql
from sqloop.continuation import remainder
from sqloop.database.schema import Dialect
from sqloop.database.tokens import essence
from sqloop.dialogue import asks_reasons, asks_why
from sqloop.errors import SQLoopError
from sqloop.generation.prompts.forms import FollowUp
from sqloop.linking.question import Note
from sqloop.lsp import protocol
from sqloop.lsp.documents import Document
from sqloop.lsp.features.asking import is_note, is_question, says_enough, stems_of, works
from sqloop.lsp.pace import Pace
from sqloop.lsp.requests.ask import remember
from sqloop.lsp.requests.progress import progress
from sqloop.lsp.server import Server
from sqloop.lsp.suggestions import Preview, Suggestion
from sqloop.lsp.text.layout import lay_out_to_show
from sqloop.lsp.text.questions import goes_on_from
from sqloop.lsp.text.statements import QUERIES, Comment, Half, Statement, read_half, statement_above
from sqloop.recent import Recent

KEPT = 64
"""Questions whose answers are kept."""

_LINES_BETWEEN = 2
"""Line breaks between a comment and the cursor: more, and the cursor is somewhere else."""

_FREE = re.compile(r"[ \t]*;?[ \t]*(?:\r?\n[ \t]*(?:\r?\n|\Z|--|/\*)|\Z)")
"""What may stand behind the cursor: the end of a line, and then no statement right away."""

Key = tuple[str, str, tuple[Note, ...], str, str, int]


@dataclass
class Known:
    """What was suggested for one question on one schema by one model, with its words as they are defined."""

    suggestions: list[Suggestion] = field(default_factory=list)
    fruitless: set[tuple[str, ...]] = field(default_factory=set)


class InlineCompleter:
    """Ghost text for all documents of a server."""

    def __init__(self, server: Server) -> None:
        self._known = Recent[Key, Known](KEPT)
        self._pace = Pace()
        self._running: dict[str, asyncio.Task[Any]] = {}
        server.on_edited.append(self._typed)
        server.on_closed.append(lambda _, document: self._stop(document.uri))

    async def complete(self, ls: Server, params: types.InlineCompletionParams) -> types.InlineCompletionList:
        """The candidates that fit, the best first."""
        document = ls.documents.get(params.text_document.uri)
        if document is None:
            return types.InlineCompletionList([])
        self._stop(document.uri)
        half = self.find(ls, document, params)
        if half is None or half.comment is None:
            return types.InlineCompletionList([])
        task = asyncio.ensure_future(self._suggest(ls, document, half, params.context))
        self._running[document.uri] = task
        try:
            suggestions = await task
        except SQLoopError:
            return types.InlineCompletionList([])  # The status says why.
        except asyncio.CancelledError:
            task.cancel()
            if asyncio.current_task().cancelling():  # type: ignore[union-attr]
                raise
            return types.InlineCompletionList([])  # A newer request took its place.
        finally:
            if self._running.get(document.uri) is task:
                del self._running[document.uri]
        return types.InlineCompletionList(_items(document, half, suggestions, params, ls.backend.dialect))

    def find(self, ls: Server, document: Document, params: types.InlineCompletionParams) -> Half | None:
        """What may be suggested for, if anything."""
        offset = document.offset(params.position)
        half = read_half(document, offset, ls.backend.dialect)
        if half is None or half.comment is None or is_note(half.comment.text):
            return None
        if not _FREE.match(document.text, offset):
            return None
        if document.text.count("\n", half.comment.end, half.start) > _LINES_BETWEEN:
            return None
        picked = params.context.selected_completion_info
        if picked is not None:  # The suggestion has to begin as the entry that is selected in the list.
            typed = document.text[half.start : document.offset(picked.range.start)] + picked.text
            half = Half(min(half.start, document.offset(picked.range.start)), typed, half.comment)
        return half

    def comment_at(self, ls: Server, document: Document, line: int) -> Comment | None:
        """The comment in a line that no statement follows."""
        start = document.offset(types.Position(line, 0))
        end = document.offset(types.Position(line, len(document.line(line))))
        for number in range(line, line + 20):  # Blocks of comments are short.
            offset = document.offset(types.Position(number + 1, 0))
            half = read_half(document, offset, ls.backend.dialect)
            if half is not None and half.comment is not None and half.comment.end >= start:
                return half.comment if half.comment.start <= end else None
        return None

    async def renew(self, ls: Server, document: Document, question: str) -> Suggestion:
        """Another answer to a question, drawn anew by the model. Raises what asking raises."""
        known = self._remember(await self._key(ls, question))
        return await self._ask(ls, document, question, "", known, recall=False)

    async def read_question(self, ls: Server, document: Document, comment: Comment) -> str:
        """What a comment asks; a follow-up is rewritten, once, with the statement that it stands below."""

        async def rewrite(follow_up: FollowUp) -> str:
            async with progress(ls, "Working out the question") as tell:
                return await ls.backend.rewrite(follow_up, tell)

        return await ls.questions.read(document, comment, ls.backend.dialect, rewrite)

    def explained(self, ls: Server, document: Document, comment: Comment) -> Statement | None:
        """The query above a comment that asks why: its explanation is wanted, and no other query."""
        if not asks_reasons(comment.text):
            return None
        above = statement_above(document, comment, ls.backend.dialect)
        if above is None or above.tokens[0].upper not in QUERIES:
            return None
        asked = above.comment.text if above.comment else ""
        return above if asks_why(comment.text, f"{asked} {above.sql}") else None

    async def _suggest(
        self, ls: Server, document: Document, half: Half, context: types.InlineCompletionContext
    ) -> list[Suggestion]:
        assert half.comment is not None
        if self.explained(ls, document, half.comment) is not None:
            return []
        if not await _asks(ls, document, half.comment):
            return []
        question = await self.read_question(ls, document, half.comment)
        known = self._remember(await self._key(ls, question))
        dialect = ls.backend.dialect
        fitting = [each for each in known.suggestions if _continuations(each, half.written, dialect)]
        if fitting:
            return fitting
        wanted = essence(half.written, dialect)
        if wanted in known.fruitless:
            return []
        if context.trigger_kind == types.InlineCompletionTriggerKind.Automatic:
            await asyncio.sleep(self._pace.delay())
        suggestion = await self._ask(ls, document, question, half.written, known)
        if _continuations(suggestion, half.written, dialect):
            return [suggestion]
        if len(known.fruitless) < KEPT:
            known.fruitless.add(wanted)
        return []

    async def _ask(
        self, ls: Server, document: Document, question: str, prefix: str, known: Known, *, recall: bool = True
    ) -> Suggestion:
        seed = len(known.suggestions)
        async with progress(ls, "Asking the model") as tell:
            answer = await ls.backend.ask(question, prefix=prefix, seed=seed, recall=recall, progress=tell)
        suggestion = await remember(ls, answer, document.uri)
        known.suggestions.insert(0, suggestion)
        return suggestion

    async def _key(self, ls: Server, question: str) -> Key:
        await ls.backend.renew_words()
        schema = await ls.backend.look()
        model, settings = ls.backend.model, ls.backend.settings
        state, notes = f"{ls.backend.url} {schema.fingerprint}", ls.backend.words.notes(question, schema)
        return question, state, notes, model.base, str(model.adapter), settings.k

    def _remember(self, key: Key) -> Known:
        known = self._known.get(key)
        if known is None:
            known = Known()
            self._known.put(key, known)
        return known

    def _typed(self, ls: Server, document: Document, changes: list[Any]) -> None:
        for change in changes:
            self._pace.typed(change.text)
        last = changes[-1] if changes else None
        backend = ls.backend
        idle = not (backend.has_model or backend.model_error or backend.database_error)
        if isinstance(last, types.TextDocumentContentChangePartial) and idle:
            line = document.line(document.position(document.offset(last.range.start)).line).lstrip()
            # Somebody writes a comment: a question is near, and the model takes a while to load.
            if line.startswith(("--", "/*", "*")):
                ls.start(backend.warm())

    def _stop(self, uri: str) -> None:
        task = self._running.pop(uri, None)
        if task is not None:
            task.cancel()


async def _asks(ls: Server, document: Document, comment: Comment) -> bool:
    """Whether a comment asks for a query; below a query it may go on from it: "only 2023", "by city?"."""
    text = comment.text
    if goes_on_from(document, comment, ls.backend.dialect) is not None and (
        re.search(r"\d|\?\s*$", text) or (says_enough(text) and not works(text))
    ):
        return True
    if not says_enough(text):
        return False
    schema = await ls.backend.look()
    words = (entry.name for entry in ls.backend.words.entries)
    return not is_sql(text, schema) and is_question(text, stems_of(schema, words))


def _continuations(suggestion: Suggestion, written: str, dialect: Dialect) -> list[tuple[Preview, str]]:
    """The candidates that may be offered and go on where the user is, with what they go on with.

    None where the user wrote another query instead: memory knows that one.
    """
    found: list[tuple[Preview, str]] = []
    if suggestion.said == "edited":
        return found
    for candidate in suggestion.offered(dialect):
        laid = lay_out_to_show(candidate.sql, dialect)
        for text in (laid, candidate.sql):
            rest = remainder(written, text, dialect)
            if rest is not None:
                found.append((candidate, rest))
                break
    return found


def _items(
    document: Document,
    half: Half,
    suggestions: list[Suggestion],
    params: types.InlineCompletionParams,
    dialect: Dialect,
) -> list[types.InlineCompletionItem]:
    """Each continuation once; an item begins with the line as it is, for editors compare it with that."""
    offset = document.offset(params.position)
    line = document.text[offset - _column(document, offset) : offset]
    picked = params.context.selected_completion_info
    if picked is not None:
        line = line[: len(line) - (offset - document.offset(picked.range.start))] + picked.text
    end = "" if document.text[offset:].lstrip(" \t").startswith(";") else ";"
    items: dict[str, types.InlineCompletionItem] = {}
    for suggestion in suggestions:
        for candidate, rest in _continuations(suggestion, half.written, dialect):
            if not rest:
                continue
            text = f"{line}{rest}{end}"
            items.setdefault(
                text,
                types.InlineCompletionItem(
                    insert_text=text,
                    range=document.range(offset - _column(document, offset), offset),
                    command=types.Command(
                        suggestion.describe(candidate),
                        protocol.TAKE,
                        arguments=[suggestion.id, half.written + rest],
                    ),
                ),
            )
    return list(items.values())


def _column(document: Document, offset: int) -> int:
    """Characters before ``offset`` in its line."""
    start = max(document.text.rfind("\n", 0, offset), document.text.rfind("\r", 0, offset)) + 1
    return offset - start
