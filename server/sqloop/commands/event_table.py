"""How feedback looks on a terminal: a line for each event."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from rich.text import Text

from sqloop.feedback.events import Event
from sqloop.feedback.kept import KeptAnswer
from sqloop.terminal.display import plain
from sqloop.terminal.fitted_table import Column, FittedTable
from sqloop.terminal.rounding import round_column

_STYLES = {"shown": "dim", "accepted": "green", "edited": "cyan", "rejected": "red", "ran": "blue"}


def draw_events(events: list[Event], used: Collection[str] = ()) -> FittedTable:
    """A line for each event; what was said of an event above refers to it instead of saying it again.

    A star marks those that are ``used`` as memory: their question is answered by their SQL.
    Texts are shown without what a terminal obeys.
    """
    above: dict[str | None, Event] = {}
    rows = []
    for event in events:
        shown = above.get(event.shown)
        question = plain(event.question) if shown is None else f"↳ {shown.id}"
        repeated = shown is not None and shown.sql == event.sql
        sql = "" if repeated else plain(event.sql or "")
        rows.append(
            (
                Text(f"{event.id}\n{draw_time(event.time)}"),
                Text(_tell_kind(event, event.id in used), style=_STYLES.get(event.kind, "")),
                Text.assemble(question, (f"\n{sql}" if sql else "", "dim")),
                Text("" if repeated else plain(sum_up(event.answer))),
            )
        )
        above[event.id] = event
    times, kinds, questions, answers = zip(*rows, strict=True)
    return FittedTable(
        [
            Column("id, when", times, kept=True, style="dim"),
            Column("event", kinds, kept=True),
            Column("question, SQL", questions),
            Column("answer", answers),
        ],
        caption="* in memory: the same question is answered by this SQL" if used else "",
    )


def _tell_kind(event: Event, used: bool) -> str:
    return f"{'seems ' if event.inferred else ''}{event.kind}{' *' if used else ''}"


def draw_time(time: datetime) -> str:
    """Of the user's clock: day and time within this year, else day and year."""
    here = time.astimezone()
    return here.strftime("%d %b %H:%M" if here.year == datetime.now().year else "%d %b %Y")


def sum_up(answer: KeptAnswer | None) -> str:
    """One value as a terminal shows it, more as a count."""
    if answer is None:
        return "did not run"
    if answer.rows is not None and len(answer.rows) == 1 and len(answer.rows[0]) == 1:
        heading = answer.columns[0] if answer.columns else ""
        return round_column(heading, answer.rows[0])[0][:40]
    return f"{answer.count:,}{'+' if answer.truncated else ''} row{'' if answer.count == 1 else 's'}"
