"""Open documents: their text, kept current edit by edit, and positions in the client's way of counting.

Edits cost what they touch: where lines begin and where statements begin is not searched for anew in the
whole text, so that a file of several megabytes can be typed in.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Literal
from urllib.parse import unquote

from lsprotocol import types

from sqloop.database.schema import Dialect
from sqloop.lsp.text.regions import Regions

Encoding = Literal["utf-8", "utf-16", "utf-32"]

_BREAK = re.compile(r"\r\n|\r|\n")


class Document:
    """One open document; offsets count characters of ``text``, ``saved`` is what its file holds.

    ``connection`` names the database that it is about: the one in use when it was worked on last.
    """

    def __init__(self, uri: str, version: int, text: str, encoding: Encoding, dialect: Dialect) -> None:
        self.uri = uri
        self.version = version
        self.text = self.saved = text
        self.connection = ""
        self.regions = Regions(text, dialect)
        self._encoding = encoding
        self._starts = [0, *(match.end() for match in _BREAK.finditer(text))]

    def apply(self, change: types.TextDocumentContentChangeEvent) -> None:
        """Take one edit, or a whole new text."""
        if not isinstance(change, types.TextDocumentContentChangePartial):
            self._replace(0, len(self.text), change.text)
            return
        start, end = sorted((self.offset(change.range.start), self.offset(change.range.end)))
        self._replace(start, end, change.text)

    def speak(self, dialect: Dialect) -> None:
        """Read the text in another dialect from now on."""
        self.regions = Regions(self.text, dialect)

    def offset(self, position: types.Position) -> int:
        """Where in the text a position is; one beyond the end of its line or the text is at that end."""
        if position.line >= len(self._starts):
            return len(self.text)
        if position.line < 0:
            return 0
        start, line = self._starts[position.line], self.line(position.line)
        return start + _characters(line, position.character, self._encoding)

    def position(self, offset: int) -> types.Position:
        """The position of an offset."""
        number = bisect_right(self._starts, offset) - 1
        before = self.text[self._starts[number] : offset]
        return types.Position(number, _units(before, self._encoding))

    def range(self, start: int, end: int) -> types.Range:
        """The range between two offsets."""
        return types.Range(self.position(start), self.position(end))

    def line(self, number: int) -> str:
        """A line without its end; empty beyond the last."""
        if not 0 <= number < len(self._starts):
            return ""
        start = self._starts[number]
        end = self._starts[number + 1] if number + 1 < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    def _replace(self, start: int, end: int, text: str) -> None:
        before, after = self.text[start - 1 : start], self.text[end : end + 1]
        self.text = self.text[:start] + text + self.text[end:]
        self.regions.replace(self.text, start, end, len(text))
        if "\r" in (before, text[-1:], after, self.text[start + len(text) - 1 : start + len(text)]):
            # A line break of two characters may have come apart or together.
            self._starts = [0, *(match.end() for match in _BREAK.finditer(self.text))]
            return
        first, last = bisect_right(self._starts, start), bisect_right(self._starts, end)
        moved = start + len(text) - end
        inside = [start + match.end() for match in _BREAK.finditer(text)]
        self._starts[first:] = [*inside, *(each + moved for each in self._starts[last:])]


class Documents:
    """Documents by URI."""

    def __init__(self, encoding: Encoding, dialect: Dialect = "sqlite") -> None:
        self._encoding = encoding
        self._dialect: Dialect = dialect
        self._by_uri: dict[str, Document] = {}

    def open(self, item: types.TextDocumentItem) -> Document:
        """A document as the client has it; opening it again replaces it."""
        document = Document(item.uri, item.version, item.text, self._encoding, self._dialect)
        self._by_uri[unquote(item.uri)] = document
        return document

    def speak(self, dialect: Dialect) -> None:
        """Read every text in this dialect from now on."""
        if dialect != self._dialect:
            self._dialect = dialect
            for document in self:
                document.speak(dialect)

    def change(self, params: types.DidChangeTextDocumentParams) -> Document | None:
        """The document after its edits; None where it is not open or the edits are older than it is."""
        document = self.get(params.text_document.uri)
        if document is None or params.text_document.version < document.version:
            return None
        for change in params.content_changes:
            document.apply(change)
        document.version = params.text_document.version
        return document

    def units(self, text: str) -> int:
        """How long a text is as the client counts."""
        return _units(text, self._encoding)

    def close(self, uri: str) -> None:
        """Forget a document."""
        self._by_uri.pop(unquote(uri), None)

    def get(self, uri: str) -> Document | None:
        """The document of that URI, if it is open."""
        return self._by_uri.get(unquote(uri))

    def __iter__(self) -> Iterator[Document]:
        return iter(list(self._by_uri.values()))

    def __len__(self) -> int:
        return len(self._by_uri)


def _characters(line: str, units: int, encoding: Encoding) -> int:
    """How many characters of ``line`` the first ``units`` are.

    >>> _characters("a😀b", 3, "utf-16"), _characters("a😀b", 5, "utf-8"), _characters("ab", 9, "utf-16")
    (2, 2, 2)
    """
    if encoding == "utf-32" or line.isascii():
        return min(units, len(line))
    count = 0
    for position, char in enumerate(line):
        if count >= units:
            return position
        count += _units(char, encoding)
    return len(line)


def _units(text: str, encoding: Encoding) -> int:
    """How many units of the encoding ``text`` has.

    >>> _units("a😀", "utf-16"), _units("a😀", "utf-8"), _units("a😀", "utf-32")
    (3, 5, 2)
    """
    if encoding == "utf-32" or text.isascii():
        return len(text)
    if encoding == "utf-8":
        return len(text.encode(errors="replace"))
    return len(text) + sum(char > "\uffff" for char in text)
