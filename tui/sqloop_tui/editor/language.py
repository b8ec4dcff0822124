"""What the language server knows of SQL that is being written: its completion and its layout of a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqloop.lsp.client import Client
from sqloop_tui.server import Server

_URI = "untitled:console.sql"
_DOCUMENT = {"uri": _URI}


@dataclass(frozen=True)
class Offer:
    """One completion: ``text`` takes the place of the characters from ``start`` up to the cursor."""

    label: str
    detail: str
    text: str
    start: int


class Language:
    """One document of the server, which is told anew whenever the server is another."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._client: Client | None = None
        self._version = 0

    async def complete(self, text: str, line: int, column: int) -> tuple[Offer, ...]:
        """What may stand at a place of the text, the best first. Raises RequestError, ServerGoneError."""
        lines = text.split("\n")
        place = {"line": line, "character": _units(lines[line][:column])}

        async def ask(client: Client) -> Any:
            self._tell(client, text)
            params = {"textDocument": _DOCUMENT, "position": place}
            return await client.request("textDocument/completion", params)

        found = await self._server.call(ask)
        items = found["items"] if isinstance(found, dict) else found or ()
        items = sorted(items, key=lambda item: item.get("sortText") or item["label"])
        return tuple(_offer(item, lines[line], column) for item in items)

    async def lay_out(self, text: str) -> str:
        """The same statements, laid out. Raises RequestError, ServerGoneError."""

        async def ask(client: Client) -> Any:
            self._tell(client, text)
            params = {"textDocument": _DOCUMENT, "options": {"tabSize": 2, "insertSpaces": True}}
            return await client.request("textDocument/formatting", params)

        lines = text.split("\n")
        starts = [0]
        for each in lines:
            starts.append(starts[-1] + len(each) + 1)

        def offset(place: dict[str, int]) -> int:
            line = place["line"]
            return starts[line] + _characters(lines[line], place["character"])

        for edit in reversed(await self._server.call(ask) or []):
            start, end = offset(edit["range"]["start"]), offset(edit["range"]["end"])
            text = text[:start] + edit["newText"] + text[end:]
        return text

    def _tell(self, client: Client, text: str) -> None:
        self._version += 1
        if client is self._client:
            document: dict[str, object] = {**_DOCUMENT, "version": self._version}
            params = {"textDocument": document, "contentChanges": [{"text": text}]}
            client.notify("textDocument/didChange", params)
        else:
            document = {**_DOCUMENT, "languageId": "sql", "version": self._version, "text": text}
            client.notify("textDocument/didOpen", {"textDocument": document})
            self._client = client


def _offer(item: dict[str, Any], line: str, column: int) -> Offer:
    edit = item.get("textEdit") or {}
    text = edit.get("newText") or item.get("insertText") or item["label"]
    span = edit.get("range") or edit.get("replace") or edit.get("insert")
    start = _characters(line, span["start"]["character"]) if span else column
    return Offer(item["label"], item.get("detail") or "", text, start)


def _units(text: str) -> int:
    """How the protocol counts characters: in units of UTF-16.

    >>> _units("a😀")
    3
    """
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _characters(line: str, units: int) -> int:
    """The inverse of `_units` within a line.

    >>> _characters("a😀b", 3)
    2
    """
    return len(line.encode("utf-16-le", "surrogatepass")[: 2 * units].decode("utf-16-le", "ignore"))
