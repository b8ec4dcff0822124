"""What patterns and conditions give: SQL beside the words that say it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqloop_trainer.synthesis.scene import Scene


@dataclass(frozen=True)
class Condition:
    """``sql`` for WHERE; ``text`` goes after the noun; ``many`` when it joins a table with more rows."""

    sql: str
    text: str
    many: bool = False


@dataclass(frozen=True)
class Draft:
    """Compact SQL, names quoted, and the question that it answers."""

    sql: str
    text: str


Pattern = Callable[[Scene], Draft | None]
"""One kind of question; None where the schema has nothing for it."""
