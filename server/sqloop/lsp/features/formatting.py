"""Formatting: each statement laid out (`sqloop.lsp.text.layout`), what stands between them left alone."""

from __future__ import annotations

from lsprotocol import types

from sqloop.lsp.documents import Document
from sqloop.lsp.server import Server
from sqloop.lsp.text.layout import lay_out
from sqloop.lsp.text.statements import Statement, all_statements, read_statements


async def format_document(ls: Server, params: types.DocumentFormattingParams) -> list[types.TextEdit]:
    """Every statement."""
    document = ls.documents.get(params.text_document.uri)
    if document is None:
        return []
    return await _edits(ls, document, all_statements(document, ls.backend.dialect))


async def format_range(ls: Server, params: types.DocumentRangeFormattingParams) -> list[types.TextEdit]:
    """The statements that a range touches."""
    document = ls.documents.get(params.text_document.uri)
    if document is None:
        return []
    start, end = document.offset(params.range.start), document.offset(params.range.end)
    touched = read_statements(document, start, end, ls.backend.dialect)
    return await _edits(ls, document, [each for each in touched if each.start <= end and each.end >= start])


async def _edits(ls: Server, document: Document, statements: list[Statement]) -> list[types.TextEdit]:
    dialect = ls.backend.dialect
    laid = await ls.backend.threads.run(lambda _: [lay_out(each.sql, dialect) for each in statements])
    return [
        types.TextEdit(document.range(each.start, each.end), text)
        for each, text in zip(statements, laid, strict=True)
        if text != each.sql
    ]
