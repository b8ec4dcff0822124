"""Renaming aliases and CTEs within their statement. Tables and columns belong to the database."""

from __future__ import annotations

from lsprotocol import types

from sqloop.database.identifiers import quote_name
from sqloop.database.schema import Schema
from sqloop.database.tokens import tokenize
from sqloop.lsp.convert import WireError
from sqloop.lsp.documents import Document
from sqloop.lsp.server import Server
from sqloop.lsp.text.references import Name, find_name
from sqloop.lsp.text.scope import read_scope
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
    dialect = ls.backend.dialect
    (first, *others) = tokenize(wanted, dialect)
    quoted = first.kind == "name" and not others and wanted.endswith("]" if wanted[0] == "[" else wanted[0])
    text = wanted if quoted and len(wanted) > 2 else quote_name(wanted, dialect)
    taken = _find_others(ls, document, name)
    if (first.named if quoted else wanted).lower() in taken:
        raise WireError(f"{wanted} is the name of something else in this statement.")
    edits = [types.TextEdit(document.range(each.start, each.end), text) for each in name.tokens]
    return types.WorkspaceEdit(changes={document.uri: edits})


async def definition(ls: Server, params: types.DefinitionParams) -> types.Location | None:
    """Where the alias or CTE at the cursor is defined."""
    document = ls.documents.get(params.text_document.uri)
    name = _find(ls, document, params.position) if document else None
    if document is None or name is None:
        return None
    return types.Location(document.uri, document.range(name.definition.start, name.definition.end))


def _find_others(ls: Server, document: Document, name: Name) -> set[str]:
    """What else is called by a name where this one counts, in lower case."""
    statement = statement_at(document, name.definition.start, ls.backend.dialect)
    if statement is None:
        return set()
    schema = ls.backend.schema or Schema(ls.backend.dialect, ())
    scopes = [read_scope(statement.tokens, each.start, schema) for each in name.tokens]
    sources = [each for scope in scopes for each in (*scope.sources, *scope.outer, *scope.ctes.values())]
    return {each.alias.lower() for each in sources} - {name.definition.named.lower()}


def _find(ls: Server, document: Document, position: types.Position) -> Name | None:
    offset = document.offset(position)
    statement = statement_at(document, offset, ls.backend.dialect)
    schema = ls.backend.schema or Schema(ls.backend.dialect, ())
    return find_name(statement, offset, schema) if statement else None
