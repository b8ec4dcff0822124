"""The outline of a document: each statement by its question or first words, with its CTEs."""

from __future__ import annotations

import asyncio

from lsprotocol import types

from sqloop.database.schema import Schema
from sqloop.lsp.documents import Document
from sqloop.lsp.server import Server
from sqloop.lsp.text.scope import Source, read_scope
from sqloop.lsp.text.statements import Statement, read_region

MOST = 5_000
LONGEST = 500_000
"""Characters that are looked at."""

_PART = 20_000
"""Characters after which others are let in: no answer waits for an outline."""

_LENGTH = 60


async def symbols(ls: Server, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
    """The first `MOST` statements, those within the first `LONGEST` characters."""
    document = ls.documents.get(params.text_document.uri)
    if document is None:
        return []
    schema = ls.backend.schema or Schema(ls.backend.dialect, ())
    version, found, looked = document.version, list[types.DocumentSymbol](), 0
    for start, end in document.regions.all():
        if end > LONGEST or len(found) >= MOST or document.version != version:
            break
        statements = read_region(document, start, end, ls.backend.dialect)
        found += [_symbol(document, each, schema) for each in statements]
        if end - looked > _PART:
            looked = end
            await asyncio.sleep(0)
    return found[:MOST]


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
