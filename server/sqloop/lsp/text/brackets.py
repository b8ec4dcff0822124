"""A statement's tokens by the brackets that they stand in; one that is half-written lacks some that close."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sqloop.database.tokens import Token


@dataclass
class Frame:
    """One bracket level: where its tokens begin and end."""

    first: int
    last: int


class Reading:
    """A statement's tokens without comments, with their brackets matched once."""

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self.tokens = tuple(token for token in tokens if token.kind != "comment")
        self.depths: list[int] = []
        self.closing: dict[int, int] = {}
        depth = 0
        opened: list[int] = []
        for number, token in enumerate(self.tokens):
            if token.text == ")" and depth:
                depth -= 1
                self.closing[opened.pop()] = number
            self.depths.append(depth)
            if token.text == "(":
                opened.append(number)
                depth += 1
        for number in opened:
            self.closing[number] = len(self.tokens)

    def frames(self, offset: int) -> list[Frame]:
        """The brackets around ``offset``, the outermost first; the first is the statement itself."""
        frames = [Frame(0, len(self.tokens))]
        for opening, close in sorted(self.closing.items()):
            if self.tokens[opening].end <= offset and (
                close == len(self.tokens) or offset <= self.tokens[close].start
            ):
                frames.append(Frame(opening + 1, close))
        return frames

    def level(self, frame: Frame) -> list[int]:
        """Numbers of the tokens that stand in a bracket themselves, not in one inside of it."""
        depth = self.depths[frame.first] if frame.first < len(self.tokens) else 0
        return [number for number in range(frame.first, frame.last) if self.depths[number] == depth]

    @cached_property
    def words(self) -> list[str]:
        """Each token as a keyword."""
        return [token.upper for token in self.tokens]
