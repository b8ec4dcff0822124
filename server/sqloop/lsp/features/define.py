"""Words of the user's own in an editor: what they mean, and a line in `sqloop.toml` to say it in."""

from __future__ import annotations

import tomllib
from pathlib import Path

from lsprotocol import types

from sqloop.linking.question import Note
from sqloop.lsp.server import Server
from sqloop.settings_file import FILE_NAME, find_line

_SECTION = "[glossary]"


def find_note(ls: Server, line: str, column: int) -> Note | None:
    """The word of the glossary that a line says at a column, with its places in the line."""
    schema = ls.backend.schema
    if schema is None:
        return None
    notes = ls.backend.words.notes(line, schema)
    return next((n for n in notes if any(start <= column <= end for start, end in n.places)), None)


async def define(ls: Server, word: str) -> None:
    """Put a line for ``word`` into the workspace's file, which its user then fills in; show where it stands.

    A comment, so that the file stays valid until then. What is defined already is only shown.
    """
    path = ls.backend.folder / FILE_NAME
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    known = ls.backend.words.find(word)
    if number := find_line(text, ("glossary", known.name)) if known else 0:
        _show(ls, path, number - 1)
        return
    name = word.lower().replace("\\", "").replace('"', "")
    number, before, owner = find_place(text)
    line = f'{before}# {owner}"{name}" = {{ sql = "" }}  # a condition or an expression; or means = "…"\n'
    lines = text.split("\n")
    column = ls.documents.units(lines[number]) if number == len(lines) - 1 else 0
    if column:
        line = f"\n{line}"
    at = types.Position(number, column)
    uri = path.as_uri()
    change = types.TextEdit(types.Range(at, at), line)
    if path.is_file():
        edit = types.WorkspaceEdit(changes={uri: [change]})
    else:
        document = types.OptionalVersionedTextDocumentIdentifier(uri)
        made = types.CreateFile(uri=uri, options=types.CreateFileOptions(ignore_if_exists=True))
        edit = types.WorkspaceEdit(document_changes=[made, types.TextDocumentEdit(document, [change])])
    ls.workspace_apply_edit(types.ApplyWorkspaceEditParams(edit, label=f"Define {name}"))
    _show(ls, path, number)


def find_place(text: str) -> tuple[int, str, str]:
    """The number of the line to put an entry before, from 0, what goes before it, and before its name.

    >>> find_place("k = 2\\n[ glossary ]  # ours\\n")
    (2, '', '')
    >>> find_place("k = 2\\n")
    (1, '\\n[glossary]\\n', '')
    """
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if line.lstrip().startswith("[") and _reads_as(line, {"glossary": {}}):
            return number + 1 if number + 1 < len(lines) else number, "", ""
    # Where it is written in another way, a heading would be its second.
    if _is_toml(text) and not _is_toml(f"{text}\n{_SECTION}"):
        return find_line(text, ("glossary",)), "", "glossary."
    gap = "\n" if text.strip() else ""
    return len(lines) - 1, f"{gap}{_SECTION}\n", ""


def _is_toml(text: str) -> bool:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _reads_as(line: str, data: object) -> bool:
    return _is_toml(line) and tomllib.loads(line) == data


def _show(ls: Server, path: Path, line: int) -> None:
    at = types.Position(line, 0)
    ls.window_show_document(
        types.ShowDocumentParams(path.as_uri(), take_focus=True, selection=types.Range(at, at))
    )
