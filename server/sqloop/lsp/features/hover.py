"""What a name is: its type, keys and samples; what a suggested query gave, and why it was chosen."""

from __future__ import annotations

from lsprotocol import types

from sqloop.database.cells import text_value
from sqloop.database.schema import Column, Schema, Table
from sqloop.database.tokens import Token
from sqloop.lsp.documents import Document
from sqloop.lsp.features.define import find_note
from sqloop.lsp.server import Server
from sqloop.lsp.suggestions import Preview, Suggestion
from sqloop.lsp.text.keywords import signatures
from sqloop.lsp.text.scope import Source, read_scope
from sqloop.lsp.text.statements import statement_at

_MARKS = frozenset("\\`*_[]<>#!&|~:@.")

_COLUMNS = 12
"""Of a result that are shown."""

_CELL = 40
"""Characters of a value."""


async def hover(ls: Server, params: types.HoverParams) -> types.Hover | None:
    """What stands under the mouse."""
    document = ls.documents.get(params.text_document.uri)
    if document is None:
        return None
    offset = document.offset(params.position)
    statement = statement_at(document, offset, ls.backend.dialect)
    if statement is None:
        return _explain_word(ls, document, params.position)
    touched = [n for n, each in enumerate(statement.tokens) if each.start <= offset <= each.end]
    number = touched[-1] if touched else None
    if number is None:
        return None
    token = statement.tokens[number]
    if token.kind == "comment":
        return _explain_word(ls, document, params.position)
    text = None
    if token.start == statement.start:
        found = ls.questions.suggestion(document, statement, ls.backend.dialect, ls.backend.url)
        text = describe_suggestion(*found) if found else None
    if text is None and ls.backend.schema is not None and token.named:
        sources = read_scope(statement.tokens, token.start, ls.backend.schema).sources
        text = _describe_name(statement.tokens, number, sources, ls.backend.schema)
    if text is None and token.upper in signatures(ls.backend.dialect):
        call, words = signatures(ls.backend.dialect)[token.upper]
        text = f"```sql\n{call}\n```\n{words}"
    if text is None:
        return None
    content = types.MarkupContent(types.MarkupKind.Markdown, text)
    return types.Hover(content, document.range(token.start, token.end))


def _explain_word(ls: Server, document: Document, position: types.Position) -> types.Hover | None:
    """What a word of a comment means by the glossary."""
    line = document.line(position.line)
    start = document.offset(types.Position(position.line, 0))
    note = find_note(ls, line, document.offset(position) - start)
    if note is None:
        return None
    entry = ls.backend.words.find(note.name)
    words = [f"**{_plain(note.name)}**", _plain(entry.means) if entry else ""]
    if note.names:
        words.append(f"```sql\n{' '.join(note.meaning.split()).replace('```', '')}\n```")
    content = types.MarkupContent(types.MarkupKind.Markdown, "\n\n".join(filter(None, words)))
    first, last = note.places[0]
    return types.Hover(content, document.range(start + first, start + last))


def _describe_name(
    tokens: tuple[Token, ...], number: int, sources: tuple[Source, ...], schema: Schema
) -> str | None:
    name = tokens[number].named
    if number >= 2 and tokens[number - 1].text == ".":
        owner = tokens[number - 2].named.lower()
        source = next((each for each in sources if each.alias.lower() == owner), None)
        table = (source.table if source else None) or schema.table(owner)
        column = table.column(name) if table else None
        return describe_column(table, column) if table and column else None
    source = next((each for each in sources if each.alias.lower() == name.lower()), None)
    if source is not None and source.table is not None:
        return describe_table(source.table)
    for each in sources:
        column = each.table.column(name) if each.table else None
        if each.table is not None and column is not None:
            return describe_column(each.table, column)
    found = schema.table(name)
    return describe_table(found) if found else None


def describe_table(table: Table) -> str:
    """A table in Markdown."""
    rows = f" · about {table.rows:,} rows" if table.rows is not None else ""
    lines = [f"**{_plain(table.name)}**{rows}", _plain(table.comment)]
    columns = table.columns[:40]
    lines += [f"- {_code(each.name)} {_plain(each.type)}{_key_of(table, each)}" for each in columns]
    if len(table.columns) > 40:
        lines.append(f"- … {len(table.columns) - 40} more")
    return "\n".join(filter(None, lines))


