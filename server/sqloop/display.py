"""How an answer looks on a terminal: the table, the SQL, the other candidates, where the time went.

Cells, names and errors come from the database: they are shown as plain text, with control characters made
visible, so that no value can move the cursor or colour the screen.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from sqloop.answer import NOT_ALL_LINKED, Answer, text_value
from sqloop.database.outcome import Value
from sqloop.ranking import Candidate

TERMINAL_ROWS = 40
"""Rows that are drawn; ``--json`` and a pipe give all."""

CELL = 200
"""Characters of a cell that are drawn."""


def draw_answer(answer: Answer) -> RenderableType:
    """The whole answer, or what became of the candidates when none ran."""
    parts: list[RenderableType] = []
    if answer.best is not None:
        parts += [draw_sql(answer.best.sql), draw_rows(answer.columns, answer.rows), _draw_counts(answer)]
    if len(answer.candidates) > 1 or answer.best is None:
        parts.append(draw_candidates(answer.candidates, answer.proposed))
    parts.append(_draw_origin(answer))
    return Group(*parts)


def draw_sql(sql: str) -> RenderableType:
    """SQL with its syntax coloured."""
    return Syntax(
        plain(sql, newlines=True), "sql", theme="ansi_dark", word_wrap=True, background_color="default"
    )


def draw_rows(columns: Sequence[str], rows: Sequence[Sequence[Value]]) -> Table:
    """The first `TERMINAL_ROWS` rows; numbers to the right, NULL dimmed."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    shown = rows[:TERMINAL_ROWS]
    for position, column in enumerate(columns):
        numeric = all(isinstance(row[position], int | float | None) for row in shown)
        table.add_column(Text(plain(column)), justify="right" if numeric else "left", overflow="fold")
    for row in shown:
        table.add_row(*(_draw_cell(value) for value in row))
    return table


def draw_candidates(candidates: Iterable[Candidate], proposed: int) -> Table:
    """Votes, outcome and SQL of each candidate, in the order of the ranking."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="dim", show_edge=False)
    table.add_column("votes", justify="right", style="dim")
    table.add_column("outcome", max_width=40)
    table.add_column("candidate", style="dim", overflow="fold")
    for each in candidates:
        votes = f"{each.votes}/{proposed}" if each.ran else ""
        said = "you rejected this: " if each.rejected else ""
        table.add_row(votes, _draw_outcome(each), Text(f"{said}{plain(each.sql)}"))
    return table


def plain(text: str, *, newlines: bool = False) -> str:
    r"""``text`` without characters that a terminal obeys; direction overrides and their like count as such.

    >>> plain("a\x1b[31mb\nc")
    'a␛[31mb␊c'
    """
    kept = "\n\t" if newlines else ""
    return "".join(char if char in kept else _visible(char) for char in text)


def _visible(char: str) -> str:
    if ord(char) < 0x20:
        return chr(0x2400 + ord(char))
    return "�" if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") else char


def _draw_cell(value: Value) -> Text:
    if value is None:
        return Text("NULL", style="dim")
    text = plain(text_value(value))
    return Text(text if len(text) <= CELL else f"{text[:CELL]}…")


def _draw_counts(answer: Answer) -> Text:
    count = len(answer.rows)
    parts = [
        f"{count:,} row{'' if count == 1 else 's'}{', cut off by the limits' if answer.truncated else ''}"
    ]
    if count > TERMINAL_ROWS:
        parts.append(f"the first {TERMINAL_ROWS} shown")
    text = Text(f"{', '.join(parts)} · {answer.agreement}\n", style="dim")
    if answer.candidates[0].rejected:
        text.append("You rejected this answer before; no other query ran.\n", style="yellow")
    return text


def _draw_outcome(candidate: Candidate) -> Text:
    outcome = candidate.outcome
    if candidate.ran:
        rows = f"{len(outcome.rows):,}{'+' if outcome.truncated else ''}"
        return Text(f"{rows} row{'' if rows == '1' else 's'}", style="green")
    return Text(f"{outcome.status}: {plain(outcome.error)}", style="yellow")


def _draw_origin(answer: Answer) -> Text:
    timings = answer.timings
    steps = f"schema {timings.schema:.0f}, link {timings.link:.0f}, generate {timings.generate:.0f}, "
    model = answer.model.base + (f" + {answer.model.adapter}" if answer.model.adapter else "")
    text = f"{timings.total:,.0f} ms: {steps}execute {timings.execute:.0f} · {model}"
    if not answer.linked_all:
        text += f"\n{NOT_ALL_LINKED}"
    if left := answer.left_out:
        text += f"\nThe model was shown {plain(', '.join(left.shows))}; it had no room for "
        text += f"{left.tables:,} other tables, {left.columns:,} columns in all."
    return Text(text, style="dim")
