"""The questions that were asked, each once: what `sqloop history` and the editor's history list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqloop.feedback.events import Event, current_user


@dataclass(frozen=True)
class Asked:
    """A question when it was last asked: ``last`` is what was shown, or what its user said of that."""

    time: datetime
    last: Event

    @property
    def said(self) -> str:
        """What was said of it; empty for nothing."""
        return "" if self.last.kind == "shown" else self.last.kind

    @property
    def words(self) -> str:
        """The same for people: `seems accepted` where nobody said so, and it counts as half."""
        return f"seems {self.said}" if self.last.inferred and self.said != "edited" else self.said


def find_asked(events: Sequence[Event]) -> list[Asked]:
    """The questions of the current user in the order in which each was last asked, each once."""
    user = current_user()
    asked: dict[tuple[str, str], Asked] = {}
    keys: dict[str, tuple[str, str]] = {}
    for event in events:
        if event.user != user:
            continue
        if event.kind == "shown":
            keys[event.id] = key = (event.question, event.database)
            asked.pop(key, None)
            asked[key] = Asked(event.time, event)
        elif event.kind != "ran" and (about := keys.get(event.shown or "")):
            asked[about] = Asked(asked[about].time, event)
    return list(asked.values())
