"""How an answer looks on a terminal: its SQL, its rows, a line that says how far to trust it.

The other candidates, with their outcomes and where the time went, come before all that, and only on request:
what is read first stands last on the screen. Numbers are rounded and headings are made to read well.

Cells, names and errors come from the database: they are shown as plain text, with control characters made
visible, so that no value can move the cursor or colour the screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from sqloop.database.cells import json_value, text_value
from sqloop.database.outcome import Value
from sqloop.findings import NOT_ALL_LINKED, Findings
from sqloop.ranking import Candidate, group_by_answer
from sqloop.terminal.certainty import round_down
from sqloop.terminal.chart import draw_bars, draw_line, find_series
from sqloop.terminal.clauses import break_clauses
from sqloop.terminal.fitted_table import Column, FittedTable
from sqloop.terminal.headings import write_headings
from sqloop.terminal.printable import are_numbers, printable
from sqloop.terminal.rounding import round_column

TERMINAL_ROWS = 40
"""Rows that are drawn at most; a file, ``--json`` and a pipe give all."""

IN_PYTHON = "the answer's rows hold all."
"""Where Python has the columns for which there is no place."""

CELL = 200
"""Characters of a cell that are drawn."""

HEADING = 120
"""Characters of a heading: SQLite calls a column as its expression is written, however long that is."""

CHART_LINES = 14
"""The height of a line chart."""

_AROUND = 8
"""Lines of a screen that are not rows: heads, SQL, what follows."""

_LEAST = 5
"""Rows that are drawn on the smallest screen."""

_HEAD_LINES = 5
"""Lines above and below the rows of a table, its headings in two."""

_FEW = 3
"""Rows that are shown although they do not fit: nobody wants to hear of one that is left out."""

_STYLES = {"sure": "green", "likely": "cyan", "guessing": "yellow"}


def draw_answer(
    answer: Findings, *, rows: int = TERMINAL_ROWS, everything: bool = False, whole: str = IN_PYTHON
) -> RenderableType:
    """The answer; nothing of the candidates where none ran, unless ``everything`` is asked for.

    ``rows`` are drawn at most; ``everything`` adds the candidates and the milliseconds of each step;
    ``whole`` is what shows the columns for which there is no place.
    """
    parts: list[RenderableType] = []
    if everything:
        parts += [draw_candidates(answer.candidates, answer.proposed), _draw_origin(answer)]
    if notes := _write_notes(answer):
        parts.append(Text(notes, style="dim"))
    if answer.best is not None:
        # Of a question about the schema the query is no answer: it may list every column.
        parts += [draw_sql(answer.best.sql)] if everything or not answer.from_schema else []
        parts += [
            draw_rows(answer.columns, answer.rows, rows, whole),
            _draw_closing(answer, rows),
        ]
    return Group(*parts)


def fit_rows(height: int, sql: str, rows: int) -> int:
    """How many of an answer's ``rows`` leave its SQL on a screen of ``height`` lines; all where few are left.

    >>> fit_rows(24, "SELECT 1", 100), fit_rows(24, "SELECT 1", 17)
    (15, 17)
    """
    fitting = min(TERMINAL_ROWS, max(_LEAST, height - _AROUND - len(break_clauses(sql).splitlines())))
    return rows if fitting < rows <= fitting + _FEW else fitting


def fit_drawn(
    console: Console, columns: Sequence[str], rows: Sequence[Sequence[Value]], most: int, whole: str
) -> int:
    """At most ``most`` rows: fewer where cells are broken over lines, and the heads would scroll away."""
    room = most + _HEAD_LINES
    while most > _LEAST:
        lines = len(console.render_lines(draw_rows(columns, rows, most, whole)))
        if lines <= room:
            break
        most = max(_LEAST, min(most - 1, most * (room - _HEAD_LINES) // (lines - _HEAD_LINES)))
    return most


def draw_chart(
    columns: Sequence[str], rows: Sequence[Sequence[Value]], width: int, lines: int = CHART_LINES
) -> Text | None:
    """Bars, or a line over time, in ``width`` columns; None where the rows do not suit a chart."""
    cells = [[json_value(value) for value in row] for row in rows]
    series = find_series(write_headings(columns), cells)
    if series is None:
        return None
    text = Text(no_wrap=True)
    text.append(f"{plain(series.number)} by {plain(series.label)}\n", "bold")
    if series.kind == "line":
        return text.append("\n".join(draw_line(series, width, lines)), "cyan")
    for label, bar, number in draw_bars(series, width):
        text.append(f"{label} │").append(bar, "cyan").append(f" {number}\n")
    text.right_crop(1)
    return text


def draw_sql(sql: str) -> RenderableType:
    """SQL with its syntax coloured, a long one with a line for each clause."""
    return Syntax(
        plain(break_clauses(sql), newlines=True),
        "sql",
        theme="ansi_dark",
        word_wrap=True,
        background_color="default",
    )


def draw_rows(
    columns: Sequence[str], rows: Sequence[Sequence[Value]], most: int = TERMINAL_ROWS, whole: str = IN_PYTHON
) -> FittedTable:
    """The first ``most`` rows; numbers to the right and rounded, NULL dimmed.

    ``whole`` is what shows the columns for which a terminal has no place.
    """
    shown = rows[:most]
    drawn = []
    for position, (column, heading) in enumerate(zip(columns, write_headings(columns), strict=True)):
        values = [row[position] for row in shown]
        texts = round_column(heading if heading == "year" else column, values)
        cells = [_draw_cell(text, value) for text, value in zip(texts, values, strict=True)]
        drawn.append(Column(_cut(heading, HEADING), cells, right=are_numbers(values)))
    return FittedTable(drawn, whole)


def draw_answers(groups: Sequence[Sequence[Candidate]]) -> Table:
    """A line for each answer: its number, what it is, the likeliest SQL that gives it."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="dim", show_edge=False)
    table.add_column("", justify="right", style="bold")
    table.add_column("answer", max_width=30, overflow="fold")
    table.add_column("SQL", overflow="fold")
    for number, group in enumerate(groups, 1):
        said = "you rejected this: " if group[0].rejected else ""
        more = f"  (and {len(group) - 1} like it)" if len(group) > 1 else ""
        table.add_row(str(number), Text(_sum_up(group[0])), Text(f"{said}{plain(group[0].sql)}{more}"))
    return table


