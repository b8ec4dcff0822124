"""Which question a statement of a document answers, and which one a comment below a statement asks.

The comment right above a statement is its question. Where there is none, an answer tells it that was
accepted, inserted or run with that SQL, never one that was only shown: a query may be a candidate of many
questions. Where nothing tells it, what goes on from the statement goes on from the query in words.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sqloop.database.schema import Dialect
from sqloop.dialogue import is_follow_up
from sqloop.explanation import ask_in_words
from sqloop.generation.prompts.forms import FollowUp
from sqloop.lsp.documents import Document
from sqloop.lsp.features.asking import is_note
from sqloop.lsp.suggestions import Preview, Suggestion, Suggestions
from sqloop.lsp.text.statements import QUERIES, Comment, Statement, statement_above
from sqloop.recent import Recent

KEPT = 64
"""Follow-ups whose full questions are kept."""

Rewrite = Callable[[FollowUp], Awaitable[str]]

_Key = tuple[str, str, str]


class Questions:
    """What was worked out of the follow-ups of all documents; ``suggestions`` are what was answered."""

    def __init__(self, suggestions: Suggestions) -> None:
        self._suggestions = suggestions
        self._written = Recent[_Key, str](KEPT)

    def of(self, document: Document, statement: Statement, dialect: Dialect) -> str:
        """The question of a statement; empty where nothing tells it."""
        comment = statement.comment
        if comment is None or is_note(comment.text):
            return self.told(statement.sql, dialect)
        return self.written_out(document, comment, dialect) or (
            "" if goes_on_from(document, comment, dialect) else comment.text
        )

    def told(self, sql: str, dialect: Dialect) -> str:
        """The question of the answer that was taken last with that SQL; empty where none was."""
        used = self._suggestions.used(sql, dialect)
        return used.question if used is not None else ""

    def suggestion(
        self, document: Document, statement: Statement, dialect: Dialect, url: str
    ) -> tuple[Suggestion, Preview] | None:
        """The newest answer of a database to the question of a statement, and its candidate that this is."""
        question = self.of(document, statement, dialect)
        return self._suggestions.find(question, statement.sql, dialect, url) if question else None

    def edited(self, document: Document, statement: Statement, dialect: Dialect) -> Suggestion | None:
        """The answer to the question of a statement for which that, though no candidate, was recorded."""
        question = self.of(document, statement, dialect)
        return self._suggestions.used(statement.sql, dialect, question) if question else None

    def written_out(self, document: Document, comment: Comment, dialect: Dialect) -> str:
        """The full question that a comment was taken for; empty where it stands for itself."""
        above = goes_on_from(document, comment, dialect)
        return (self._written.get(_key(comment, above)) or "") if above is not None else ""

    async def read(self, document: Document, comment: Comment, dialect: Dialect, rewrite: Rewrite) -> str:
        """What a comment asks; a follow-up is rewritten, once, with the statement that it stands below.

        Raises what ``rewrite`` raises.
        """
        above = goes_on_from(document, comment, dialect)
        if above is None:
            return comment.text
        key = _key(comment, above)
        written = self._written.get(key)
        if written is None:
            question = self.of(document, above, dialect) or ask_in_words(above.sql, dialect)
            written = await rewrite(FollowUp(comment.text, question, above.sql)) if question else comment.text
            self._written.put(key, written)
        return written


def goes_on_from(document: Document, comment: Comment, dialect: Dialect) -> Statement | None:
    """The query right above a comment that says something of its answer; None where the comment does not."""
    if not is_follow_up(comment.text):
        return None
    above = statement_above(document, comment, dialect)
    return above if above is not None and above.tokens[0].upper in QUERIES else None


def _key(comment: Comment, above: Statement) -> _Key:
    return comment.text, above.comment.text if above.comment else "", above.sql
