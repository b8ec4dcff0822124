"""Bodies of procedures, functions, triggers and events: semicolons in them end no statement of the file.

A body is what stands between BEGIN and its END; PostgreSQL's, in dollar quotes, is a text and needs nothing
here. MariaDB's clients also read lines like `DELIMITER //`: from there on `//` ends statements. All is read
from the front only, so that what was found stays true whatever is typed behind it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from sqloop.database.quoting import QUOTING
from sqloop.database.schema import Dialect

_OPENING = ("create", "alter", "atomic")
_WORDS = r"""
    (?<![\w$@.])(?i:
      (?P<opens>(?:CREATE|ALTER)\s+(?:OR\s+REPLACE\s+)?(?:DEFINER\s*=\s*\S{1,99}(?:\s*@\s*\S{1,99})?\s+)?
          (?:(?:TEMP|TEMPORARY|AGGREGATE|CONSTRAINT)\s+)*(?:PROCEDURE|FUNCTION|TRIGGER|EVENT|PACKAGE)
        | BEGIN\s+NOT\s+ATOMIC)
    | (?P<deeper>BEGIN|CASE)
    | (?P<loop>END\s+(?:IF|WHILE|LOOP|REPEAT|FOR))
    | (?P<back>END(?:\s+CASE)?)
    )\b
"""
_DELIMITER = r"^[ \t]*(?i:DELIMITER)[ \t]+(?P<mark>\S+)[^\n]*"


@dataclass
class Routines:
    """What a region of a file holds, from its start on.

    ``bodies`` go from CREATE to END. ``cuts`` part statements and belong to none: lines that set the
    delimiter, and the delimiters. ``end`` is behind the semicolon that ends the region; None without one.
    """

    bodies: list[tuple[int, int]] = field(default_factory=list)
    cuts: list[tuple[int, int]] = field(default_factory=list)
    end: int | None = None

    def hold(self, offset: int) -> bool:
        """Whether a statement that goes on at ``offset`` is in a body."""
        return any(start < offset < end for start, end in self.bodies)


def may_hold_routine(text: str, start: int, end: int) -> bool:
    """Whether it is worth reading the text between two offsets: a quick look."""
    words = text[start:end].lower()
    return "delimiter" in words or ("begin" in words and any(map(words.__contains__, _OPENING)))


def read_routines(text: str, start: int, end: int, dialect: Dialect) -> Routines:
    """Read from ``start``, where a region begins, to where it ends, at most to ``end``."""
    reader = _Reader(end)
    position = start
    while match := _pattern(dialect, reader.mark).search(text, position, end):
        position = match.end()
        if match.lastgroup not in ("delimiter", "ends", "semicolon"):
            reader.read_word(match)
        elif reader.parts(match):
            reader.part(match)
            if reader.found.end is not None:
                return reader.found
    reader.close(end)
    return reader.found


class _Reader:
    """Reads words and ends of statements; ``opened`` is -1 outside of a routine."""

    def __init__(self, end: int) -> None:
        self.found = Routines()
        self.mark = ";"
        self._depth, self._opened = 0, -1
        self._last = self._closed = end

    def read_word(self, match: re.Match[str]) -> None:
        """Follow how deep in BEGIN and CASE what comes is."""
        kind = match.lastgroup
        if kind == "opens" and self._opened < 0:
            self._opened, self._depth = match.start(), int(match["opens"][0] in "bB")
        elif kind == "deeper" and self._opened >= 0:
            self._depth, self._closed = self._depth + 1, self._last
        elif kind == "back" and self._depth:
            self._depth -= 1
            self._closed = self._last if self._depth else match.end()

    def parts(self, match: re.Match[str]) -> bool:
        """Whether a statement ends at a semicolon, a delimiter or a line that sets another."""
        if match.lastgroup == "semicolon":
            return self._opened < 0
        return match.lastgroup == "delimiter" or self.mark != ";" or not self._depth

    def part(self, match: re.Match[str]) -> None:
        """Note the end of a statement, and of the region where a semicolon is the delimiter."""
        self.close(match.start())
        kind = match.lastgroup
        if kind != "ends" or self.mark != ";":
            self.found.cuts.append(match.span())
        if kind == "delimiter":
            self.mark = match["mark"]
        if kind != "semicolon" and self.mark == ";":
            self.found.end = match.end()

    def close(self, end: int) -> None:
        """Note the body that is open, if one is."""
        if self._opened >= 0:
            self.found.bodies.append((self._opened, min(self._closed, end)))
        self._depth, self._opened, self._closed = 0, -1, self._last


@lru_cache(maxsize=32)
def _pattern(dialect: Dialect, mark: str) -> re.Pattern[str]:
    quoting = QUOTING[dialect]
    skipped = (
        quoting.comment(to_empty_line=True),
        quoting.text(to_empty_line=True),
        quoting.name(to_empty_line=True),
    )
    delimiter = f"(?P<delimiter>{_DELIMITER})|" if dialect == "mysql" else ""
    words = re.sub(r"\s+", "", _WORDS)
    return re.compile(
        rf"{delimiter}{'|'.join(skipped)}|(?P<ends>{re.escape(mark)})|(?P<semicolon>;)|{words}", re.MULTILINE
    )
