"""Words of the user's own in an editor: what they mean, and a line in `sqloop.toml` to say it in."""

from __future__ import annotations

from lsprotocol import types

from sqloop.linking.question import Note
from sqloop.lsp.server import Server
from sqloop.settings_file import FILE_NAME

_SECTION = "[glossary]"


def find_note(ls: Server, line: str, column: int) -> Note | None:
    """The word of the glossary that a line says at a column, with its places in the line."""
    schema = ls.backend.schema
    if schema is None:
        return None
    notes = ls.backend.words.notes(line, schema)
    return next((n for n in notes if any(start <= column <= end for start, end in n.places)), None)


async def define(ls: Server, word: str) -> None:
    """Put a line for ``word`` into the workspace's file, which its user then fills in.

    A comment, so that the file stays valid until then.
    """
    path = ls.backend.folder / FILE_NAME
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    name = word.lower().replace("\\", "").replace('"', "")
    line = f'# "{name}" = {{ sql = "" }}  # a condition or an expression; or means = "…"\n'
    lines = text.splitlines(keepends=True)
    place = next((n + 1 for n, each in enumerate(lines) if each.strip() == _SECTION), None)
    if place is None:
        place = len(lines)
        gap = "" if not lines else "\n" if lines[-1].endswith("\n") else "\n\n"
        line = f"{gap}{_SECTION}\n{line}"
    column = len(lines[-1]) if lines and place == len(lines) and not lines[-1].endswith("\n") else 0
    at = types.Position(place - 1, column) if column else types.Position(place, 0)
    uri = path.as_uri()
    change = types.TextEdit(types.Range(at, at), line)
    if path.is_file():
        edit = types.WorkspaceEdit(changes={uri: [change]})
    else:
        document = types.OptionalVersionedTextDocumentIdentifier(uri)
        made = types.CreateFile(uri=uri, options=types.CreateFileOptions(ignore_if_exists=True))
        edit = types.WorkspaceEdit(document_changes=[made, types.TextDocumentEdit(document, [change])])
    ls.workspace_apply_edit(types.ApplyWorkspaceEditParams(edit, label=f"Define {name}"))
    ls.window_show_document(types.ShowDocumentParams(uri, take_focus=True))