def draw_candidates(candidates: Sequence[Candidate], proposed: int) -> Table:
    """Outcome and SQL of each candidate, in the order of the ranking.

    Votes are of an answer: they stand before the first of the candidates that gave it.
    """
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="dim", show_edge=False)
    table.add_column("votes", justify="right", style="dim")
    table.add_column("outcome", max_width=40)
    table.add_column("candidate", style="dim", overflow="fold")
    failed = [(each,) for each in candidates if not each.ran]
    for group in (*group_by_answer(candidates), *failed):
        votes = f"{group[0].votes}/{proposed}" if group[0].ran else ""
        for each in group:
            said = "you rejected this: " if each.rejected else ""
            table.add_row(votes, _draw_outcome(each), Text(f"{said}{plain(each.sql)}"))
            votes = ""
    return table


def print_words(text: str, file: TextIO) -> None:
    """Print prose: on a terminal a line ends between two words."""
    console = Console(file=file, highlight=False)
    console.print(Text(plain(text, newlines=True)), soft_wrap=not console.is_terminal)


def plain(text: str, *, newlines: bool = False) -> str:
    """``text`` without characters that a terminal obeys, on one line unless ``newlines`` are kept."""
    return printable(text, "\n\t" if newlines else "")


def _draw_cell(text: str, value: Value) -> Text:
    if value is None:
        return Text("NULL", style="dim")
    return Text(_cut(text, CELL))


def _cut(text: str, most: int) -> str:
    """So many characters of a text; only these are looked at, of what may be megabytes."""
    return plain(text) if len(text) <= most else f"{plain(text[:most])}…"


def _sum_up(candidate: Candidate) -> str:
    """The answer of a candidate in a few words: its values where they are few, else how many rows."""
    rows = candidate.outcome.rows
    if len(rows) == 1 and len(rows[0]) <= 3:
        return plain(", ".join(text_value(value)[:CELL] for value in rows[0])[:CELL])
    if not rows:
        return "no rows"
    firsts = plain(
        ", ".join(" ".join(text_value(each)[:CELL] for each in row[:3]) for row in rows[:2])[:CELL]
    )
    count = count_rows(len(rows), more=candidate.outcome.truncated)
    return f"{count}: {firsts}{', …' if len(rows) > 2 else ''}"


def count_rows(number: int, *, more: bool = False) -> str:
    """How many rows, in words.

    >>> count_rows(1), count_rows(1000, more=True)
    ('1 row', '1,000+ rows')
    """
    return f"{number:,}{'+' if more else ''} row{'' if number == 1 else 's'}"


def tell_rows(count: int, most: int, *, truncated: bool) -> str:
    """How many rows there are, and of how many all are drawn.

    >>> tell_rows(1000, 40, truncated=True)
    '1,000 rows, cut off by the limits, the first 40 shown'
    """
    cut = ", cut off by the limits" if truncated else ""
    return f"{count_rows(count)}{cut}{f', the first {most} shown' if count > most else ''}"


def _draw_closing(answer: Findings, rows: int) -> Text:
    """How many rows, how far to trust them, how many other answers there were."""
    told = tell_rows(len(answer.rows), rows, truncated=answer.truncated)
    text = Text(f"{told} · ", style="dim")
    text.append(plain(answer.agreement), style="green" if answer.recalled else _STYLES[answer.trust])
    if others := len(group_by_answer(answer.candidates)) - 1:
        text.append(f" · {others} other answer{'' if others == 1 else 's'}")
    text.append(f" · {answer.timings.total / 1000:.1f} s")
    if answer.recalled is None and not (answer.from_schema or answer.own):
        text.append(f" · {_name_model(answer)}", style="dim")
    return text


def _draw_outcome(candidate: Candidate) -> Text:
    if candidate.ran:
        return Text(count_rows(len(candidate.outcome.rows), more=candidate.outcome.truncated), style="green")
    return Text(f"{candidate.outcome.status}: {plain(candidate.outcome.error)}", style="yellow")


def _draw_origin(answer: Findings) -> Text:
    timings = answer.timings
    steps = f"schema {timings.schema:.0f}, link {timings.link:.0f}, generate {timings.generate:.0f}, "
    text = f"{timings.total:,.0f} ms: {steps}execute {timings.execute:.0f} · {_name_model(answer)}"
    confidence = f" · {round_down(answer.confidence):.0%} sure" if answer.best else ""
    return Text(f"{text}{confidence}\n", style="dim")


def _name_model(answer: Findings) -> str:
    return plain(answer.model.base + (f" + {answer.model.adapter}" if answer.model.adapter else ""))


def _write_notes(answer: Findings) -> str:
    """What the model could not see; a line each, empty without any."""
    notes = [] if answer.linked_all else [NOT_ALL_LINKED]
    if left := answer.left_out:
        notes.append(
            f"The model was shown {plain(', '.join(left.shows))}; it had no room for "
            f"{left.tables:,} other tables, {left.columns:,} columns in all."
        )
    return "\n".join(notes)
