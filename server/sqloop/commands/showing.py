"""Rows and words as whoever reads them needs them: drawn on a terminal; into a pipe, CSV and nothing else."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from textwrap import shorten
from typing import TextIO

from rich.console import Console

from sqloop.database.cells import json_value
from sqloop.database.outcome import Outcome, Value
from sqloop.feedback.events import Event
from sqloop.terminal.csv_text import write_csv
from sqloop.terminal.display import TERMINAL_ROWS, draw_chart, draw_rows, fit_drawn, plain, tell_rows
from sqloop.terminal.standard_output import write

FILL = "Fill it, or name another with --db."
"""What to do about a database without tables."""

_TOLD = 60
"""Characters of a question, and of a query, where both are told in one line."""


IN_FILE, IN_SESSION = "-o FILE or --json shows all.", "/save FILE writes all."
"""What shows the columns for which a terminal has no place."""


def show_outcome(outcome: Outcome, most: int = TERMINAL_ROWS, *, whole: str, own: bool = False) -> bool:
    """Show the rows of a query, on a terminal the first ``most``, or what became of it; whether it ran.

    ``whole`` is one of the texts above; ``own`` says that the query is its user's.
    """
    if outcome.status != "ok":
        print(f"{outcome.status}: {plain(outcome.error)}", file=sys.stderr)
        return False
    count, truncated = len(outcome.rows), outcome.truncated
    if sys.stdout.isatty():
        console = Console()
        most = fit_drawn(console, outcome.columns, outcome.rows, most, whole)
        console.print(draw_rows(outcome.columns, outcome.rows, most, whole))
        told = tell_rows(count, most, truncated=truncated)
        print(f"{told} · your own query" if own else told, file=sys.stderr)
    else:
        write_rows(outcome.columns, outcome.rows)
        if truncated:
            print(tell_rows(count, count, truncated=True), file=sys.stderr)
    return True


def write_rows(columns: Sequence[str], rows: Sequence[Sequence[Value]]) -> None:
    """Write rows to standard output as CSV."""
    write(write_csv(columns, [[json_value(value) for value in row] for row in rows]))


def show_chart(columns: Sequence[str], rows: Sequence[Sequence[Value]]) -> None:
    """Draw rows, or say that they do not suit a chart."""
    console = talk()
    chart = draw_chart(columns, rows, console.width)
    console.print(chart or "These rows do not suit a chart: it takes labels or times, each with a number.")


def tell_verdict(event: Event, *, taken_back: bool = False) -> str:
    """What was said, of which question and of which query: neither need be on the screen any more."""
    question, sql = (
        plain(shorten(text, _TOLD, placeholder="…")) for text in (event.question, event.sql or "")
    )
    said = f"Taken back: {event.kind}" if taken_back else event.kind.capitalize()
    return f"{said}, for {question!r}{f': {sql}' if sql else '.'}"


def talk() -> Console:
    """Where drawings go."""
    return Console(file=words_file(), highlight=False)


def words_file() -> TextIO:
    """Where words go: standard output is data where it is no terminal."""
    return sys.stdout if sys.stdout.isatty() else sys.stderr
