"""Lines above statements: run and explain each; above questions: regenerate, accept,
reject, take back.
"""

from __future__ import annotations

from lsprotocol import types

from sqloop.lsp import protocol
from sqloop.lsp.convert import to_wire
from sqloop.lsp.documents import Document
from sqloop.lsp.server import Server
from sqloop.lsp.text.statements import Statement, all_statements

LONGEST = 500_000
"""Characters of a document that gets lenses: editors ask for all of them at once."""


async def code_lens(ls: Server, params: types.CodeLensParams) -> list[types.CodeLens]:
    """The lenses of a document."""
    document = ls.documents.get(params.text_document.uri)
    if document is None or len(document.text) > LONGEST:
        return []
    lenses = []
    for statement in all_statements(document, ls.backend.dialect):
        where = document.range(statement.start, statement.start)
        lenses += [types.CodeLens(where, each) for each in statement_commands(ls, document, statement)]
    return lenses


def statement_commands(ls: Server, document: Document, statement: Statement) -> list[types.Command]:
    """What can be done with a statement, for lenses and actions."""
    panel = ls.backend.options.results_panel
    dialect = ls.backend.dialect
    found = ls.questions.suggestion(document, statement, dialect, ls.backend.url)
    answered = found[0] if found else ls.questions.edited(document, statement, dialect)
    suggestion = answered if answered and answered.uri == document.uri else None
    run = to_wire(protocol.RunParams(statement.sql, suggestion=suggestion.id if suggestion else ""))
    commands = [
        types.Command("Run", protocol.SHOW_RESULTS if panel else protocol.RUN_STATEMENT, arguments=[run]),
        explain_command(ls, document, statement),
    ]
    if statement.comment is not None and statement.comment.is_question:
        line = document.position(statement.comment.start).line
        commands.append(types.Command("Regenerate", protocol.REGENERATE, arguments=[document.uri, line]))
    if suggestion is not None:
        said = suggestion.said != "accepted" or suggestion.inferred  # Who ran it may have had doubts.
        if said and (found or suggestion.said != "edited"):
            arguments = [suggestion.id, statement.sql]
            commands.append(types.Command("Accept", protocol.ACCEPT, arguments=arguments))
        if suggestion.said != "rejected" and found:
            arguments = [suggestion.id, statement.sql]
            commands.append(types.Command("Reject", protocol.REJECT, arguments=arguments))
        if suggestion.verdicts:
            commands.append(types.Command("Take back", protocol.UNDO, arguments=[suggestion.id]))
    return commands


def explain_command(ls: Server, document: Document, statement: Statement) -> types.Command:
    """What shows a statement in words."""
    found = ls.questions.suggestion(document, statement, ls.backend.dialect, ls.backend.url)
    panel = ls.backend.options.results_panel
    command = protocol.SHOW_EXPLANATION if panel else protocol.EXPLAIN_STATEMENT
    params = protocol.ExplainParams(statement.sql, found[0].question if found else "")
    return types.Command("Explain", command, arguments=[to_wire(params)])
