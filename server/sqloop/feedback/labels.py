"""What a user who says nothing meant: a suggestion compared with the statement as it stood in the end.

Editors report that a suggestion was taken, but not what became of it. So the statement in its place, once it
has settled, is judged by its answer, as everything is. Pure: whoever calls has run the statement.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqloop.database.outcome import Outcome
from sqloop.database.schema import Dialect
from sqloop.database.tokens import essence, same_code
from sqloop.feedback.events import Event
from sqloop.feedback.kept import digest


@dataclass(frozen=True)
class Label:
    """What to record, and whether the answer is the one that was shown."""

    said: Literal["accepted", "edited", "rejected"]
    same_answer: bool


def infer_label(
    shown: Event, settled_sql: str | None, outcome: Outcome | None, dialect: Dialect
) -> Label | None:
    """What ``settled_sql``, with what running it gave, says of what was shown; None where it says nothing.

    Removed or commented out is rejected, left as it was accepted, though laid out otherwise; other code is
    edited, with the same answer or with a new one. What does not run is unfinished: it says nothing yet.
    """
    if settled_sql is None or not essence(settled_sql, dialect):
        return Label("rejected", same_answer=False)
    if shown.sql is not None and same_code(settled_sql, shown.sql, dialect):
        return Label("accepted", same_answer=True)
    if outcome is None or outcome.status != "ok":
        return None
    return Label("edited", shown.answer is not None and digest(outcome) == shown.answer.digest)
