"""Odd values as every face gives them: none commands a terminal, none is changed on its way into a file."""

from __future__ import annotations

import json
import sys
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from sqloop.answer import Answer, ModelName, Timings
from sqloop.commands.ask import print_json
from sqloop.database.outcome import Outcome, Value
from sqloop.lsp.protocol import RunResult
from sqloop.lsp.requests.commands import write_table as write_message
from sqloop.ranking import Candidate
from sqloop.terminal.display import CELL, HEADING, draw_answer, draw_answers
from sqloop.terminal.printable import printable
from sqloop.terminal.rounding import round_column
from sqloop.terminal.standard_output import write
from sqloop.terminal.table_file import write_table

LONG = 4_000_000
EVIL = "\x1b]0;owned\x07\x9b31m\x7f\u202e"


class Screen(StringIO):
    def isatty(self) -> bool:
        return True


def answered(*rows: tuple[Value, ...], columns: tuple[str, ...] = ("c",)) -> Answer:
    candidate = Candidate(f"SELECT '{EVIL}'", -0.5, Outcome("ok", columns, rows), 1)
    return Answer("q", (candidate,), 1, Timings(1, 2, 3, 4, 10), ModelName("tiny"))


def test_data_on_a_terminal_does_not_command_it_either(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, "stdout", screen)
    print_json(answered((EVIL,)), None)
    write(f"SELECT '{EVIL}';\n")
    assert not set("\x1b\x07\x9b\x7f\u202e") & set(screen.getvalue())
    assert screen.getvalue().count("\n") == 2


def test_data_in_a_pipe_is_as_it_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = StringIO()
    monkeypatch.setattr(sys, "stdout", pipe)
    print_json(answered((EVIL,)), None)
    assert json.loads(pipe.getvalue())["rows"] == [[EVIL]]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("می\u200cخواهم", "می\u200cخواهم"),  # Persian, which is misspelt without
        ("क्\u200dष", "क्\u200dष"),
        ("👨\u200d👩\u200d👧", "👨👩👧"),
        ("pass\u200cword", "pass�word"),
        ("\u200d", "�"),
        ("\ufeffid", "�id"),
    ],
)
def test_what_joins_letters_is_left_where_it_does(text: str, shown: str) -> None:
    assert printable(text) == shown


@pytest.mark.parametrize("long", ["x" * LONG, "\x1b" * LONG])
def test_of_megabytes_a_screen_shows_the_beginning(long: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = answered((long,), columns=(f"MAX({long})",))
    out = StringIO()
    looked_at: list[int] = []

    def look(text: str, kept: str = "") -> str:
        looked_at.append(len(text))
        return printable(text, kept)

    monkeypatch.setattr("sqloop.terminal.display.printable", look)
    console = Console(file=out, width=80)
    console.print(draw_answer(answer))
    console.print(draw_answers([answer.candidates]))
    assert max(looked_at) <= max(CELL, HEADING)
    assert len(out.getvalue().splitlines()) < 40


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [
        ("year_built", 1987, "1987"),
        ("yearly_total", 12000, "12,000"),
        ("zipcode", 90210, "90210"),
        ("change", -0.0, "0"),
        ("change", -0.0001, "-0.0001"),
    ],
)
def test_numbers_are_drawn_as_people_write_them(column: str, value: Value, shown: str) -> None:
    assert round_column(column, [value]) == (shown,)


def test_a_file_holds_what_is_stored(tmp_path: Path) -> None:
    infinite = [(float("inf"),), (float("-inf"),), (float("nan"),)]
    write_table(tmp_path / "a.csv", ("n",), infinite)
    assert (tmp_path / "a.csv").read_text() == "n\nInfinity\n-Infinity\nNaN\n"
    marked = "2*3*4 _x_ snake_case `a` ![](http://x/y.png) \x1b[31m ~~z~~"
    write_table(tmp_path / "a.md", ("t",), [(marked,)])
    line = (tmp_path / "a.md").read_text().splitlines()[2]
    told = r"| 2\*3\*4 \_x\_ snake_case \`a\` !\[\](http://x/y.png) ␛\[31m \~\~z\~\~ |"
    assert line == told


def test_a_message_of_an_editor_has_a_line_for_each_row() -> None:
    rows = (("a\nb", "x" * LONG), (EVIL, None))
    result = RunResult(
        "r", "SELECT 1", "ok", "", ("a", "b"), ("a", "b" * 500), rows, 0, 2, truncated=False, notice="",
        elapsed_ms=1.0,
    )  # fmt: skip
    lines = write_message(result).splitlines()
    assert len(lines) == 4
    assert max(map(len, lines)) < 200
    assert "\x1b" not in write_message(result)
