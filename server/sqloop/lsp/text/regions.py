"""Where the statements of a text begin: found by semicolons outside of quotes and comments, and kept current.

A region runs from behind one semicolon to behind the next, comments included; those in the body of a routine
end none (`sqloop.lsp.text.routines`). Statements that nobody ended by a semicolon are told apart in
`sqloop.lsp.text.statements`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import pairwise

from sqloop.database.quoting import QUOTING
from sqloop.database.schema import Dialect
from sqloop.lsp.text.routines import may_hold_routine, read_routines

# A quote or a comment that nobody closed yet ends at the next empty line: the rest of the file is not quoted.
_SEEN = {
    dialect: re.compile(
        rf";(?P<end>)|{each.comment(to_empty_line=True)}"
        rf"|{each.text(to_empty_line=True)}|{each.name(to_empty_line=True)}"
    )
    for dialect, each in QUOTING.items()
}


class Regions:
    """Offsets at which regions begin, the first of them 0, ascending."""

    def __init__(self, text: str, dialect: Dialect) -> None:
        self._length = len(text)
        self._dialect: Dialect = dialect
        self.starts = [0, *self._ends(text, 0)]

    def replace(self, text: str, start: int, end: int, length: int) -> None:
        """Follow an edit that put ``length`` characters in place of ``start`` to ``end``; ``text`` is new.

        The search goes on until it meets a start that was known: from there on all are the same but moved.
        """
        moved = start + length - end
        self._length = len(text)
        # The region that the edit touches, by its first character or by standing right behind it.
        first = max(0, bisect_left(self.starts, start) - 1)
        rest = bisect_right(self.starts, end)
        found: list[int] = []
        for each in self._ends(text, self.starts[first]):
            known = bisect_left(self.starts, each - moved, lo=rest)
            if each > start + length and known < len(self.starts) and self.starts[known] == each - moved:
                rest = known
                break
            found.append(each)
        else:
            rest = len(self.starts)
        self.starts[first + 1 :] = [*found, *(each + moved for each in self.starts[rest:])]

    def at(self, offset: int) -> tuple[int, int]:
        """Start and end of the region that ``offset`` is in; behind a semicolon, of the region it ends."""
        number = max(0, bisect_left(self.starts, offset) - 1)
        return self.starts[number], self._end(number)

    def all(self) -> list[tuple[int, int]]:
        """Start and end of every region."""
        return list(pairwise([*self.starts, self._length]))

    def near(self, start: int, end: int) -> list[tuple[int, int]]:
        """Start and end of the regions that touch ``start`` to ``end``."""
        first = max(0, bisect_left(self.starts, start) - 1)
        last = bisect_right(self.starts, end)
        return [(self.starts[number], self._end(number)) for number in range(first, last)]

    def _end(self, number: int) -> int:
        return self.starts[number + 1] if number + 1 < len(self.starts) else self._length

    def _ends(self, text: str, start: int) -> Iterator[int]:
        """Offsets behind the semicolons from ``start`` on, which is where a region begins."""
        begin, seen = start, _SEEN[self._dialect]
        matches = seen.finditer(text, start)
        while match := next(matches, None):
            if match["end"] is None:
                continue
            end = match.end()
            if may_hold_routine(text, begin, end):
                behind = read_routines(text, begin, len(text), self._dialect).end
                if behind is None:
                    return
                if behind != end:
                    end, matches = behind, seen.finditer(text, behind)
            yield end
            begin = end