def describe_column(table: Table, column: Column) -> str:
    """A column in Markdown."""
    nullable = "" if column.nullable else " NOT NULL"
    lines = [f"**{_plain(table.name)}.{_plain(column.name)}** {_code(column.type or '?')}{nullable}"]
    lines += [_key_of(table, column).removeprefix(" · "), _plain(column.comment)]
    if column.meanings:
        codes = (f"{_code(code)} = {_plain(meaning)}" for code, meaning in column.meanings)
        lines.append(f"Codes: {', '.join(codes)}")
    elif column.samples:
        lines.append(f"For example: {', '.join(_code(each) for each in column.samples)}")
    return "\n\n".join(filter(None, lines))


def describe_suggestion(suggestion: Suggestion, candidate: Preview) -> str:
    """What a suggested query gave, how sure it is, and why it was put before the next."""
    count = f"{candidate.count:,} row{'' if candidate.count == 1 else 's'}"
    more = " (cut off by the limits)" if candidate.truncated else ""
    said = [f"{candidate.votes} of {suggestion.proposed} proposals agree"]
    if candidate.sql == suggestion.sql:
        said = [_plain(each) for each in (suggestion.sure, suggestion.agree, suggestion.doubt) if each]
    lines = [f"**{count}**{more} · {' · '.join(said)}"]
    if candidate.rows:
        columns = candidate.columns[:_COLUMNS]
        head = " | ".join(map(_cell, columns))
        rows = (" | ".join(_cell(text_value(value)) for value in row[:_COLUMNS]) for row in candidate.rows)
        lines.append("\n".join([f"| {head} |", "|---" * len(columns) + "|", *(f"| {r} |" for r in rows)]))
        if len(candidate.columns) > _COLUMNS:
            lines.append(f"… {len(candidate.columns) - _COLUMNS:,} more columns")
    lines.append(_say_why(suggestion, candidate))
    return "\n\n".join(filter(None, lines))


def _say_why(suggestion: Suggestion, candidate: Preview) -> str:
    others = [each for each in suggestion.candidates if each.sql != candidate.sql]
    if suggestion.like and candidate.sql == suggestion.sql:
        return f"The model did not write this one: it is {_plain(suggestion.like)}."
    following = next((each for each in others if each.votes != candidate.votes or not each.ran), None)
    following = following or (others[0] if others else None)
    if suggestion.origin:
        return "The model was not asked."
    if following is None:
        return "The model proposed nothing else."
    query = _code(following.sql if len(following.sql) <= 120 else f"{following.sql[:120]}…")
    if not following.ran:
        return f"The next one failed ({_plain(following.error)}): {query}"
    if following.votes < candidate.votes:
        return f"The next one had {following.votes} of {suggestion.proposed} proposals behind it: {query}"
    if following.votes > candidate.votes:
        return f"More proposals ({following.votes}) agree on another answer: {query}"
    if candidate.count and not following.count:
        return f"The next one gave no rows: {query}"
    return f"As many agree on the next one, which the model holds for less likely: {query}"


def _key_of(table: Table, column: Column) -> str:
    parts = ["primary key"] if column.name in table.primary_key else []
    for key in table.foreign_keys:
        for own, other in zip(key.columns, key.referred_columns, strict=False):
            if own == column.name:
                inferred = " (inferred from names and values)" if key.inferred else ""
                parts.append(f"refers to {_plain(key.referred_table)}.{_plain(other)}{inferred}")
    return f" · {', '.join(parts)}" if parts else ""


def _cell(text: str) -> str:
    cut = text if len(text) <= _CELL else f"{text[:_CELL]}…"
    return _plain(cut)


def _code(text: str) -> str:
    """A text in a row of code; what would end that is replaced."""
    return f"`{' '.join(text.split()).replace('`', 'ˋ')}`"


def _plain(text: str) -> str:
    """Text from the database: nothing in it is Markdown, HTML or an address that becomes a link."""
    return "".join(f"\\{char}" if char in _MARKS else char for char in " ".join(text.split()))
