"""Rows on a terminal of any width: no number or date is broken, no column is lost without a word."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from sqloop.answer import Answer, ModelName, Timings
from sqloop.commands.event_table import draw_events
from sqloop.database.outcome import Outcome, Value
from sqloop.feedback.events import show
from sqloop.ranking import Candidate
from sqloop.terminal.display import draw_rows, fit_drawn
from sqloop.terminal.fitted_table import RECORD_LINES

ROW: tuple[Value, ...] = (1001, "2024-02-04", "leave at the back door", 123456.5, "0113 835808")
COLUMNS = ("ord_no", "ord_date", "notes", "price", "telephone")


def draw(columns: tuple[str, ...], rows: list[tuple[Value, ...]], width: int) -> str:
    out = StringIO()
    Console(file=out, width=width).print(draw_rows(columns, rows, whole="see the file."))
    return out.getvalue()


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("rows", [1, 2, 30])
def test_numbers_and_dates_stay_whole_and_missing_columns_are_counted(width: int, rows: int) -> None:
    text = draw(tuple(f"{n}_{name}" for n in range(3) for name in COLUMNS), [ROW * 3] * rows, width)
    assert max(map(len, text.splitlines())) <= width
    words = set(text.split())
    assert "1001" in words
    assert words <= {*"1001 2024-02-04 leave at the back door 123,456.50 0113 835808 NULL".split()} | {
        *"ord no date notes price telephone row".split(),
        *map(str, range(40)),
        *"more column: columns: see the file.".split(),
        *(word for word in words if set(word) == {"─"}),
    }
    left = [line for line in text.splitlines() if "more column" in line]
    assert left == [] if rows < 3 else left[0].split()[0].isdecimal()


def test_all_of_a_few_wide_rows_is_shown_one_value_below_the_other() -> None:
    columns = tuple(f"q{number}" for number in range(64))
    text = draw(columns, [tuple(range(100, 164))], 80)
    assert [line.split() for line in text.splitlines() if line.strip()] == [
        [name, str(number)] for name, number in zip(columns, range(100, 164), strict=True)
    ]
    many = draw(columns, [tuple(range(100, 164))] * RECORD_LINES, 80)
    shown = many.splitlines()[1].split()
    assert shown == list(columns[: len(shown)])
    assert f"{64 - len(shown)} more columns: see the file." in many
    assert "more column" not in draw(columns[:8], [tuple(range(8))] * 5, 80)


def test_rows_whose_cells_are_broken_leave_the_headings_on_the_screen() -> None:
    console = Console(file=StringIO(), width=40)
    notes = "left at the back door of the house " * 3
    long: list[tuple[Value, ...]] = [(number, notes) for number in range(30)]
    most = fit_drawn(console, ("id", "notes"), long, 30, "")
    lines = console.render_lines(draw_rows(("id", "notes"), long, most))
    assert 5 < most < 30
    assert 25 < len(lines) <= 35
    short: list[tuple[Value, ...]] = [(number, "door") for number in range(30)]
    assert fit_drawn(console, ("id", "notes"), short, 30, "") == 30
    assert fit_drawn(console, (), [], 15, "") == 15


def test_a_long_heading_makes_no_narrow_column_wide() -> None:
    heading = "average days from dropped off at to picked up at"
    assert draw((heading, "city"), [(1.5, "Rome")] * 9, 120).splitlines()[-2].index("Rome") < 40


def test_one_wide_column_has_the_whole_width() -> None:
    text = draw(("text",), [("word " * 60,)] * 3, 60)
    assert max(map(len, text.splitlines())) <= 60
    assert "word word" in text


@pytest.mark.parametrize("width", [60, 80])
def test_feedback_is_listed_without_broken_words(width: int) -> None:
    outcome = Outcome("ok", ("n",), tuple((n,) for n in range(1000)), truncated=True)
    candidate = Candidate("SELECT n FROM orders", -0.5, outcome, 1)
    question = "Which customers have ordered most?"
    answer = Answer(question, (candidate,), 1, Timings(1, 2, 3, 4, 10), ModelName("tiny"))
    event = show(answer, "f", "sqlite:///shop.db", "rows")
    out = StringIO()
    Console(file=out, width=width).print(draw_events([event], {event.id}))
    lines = out.getvalue().splitlines()
    assert event.id in out.getvalue()
    assert any("1,000+ rows" in line for line in lines)
    assert {"customers", "ordered"} <= set(out.getvalue().split())
