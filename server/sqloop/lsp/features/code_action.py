"""Quick fixes for unknown names, and what can be done with the statement or question at the cursor."""

from __future__ import annotations

import re

from lsprotocol import types

from sqloop.database.identifiers import quote_name
from sqloop.lsp import protocol
from sqloop.lsp.documents import Document
from sqloop.lsp.features.code_lens import explain_command, statement_commands
from sqloop.lsp.features.diagnostics import SOURCE
from sqloop.lsp.features.inline_completion import InlineCompleter
from sqloop.lsp.server import Server
from sqloop.lsp.text.statements import Comment, statement_at, statement_below
from sqloop.terminal.telling import reads_glossary

_ENDS_LINE = re.compile(r"[ \t]*(?:\r|\n|\Z)")


class CodeActions:
    """Actions for all documents of a server."""

    def __init__(self, completer: InlineCompleter) -> None:
        self._completer = completer

    async def actions(self, ls: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
        """Quick fixes first, then the commands."""
        document = ls.documents.get(params.text_document.uri)
        if document is None:
            return []
        wanted = params.context.only
        found: list[types.CodeAction] = []
        if not wanted or any("quickfix".startswith(each) for each in wanted):
            for diagnostic in params.context.diagnostics:
                found += _fixes(ls, document, diagnostic)
        if not wanted or any("refactor".startswith(each) for each in wanted):
            found += self._commands(ls, document, params.range)
        return found

    def _commands(self, ls: Server, document: Document, where: types.Range) -> list[types.CodeAction]:
        offset, dialect = document.offset(where.start), ls.backend.dialect
        statement = statement_at(document, offset, dialect) or statement_below(document, offset, dialect)
        comment: Comment | None = None
        if statement is not None:
            commands = statement_commands(ls, document, statement)
            found = ls.questions.suggestion(document, statement, dialect, ls.backend.url)
            commands += [
                types.Command(f"Define “{word}”", protocol.DEFINE, arguments=[word])
                for word in (
                    found[0].not_understood if found and reads_glossary(ls.backend.model.base) else ()
                )
            ]
        else:
            comment = self._completer.comment_at(ls, document, where.start.line)
            above = self._completer.explained(ls, document, comment) if comment is not None else None
            if above is not None:
                return [_action(explain_command(ls, document, above))]
            if comment is None:
                return []
            if not comment.is_question and not ls.questions.written_out(document, comment, dialect):
                return []
            line = document.position(comment.start).line
            commands = [
                types.Command("Answer this question", protocol.REGENERATE, arguments=[document.uri, line])
            ]
        return [
            *_write_out(ls, document, statement.comment if statement is not None else comment),
            *(_action(each) for each in commands),
        ]


def _write_out(ls: Server, document: Document, comment: Comment | None) -> list[types.CodeAction]:
    """Put the full question in the place of a follow-up, where it can be read and edited."""
    if comment is None or not (question := ls.questions.written_out(document, comment, ls.backend.dialect)):
        return []
    question = " ".join(question.split()).replace("*/", "* /")
    # A query may follow in the same line: behind two minuses it would be a comment as well.
    text = f"-- {question}" if _ENDS_LINE.match(document.text, comment.end) else f"/* {question} */"
    change = ls.write_edit(document, types.TextEdit(document.range(comment.start, comment.end), text))
    return [types.CodeAction(f"Write out “{question}”", types.CodeActionKind.Refactor, edit=change)]


def _action(each: types.Command) -> types.CodeAction:
    return types.CodeAction(each.title, kind=types.CodeActionKind.Refactor, command=each)


def _fixes(ls: Server, document: Document, diagnostic: types.Diagnostic) -> list[types.CodeAction]:
    """Fixes of our own problems: editors also send those of other tools, with data of any form."""
    if diagnostic.source != SOURCE:
        return []
    data = diagnostic.data
    names = data.get("fixes", []) if isinstance(data, dict) else getattr(data, "fixes", [])
    fixes = []
    for number, name in enumerate(names):
        edit = types.TextEdit(diagnostic.range, quote_name(str(name), ls.backend.dialect))
        fixes.append(
            types.CodeAction(
                f"Change to {name}",
                kind=types.CodeActionKind.QuickFix,
                diagnostics=[diagnostic],
                is_preferred=number == 0,
                edit=ls.write_edit(document, edit),
            )
        )
    return fixes
