"""What an answer gives to programs, notebooks and terminals."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import datetime
from io import StringIO

import pytest
from rich.console import Console

from sqloop.answer import Answer, ModelName, Recalled, Timings
from sqloop.commands.ask import Output, _caveats
from sqloop.database.outcome import Outcome, Value
from sqloop.ranking import Candidate
from sqloop.settings import Settings
from sqloop.terminal.display import draw_answer, draw_answers

MODEL = ModelName("tiny")


def answered(*rows: tuple[Value, ...], columns: tuple[str, ...] = ("c",)) -> Answer:
    candidate = Candidate("SELECT 1", -0.5, Outcome("ok", columns, rows), 1)
    return Answer("q", (candidate,), 1, Timings(1, 2, 3, 4, 10), MODEL)


def test_an_answer_becomes_a_data_frame() -> None:
    frame = answered((1, "x"), (2, None), columns=("n", "t")).to_pandas()
    assert (list(frame.columns), frame.shape, int(frame["n"].sum())) == (["n", "t"], (2, 2), 3)


def test_of_the_candidates_only_that_of_memory_is_said_to_be_from_memory() -> None:
    like = Recalled(datetime(2026, 11, 28), question="repairs per bike model")
    both = (*answered((1,)).candidates, Candidate("SELECT 2", -0.5, Outcome("ok", ("c",), ((2,),)), 1))
    answer = replace(answered((1,)), candidates=both, like=like)
    assert "from memory" in answer.prefer(0).agreement
    assert "from memory" not in answer.prefer(1).agreement


def test_the_query_of_a_guess_from_memory_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    like = Recalled(datetime(2026, 11, 28), question="repairs per bike model")
    monkeypatch.setattr(sys, "stdout", StringIO())
    told = list(_caveats(replace(answered((1,)), like=like), Settings(), Output()))
    assert [line.count("SELECT 1") for line in told] == [1, 0]
    assert told[1] == "It is a guess (0% sure)."


def test_without_pandas_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match="pip install pandas"):
        answered((1,)).to_pandas()


def test_in_a_notebook_values_are_shown_and_never_run() -> None:
    page = answered(("<script>alert(1)</script>",), columns=("<b>",))._repr_html_()
    assert "&lt;script&gt;" in page
    assert "&lt;b&gt;" in page
    assert "<script>" not in page


def test_people_are_shown_sums_without_what_floating_point_adds_and_programs_every_digit() -> None:
    total = 1914.0599999999997
    answer = answered((total, 2 / 3), (0.5, 1.0), columns=("total", "share"))
    assert "<td>1914.06</td><td>0.666666666667</td>" in answer._repr_html_()
    assert answer.to_json()["rows"][0] == [total, 2 / 3]
    other = Candidate("SELECT 2", -1, Outcome("ok", ("n",), ((total,),)), 1)
    out = StringIO()
    Console(file=out, width=80).print(draw_answers([[other]]))
    assert "1914.06 " in out.getvalue()


def test_in_a_notebook_long_answers_say_what_is_left_out() -> None:
    page = answered(*((n,) for n in range(150)))._repr_html_()
    assert "… and 50 more rows" in page
    assert page.count("<tr>") == 101
    assert "<p>guessing</p>" in page


def test_every_value_fits_into_json() -> None:
    row: tuple[Value, ...] = (None, 1, 1.5, "ü", b"\x00\xff", float("inf"), float("nan"))
    text = json.dumps(answered(row).to_json(), allow_nan=False)
    assert json.loads(text)["rows"] == [[None, 1, 1.5, "ü", "0x00ff", "Infinity", "NaN"]]


@pytest.mark.parametrize("evil", ["\x1b[31mred", "a\rb", "\x9b2J", "\u202eevil", "a\nb"])
def test_no_value_or_name_commands_the_terminal(evil: str) -> None:
    failed = Candidate(f"SELECT '{evil}'", -1, Outcome("error", error=evil), 0)
    drawn = answered((evil,), columns=(evil,))
    out = StringIO()
    console = Console(file=out, force_terminal=False, width=80)
    told = Answer(drawn.question, (*drawn.candidates, failed), 2, drawn.timings, MODEL)
    console.print(draw_answer(told, everything=True))
    assert not {"\x1b", "\r", "\x9b", "\u202e"} & set(out.getvalue())
    assert "a\nb" not in out.getvalue()


def test_votes_stand_once_for_each_answer() -> None:
    one, two = (Outcome("ok", ("n",), ((n,),)) for n in (1, 2))
    said = (("a", one, 2), ("b", two, 1), ("c", one, 2))
    ranking = tuple(Candidate(f"SELECT {name}", -1, outcome, votes) for name, outcome, votes in said)
    answer = Answer("q", ranking, 3, Timings(1, 2, 3, 4, 10), MODEL)
    out = StringIO()
    Console(file=out, width=80).print(draw_answer(answer, everything=True))
    drawn = [line.split() for line in out.getvalue().splitlines() if " row " in line][:3]
    assert [(line[0], line[-1]) for line in drawn] == [("2/3", "a"), ("1", "c"), ("1/3", "b")]


def test_a_terminal_is_shown_sql_rows_votes_failures_and_time() -> None:
    failed = Candidate("SELECT nope", -1, Outcome("error", error="no such column: nope"), 0)
    drawn = answered(*((n,) for n in range(50)))
    out = StringIO()
    told = Answer(drawn.question, (*drawn.candidates, failed), 2, drawn.timings, ModelName("base", "tuned"))
    Console(file=out, width=100).print(draw_answer(told, everything=True))
    text = out.getvalue()
    shown = (
        "SELECT 1",
        "39",
        "50 rows, the first 40 shown · guessing · 0.0 s",
        "1/2",
        "error: no such column: nope",
    )
    assert all(each in text for each in (*shown, "10 ms", "base + tuned"))
    assert "40\n" not in text
    assert text.rstrip().endswith("0.0 s · base + tuned")  # the answer stands last
    assert "nope" not in str(told)  # and alone, where nobody asks for more
