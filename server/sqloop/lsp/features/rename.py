"""Renaming aliases and CTEs within their statement. Tables and columns belong to the database."""

from __future__ import annotations

from lsprotocol import types

from sqloop.database.identifiers import quote_name
from sqloop.database.schema import Schema
from sqloop.lsp.convert import WireError
from sqloop.lsp.documents import Document
from sqloop.lsp.server import Server
from sqloop.lsp.text.references import Name, find_name
from sqloop.lsp.text.statements import statement_at


async def prepare_rename(ls: Server, params: types.PrepareRenameParams) -> types.Range | None:
    """What would be renamed; None where nothing can be."""
    document = ls.documents.get(params.text_document.uri)
    name = _find(ls, document, params.position) if document else None
    if document is None or name is None:
        return None
    offset = document.offset(params.position)
    token = next(each for each in name.tokens if each.start <= offset <= each.end)
    return document.range(token.start, token.end)


async def rename(ls: Server, params: types.RenameParams) -> types.WorkspaceEdit:
    """Every place of an alias or CTE under its new name."""
    document = ls.documents.get(params.text_document.uri)
    name = _find(ls, document, params.position) if document else None
    if document is None or name is None:
        raise WireError("Only aliases and the names of CTEs can be renamed.")
    wanted = params.new_name.strip()
    if not wanted:
        raise WireError("A name is expected.")
    text = wanted if wanted[0] in '"`[' else quote_name(wanted, ls.backend.dialect)
    edits = [types.TextEdit(document.range(each.start, each.end), text) for each in name.tokens]
    return types.WorkspaceEdit(changes={document.uri: edits})


async def definition(ls: Server, params: types.DefinitionParams) -> types.Location | None:
    """Where the alias or CTE at the cursor is defined."""
    document = ls.documents.get(params.text_document.uri)
    name = _find(ls, document, params.position) if document else None
    if document is None or name is None:
        return None
    return types.Location(document.uri, document.range(name.definition.start, name.definition.end))


def _find(ls: Server, document: Document, position: types.Position) -> Name | None:
    offset = document.offset(position)
    statement = statement_at(document, offset, ls.backend.dialect)
    schema = ls.backend.schema or Schema(ls.backend.dialect, ())
    return find_name(statement, offset, schema) if statement else None
