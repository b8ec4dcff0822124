"""The outline of a document: each statement by its question or first words, with its CTEs."""

from __future__ import annotations

from lsprotocol import types

from sqloop.database.schema import Schema
from sqloop.lsp.documents import Document
from sqloop.lsp.scope import Source, read_scope
from sqloop.lsp.server import Server
from sqloop.lsp.statements import Statement, all_statements

MOST = 5_000
_LENGTH = 60


async def symbols(ls: Server, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
    """The first `MOST` statements."""
    document = ls.documents.get(params.text_document.uri)
    if document is None:
        return []
    schema = ls.backend.schema or Schema(ls.backend.dialect, ())
    statements = all_statements(document, ls.backend.dialect)[:MOST]
    return [_symbol(document, each, schema) for each in statements]


def _symbol(document: Document, statement: Statement, schema: Schema) -> types.DocumentSymbol:
    words = " ".join(statement.sql.split())
    title = statement.comment.text if statement.comment and statement.comment.text else words
    ctes: tuple[Source, ...] = ()
    if statement.tokens[0].upper == "WITH":
        ctes = tuple(read_scope(statement.tokens, statement.start, schema).ctes.values())
    where = document.range(statement.start, statement.end)
    return types.DocumentSymbol(
        name=title if len(title) <= _LENGTH else f"{title[:_LENGTH]}…",
        kind=types.SymbolKind.Function,
        range=where,
        selection_range=document.range(statement.start, statement.tokens[0].end),
        detail=statement.tokens[0].upper,
        children=[
            types.DocumentSymbol(
                name=cte.name,
                kind=types.SymbolKind.Variable,
                range=document.range(cte.start, cte.start + len(cte.name)),
                selection_range=document.range(cte.start, cte.start + len(cte.name)),
                detail="WITH",
            )
            for cte in ctes
        ],
    )
