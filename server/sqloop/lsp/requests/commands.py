"""The commands of the server: accept, reject, regenerate, and run and explain for clients without a panel."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import Any

from lsprotocol import types

from sqloop.asking.failures import explain_failure
from sqloop.database.cells import text_value
from sqloop.database.outcome import Outcome
from sqloop.database.tokens import same_code
from sqloop.explanation import Explanation
from sqloop.lsp import protocol
from sqloop.lsp.convert import WireError, from_wire
from sqloop.lsp.documents import Document
from sqloop.lsp.features.define import define
from sqloop.lsp.features.inline_completion import InlineCompleter
from sqloop.lsp.protocol import ExplainParams, ExplainResult, FeedbackResult, RunParams, RunResult
from sqloop.lsp.requests.explain import explain
from sqloop.lsp.requests.feedback import other_sql, say, take_back
from sqloop.lsp.requests.run import run
from sqloop.lsp.server import Server
from sqloop.lsp.suggestions import Suggestion
from sqloop.lsp.text.layout import lay_out
from sqloop.lsp.text.statements import Statement, all_statements, statement_below
from sqloop.terminal.printable import printable

_LAST_LINE = 2**31 - 1000
"""As the protocol counts, with room for what is looked at below."""

SHOWN_ROWS = 10
"""Rows in a message."""

SHOWN_COLUMNS = 20
"""Columns in a message."""

SHOWN_CELL = 60
"""Characters of a cell or a heading in a message."""

_CHANGED = "The text has changed meanwhile: ask again."
_UNKNOWN = "This suggestion is not known any more; nothing was recorded."

Command = Callable[[Server, list[Any]], Awaitable[Any]]


def commands(completer: InlineCompleter) -> dict[str, Command]:
    """Each command with what it does."""

    async def regenerate(ls: Server, arguments: list[Any]) -> None:
        await _regenerate(ls, completer, arguments)

    return {
        protocol.ACCEPT: accept,
        protocol.TAKE: take,
        protocol.REJECT: reject,
        protocol.UNDO: undo,
        protocol.REGENERATE: regenerate,
        protocol.DEFINE: define_word,
        protocol.RUN_STATEMENT: run_statement,
        protocol.EXPLAIN_STATEMENT: explain_statement,
    }


async def accept(ls: Server, arguments: list[Any]) -> FeedbackResult:
    """A suggestion answers its question, [suggestion, sql]."""
    suggestion = _find(ls, arguments)
    if suggestion is None:
        return FeedbackResult(False, _UNKNOWN)
    return await say(ls, suggestion, "accepted", _take(ls, suggestion, arguments))


async def take(ls: Server, arguments: list[Any]) -> FeedbackResult:
    """A suggestion was put into the document, [suggestion, sql]: nobody has seen a row of it yet."""
    suggestion = _find(ls, arguments)
    if suggestion is None:
        return FeedbackResult(False, _UNKNOWN)
    _take(ls, suggestion, arguments)
    if suggestion.said == "rejected":
        suggestion.said = ""  # That was said of another candidate.
    return FeedbackResult(False, "Running it, or saving the file with it, says that it answers the question.")


async def reject(ls: Server, arguments: list[Any]) -> FeedbackResult:
    """A suggestion was wrong, [suggestion, sql]; it goes from the document if it is still there as it was.

    Without ``sql`` the query that was taken is meant, else the chosen one.
    """
    suggestion = _find(ls, arguments)
    if suggestion is None:
        return FeedbackResult(False, _UNKNOWN)
    meant = str(arguments[1]) if len(arguments) > 1 else suggestion.taken
    result = await say(ls, suggestion, "rejected", other_sql(ls, suggestion, meant))
    document = ls.documents.get(suggestion.uri)
    taken = suggestion.taken
    if document is not None and taken and same_code(meant, taken, ls.backend.dialect):
        statement = _find_taken(ls, document, suggestion)
        if statement is not None:
            end = statement.end + document.text.startswith(";", statement.end)
            _edit(ls, document, document.range(statement.start, end), "")
    return result


async def undo(ls: Server, arguments: list[Any]) -> FeedbackResult:
    """What was said of a suggestion last counts no more, [suggestion]."""
    suggestion = _find(ls, arguments)
    return await take_back(ls, suggestion) if suggestion else FeedbackResult(False, _UNKNOWN)


async def run_statement(ls: Server, arguments: list[Any]) -> RunResult:
    """Run a query and show its first rows in a message, [RunParams]."""
    result = await run(ls, from_wire(RunParams, arguments[0] if arguments else None))
    if result.status != "ok":
        _say(ls, f"{result.status}: {result.error}", types.MessageType.Error)
    else:
        _say(ls, write_table(result), types.MessageType.Info)
    return result


async def explain_statement(ls: Server, arguments: list[Any]) -> ExplainResult:
    """Explain a query in a message, [ExplainParams]."""
    result = await explain(ls, from_wire(ExplainParams, arguments[0] if arguments else None))
    _say(ls, write_explanation(result), types.MessageType.Info)
    return result


async def define_word(ls: Server, arguments: list[Any]) -> None:
    """Show where a word can be defined, [word]."""
    if not arguments or not str(arguments[0]).strip():
        raise WireError("A word is expected.")
    await define(ls, str(arguments[0]))


def write_explanation(result: ExplainResult) -> str:
    """All of it as text."""
    return str(Explanation(result.text, result.assumptions, result.not_used))


def write_table(result: RunResult) -> str:
    """The first rows as text with aligned columns, and how many there are."""
    shown = [map(text_value, row[:SHOWN_COLUMNS]) for row in result.rows[:SHOWN_ROWS]]
    headings = result.headings[:SHOWN_COLUMNS]
    lines = [list(map(_cut, line)) for line in (headings, *shown)]
    widths = [max(len(line[number]) for line in lines) for number in range(len(headings))]
    text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines]
    count = f"{result.row_count:,} row{'' if result.row_count == 1 else 's'}"
    if len(result.headings) > SHOWN_COLUMNS:
        count = f"{count}, {len(result.headings):,} columns"
    return "\n".join([*(line.rstrip() for line in text), result.notice or count])


def _cut(text: str) -> str:
    """A cell on one line, of what may be megabytes."""
    return printable(text) if len(text) <= SHOWN_CELL else f"{printable(text[:SHOWN_CELL])}…"


async def _regenerate(ls: Server, completer: InlineCompleter, arguments: list[Any]) -> None:
    """Ask the question of the comment in a line anew and put the answer below it, [uri, line]."""
    document = ls.documents.get(str(arguments[0])) if arguments else None
    if document is None or len(arguments) < 2 or not _is_line(arguments[1]):
        raise WireError("A document that is open and a line are expected.")
    dialect = ls.backend.dialect
    offset = document.offset(types.Position(arguments[1], 0))
    below = statement_below(document, offset, dialect)
    comment = below.comment if below else completer.comment_at(ls, document, arguments[1])
    if comment is None:
        raise WireError("There is no question in that line.")
    version = document.version
    question = await completer.read_question(ls, document, comment)
    suggestion = await completer.renew(ls, document, question)
    if suggestion.sql is None:
        failed = [Outcome(each.status, error=each.error) for each in suggestion.candidates]
        reason, advice = explain_failure(failed, await ls.backend.read_schema())
        _say(ls, f"{reason} {advice}." if advice else reason, types.MessageType.Warning)
        return
    if document.version != version or ls.documents.get(document.uri) is not document:
        _say(ls, _CHANGED, types.MessageType.Info)
        return
    sql = lay_out(suggestion.sql, dialect)
    suggestion.taken = suggestion.sql
    suggestion.use(suggestion.sql, dialect)
    if below is not None:
        replaced = ls.questions.suggestion(document, below, dialect, ls.backend.url)
        if replaced is not None and replaced[0] is not suggestion and replaced[1].sql != suggestion.sql:
            await say(ls, replaced[0], "rejected")
        _edit(ls, document, document.range(below.start, below.end), sql)
    else:
        _edit(ls, document, document.range(comment.end, comment.end), f"\n{sql};")


def _is_line(given: object) -> bool:
    return isinstance(given, int) and 0 <= given <= _LAST_LINE


def _take(ls: Server, suggestion: Suggestion, arguments: list[Any]) -> str:
    """Note what was taken; empty where that is the query that was suggested."""
    sql = other_sql(ls, suggestion, str(arguments[1]) if len(arguments) > 1 else "")
    suggestion.taken = sql or suggestion.sql or ""
    suggestion.use(suggestion.taken, ls.backend.dialect)
    return sql


def _find(ls: Server, arguments: list[Any]) -> Suggestion | None:
    return ls.suggestions.get(str(arguments[0])) if arguments else None


def _find_taken(ls: Server, document: Document, suggestion: Suggestion) -> Statement | None:
    """The statement that was taken: of several alike, the one that its question stands above."""
    dialect = ls.backend.dialect
    every = all_statements(document, dialect)
    alike = [each for each in every if same_code(each.sql, suggestion.taken, dialect)]
    asked = [each for each in alike if ls.questions.of(document, each, dialect) == suggestion.question]
    return asked[0] if asked else alike[0] if len(alike) == 1 else None


def _edit(ls: Server, document: Document, where: types.Range, text: str) -> None:
    """Change a document as it is known here; a client that can refuses where it has another text by now."""

    def hear(done: Future[types.ApplyWorkspaceEditResult]) -> None:
        if done.exception() is None and not done.result().applied:
            _say(ls, _CHANGED, types.MessageType.Info)

    edit = ls.write_edit(document, types.TextEdit(where, text))
    ls.workspace_apply_edit(types.ApplyWorkspaceEditParams(edit, label="SQLoop")).add_done_callback(hear)


def _say(ls: Server, text: str, kind: types.MessageType) -> None:
    # Editors make links of [words](address), also in a value or a name.
    text = text.replace("](", "]\u200b(")
    ls.window_show_message(types.ShowMessageParams(kind, text))
