"""How sure an answer is called: by its rows, by what its user said before, and where no model was asked."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from sqloop.answer import DOUBT, Answer, Recalled, Timings
from sqloop.assistant import Assistant
from sqloop.commands.ask import Output, _caveats
from sqloop.database.connect import Database, connect
from sqloop.feedback.events import show
from sqloop.lsp.features.hover import describe_suggestion
from sqloop.lsp.suggestions import suggest
from sqloop.ranking import Candidate
from sqloop.settings import Settings
from sqloop.terminal.display import draw_answer

from .memory.conftest import MODEL, Told

NOBODY = "SELECT name FROM customer WHERE name = 'Zed'"
ACCEPTED = Recalled(datetime(2026, 11, 28), question="<img src=x> for \x1b[31m![](http://x)")


@pytest.fixture
def database(shop: Path) -> Iterator[Database]:
    with connect(f"sqlite:///{shop}") as database:
        yield database


def answered(database: Database, sql: str, share: float = 0.97) -> Answer:
    candidate = Candidate(sql, -0.1, database.execute(sql), 1, share)
    return Answer("q", (candidate,), 1, Timings(1, 2, 3, 4, 10), MODEL)


def ask(database: Database, question: str) -> Answer:
    """What is answered without a model."""
    return Assistant(database, Told(), MODEL).ask(question, 1)


def tell_pipe(answer: Answer, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(sys, "stdout", StringIO())
    return list(_caveats(answer, Settings(), Output()))  # type: ignore[arg-type]


def draw(answer: Answer) -> str:
    out = StringIO()
    Console(file=out, width=100, color_system=None).print(draw_answer(answer))
    return out.getvalue()


def in_editor(answer: Answer) -> tuple[str, str]:
    """What ghost text and the hover say of it."""
    suggestion = suggest(answer, show(answer, "", "sqlite:///shop.db", "rows"), "")
    first = suggestion.candidates[0]
    return suggestion.describe(first), describe_suggestion(suggestion, first)


@pytest.mark.parametrize(
    ("question", "origin"),
    [(NOBODY, "your own query"), ("which tables have a column shoe", "from the schema")],
)
def test_what_no_model_wrote_is_no_guess_of_one_where_it_finds_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch, question: str, origin: str
) -> None:
    answer = ask(database, question)
    assert (answer.rows, answer.confidence, answer.agreement) == ((), 1.0, origin)
    assert tell_pipe(answer, monkeypatch) == []
    told = answer.to_json()
    assert (told.get("own"), told.get("from_schema")) == (answer.own or None, answer.from_schema or None)
    ghost, hover = in_editor(answer)
    assert ghost.startswith(origin)
    assert f"**0 rows** · {origin}" in hover


def test_what_was_accepted_is_no_guess_where_it_finds_nothing_by_now(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = replace(answered(database, NOBODY, 1.0), recalled=Recalled(datetime(2026, 11, 28)))
    assert answer.confidence == 1.0
    assert [line.split(":")[0] for line in tell_pipe(answer, monkeypatch)] == [
        "From memory, accepted 2026-11-28"
    ]


@pytest.mark.parametrize("sql", ["SELECT nope FROM customer", "DELETE FROM customer"])
def test_where_nothing_ran_nothing_is_sure(database: Database, sql: str) -> None:
    told = ask(database, sql).to_json()
    assert (told["sql"], told["confidence"], told["candidates"][0]["votes"]) == (None, 0.0, 0)
    assert "no candidate ran" in repr(ask(database, sql))


def test_a_guess_that_found_nothing_says_why(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = answered(database, NOBODY)
    assert answer.confidence == DOUBT
    assert "guessing; no row has what it looks for" in draw(answer)
    assert tell_pipe(answer, monkeypatch)[0] == "No row has what it looks for."
    assert all("no row has what it looks for" in told for told in in_editor(answer))


def test_what_its_user_rejected_is_never_sure_and_says_so(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = answered(database, "SELECT name FROM customer")
    answer = replace(answer, candidates=(replace(answer.candidates[0], rejected=True),))
    assert answer.confidence == DOUBT
    assert "guessing; you rejected it before" in draw(answer)
    assert tell_pipe(answer, monkeypatch)[0] == "You rejected it before."
    assert all("you rejected it before" in told for told in in_editor(answer))


@pytest.mark.parametrize(
    ("share", "told", "percent"), [(0.79996, 0.7999, "79%"), (0.4999, 0.4999, "49%"), (0.57, 0.57, "57%")]
)
def test_no_number_says_more_than_its_word(
    database: Database, share: float, told: float, percent: str
) -> None:
    answer = answered(database, "SELECT name FROM customer", share)
    assert answer.to_json()["confidence"] == told
    out = StringIO()
    Console(file=out, width=100).print(draw_answer(answer, everything=True))
    assert f"{percent} sure" in out.getvalue()


def test_the_question_that_memory_knows_commands_no_terminal_page_or_editor(database: Database) -> None:
    answer = replace(answered(database, NOBODY, 1.0), recalled=ACCEPTED)
    assert "\x1b" not in draw(answer) + repr(answer)
    assert "<img" not in answer._repr_html_()
    hover = in_editor(answer)[1]
    assert "\\!\\[" in hover
    assert "same question" not in hover
