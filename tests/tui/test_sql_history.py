"""The SQL that was run: kept between sessions and by database, found by words, bounded; and the row limit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from textual.widgets import OptionList

from sqloop_tui.editor import sql_history
from sqloop_tui.editor.sql_editor import SqlEditor
from sqloop_tui.editor.sql_history import Run, SqlHistory
from sqloop_tui.results.answer_view import AnswerView
from sqloop_tui.screens.sql_history import SqlHistoryScreen
from tui.conftest import NAMES, Open, User

NUMBERS = "WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 9000) SELECT n FROM r"


def run(number: int, database: str = "shop", sql: str = "") -> Run:
    return Run(
        database, sql or f"SELECT {number}", f"2026-01-01T00:{number // 60:02}:{number % 60:02}", 1, 2.0
    )


def test_each_database_has_its_own_statements_each_once_the_newest_first(tmp_path: Path) -> None:
    history = SqlHistory(tmp_path / "ran.jsonl")
    for each in (run(1), run(2), run(3, "music"), run(4, sql="SELECT 1")):
        history.add(each)
    with (tmp_path / "ran.jsonl").open("a") as file:
        file.write('{"half a line\n[1]\n{"database": 3}\n')
    again = SqlHistory(tmp_path / "ran.jsonl")
    assert [each.sql for each in again.of("shop")] == ["SELECT 1", "SELECT 2"]
    assert [each.sql for each in again.of("music")] == ["SELECT 3"]
    assert (tmp_path / "ran.jsonl").stat().st_mode & 0o777 == 0o600


def test_it_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql_history, "LARGEST", 20_000)
    history = SqlHistory(tmp_path / "ran.jsonl")
    for number in range(600):
        history.add(run(number))
    history.add(run(601, sql="SELECT '" + "x" * sql_history.LONGEST + "'"))
    assert (tmp_path / "ran.jsonl").stat().st_size <= 20_000
    kept = history.of("shop")
    assert kept[0].sql == "SELECT 599"
    assert 50 < len(kept) < 200
    passing = SqlHistory(None)
    for number in range(600):
        passing.add(run(number))
    assert len(passing.of("shop")) == sql_history.MOST


async def open_history(user: User) -> None:
    await user.press("f4")
    await user.until(lambda: isinstance(user.app.screen, SqlHistoryScreen))


@pytest.mark.asyncio
async def test_what_was_run_is_found_by_words_in_the_next_session(open_console: Open, tmp_path: Path) -> None:
    async with open_console() as user:
        await user.ask("Who lives in Rome?")
        await user.sees("of 4 agree")
        await user.write("SELECT id, total FROM orders\nWHERE total > 10")
        await user.sees("2 rows")
        await user.write("SELECT nothing FROM orders")
        await user.sees("This query failed")
    lines = [json.loads(line) for line in (tmp_path / "ran.jsonl").read_text().splitlines()]
    assert [(each["rows"], each["question"]) for each in lines] == [
        (2, "Who lives in Rome?"),
        (2, "Who lives in Rome?"),
        (None, "Who lives in Rome?"),
    ]
    async with open_console() as user:
        await user.until(lambda: bool(user.app.status and user.app.status.database.fingerprint))
        await user.press("f4")
        await user.until(lambda: isinstance(user.app.screen, SqlHistoryScreen))
        assert user.find("#history-list", OptionList).option_count == 3
        await user.press(*"total")
        await user.until(lambda: user.find("#history-list", OptionList).option_count == 1)
        assert "2 rows" in user.drawn()
        await user.press("enter")
        assert user.find("#sql", SqlEditor).text == "SELECT id, total FROM orders\nWHERE total > 10"
        await user.press("f5")
        await user.sees("2 rows")
        await open_history(user)
        await user.press("down", "down", "enter")
        assert user.find("#sql", SqlEditor).text == NAMES
        await user.sees("F5 runs it.")


@pytest.mark.asyncio
async def test_the_row_limit_is_seen_and_raised(open_console: Open) -> None:
    async with open_console() as user:
        await user.until(lambda: user.app.status is not None)
        await user.write("SELECT name FROM customer")
        await user.sees("3 rows")
        outcome = user.app.work_screen.query_one(AnswerView)
        assert outcome.border_subtitle == "3 rows · limit 1,000"
        await user.write(NUMBERS)
        await user.sees("1,000 rows, cut off by the limits")
        assert outcome.border_subtitle == "the first 1,000 rows · +: more"
        await user.press("plus")
        await user.until(lambda: "Row limit" in user.drawn())
        await user.press("enter")  # Ten times as many are proposed.
        await user.sees("9,000 rows")
        assert outcome.border_subtitle == "9,000 rows · limit 10,000"
        await user.press("G")
        await user.until(lambda: "9000" in user.drawn())
        await user.press("plus")
        await user.press(*["backspace"] * 9, *"50", "enter")
        await user.sees("50 rows, cut off by the limits")
