"""The parts that need no screen: history, pages, charts, sorting, what a key says."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len

from sqloop.errors import SQLoopError
from sqloop.lsp.protocol import PAGE, RunParams, RunResult
from sqloop.terminal.chart import Series, draw_bars, draw_line, find_series
from sqloop.terminal.printable import cell_text, fit
from sqloop_tui.history import MOST, History
from sqloop_tui.question_bar import Completion
from sqloop_tui.results.pages import KEPT, Pages
from sqloop_tui.results.sorting import Sorting


def page(params: RunParams, row_count: int, status: str = "ok", result: str = "r") -> RunResult:
    last = min(params.offset + params.count, row_count)
    rows = tuple((number, f"row {number}") for number in range(params.offset, last))
    return RunResult(
        result=result,
        sql=params.sql,
        status=status,  # type: ignore[arg-type]
        error="" if status == "ok" else "it is gone",
        columns=("id", "text"),
        headings=("id", "text"),
        rows=rows,
        offset=params.offset,
        row_count=row_count,
        truncated=False,
        notice="",
        elapsed_ms=1.0,
    )


@pytest.mark.asyncio
async def test_a_million_rows_never_fill_the_memory() -> None:
    count = 1_000_000

    async def fetch(params: RunParams) -> RunResult:
        return page(params, count)

    pages = Pages(page(RunParams("SELECT 1"), count), fetch)
    for first in range(0, count, count // 200):
        missing = pages.missing(first, first + 30)
        while missing is not None:
            await pages.load(missing)
            missing = pages.missing(first, first + 30)
        assert pages.row(first) == (first, f"row {first}")
    assert pages.in_memory <= KEPT * PAGE
    assert pages.missing(count - 1, count + 30) is not None
    assert len(pages.first_page) == PAGE


@pytest.mark.asyncio
async def test_rows_that_cannot_be_read_say_so_and_a_second_run_replaces_the_first() -> None:
    answers = [
        page(RunParams("q", offset=PAGE), 0, "error"),
        page(RunParams("q", offset=PAGE), 150, result="s"),
    ]

    async def fetch(params: RunParams) -> RunResult:
        return answers.pop(0)

    pages = Pages(page(RunParams("q"), 1000), fetch)
    with pytest.raises(SQLoopError, match="it is gone"):
        await pages.load(1)
    await pages.load(1)
    assert (pages.result, pages.row_count) == ("s", 150)


def test_history_is_kept_private_bounded_and_walked(tmp_path: Path) -> None:
    path = tmp_path / "data" / "history.jsonl"
    history = History(path)
    for number in range(MOST + 5):
        history.add(f"Question {number}?")
    history.add("Question 7?")
    assert path.stat().st_mode & 0o777 == 0o600
    again = History(path)
    assert len(again.questions) == MOST
    assert [again.back("dra"), again.back(""), again.forth(""), again.forth(""), again.forth("x")] == [
        "Question 7?",
        f"Question {MOST + 4}?",
        "Question 7?",
        "dra",
        "x",
    ]


def test_a_damaged_history_is_an_empty_one(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    path.write_bytes(b'{"no": \xff')
    assert History(path).questions == []


@pytest.mark.asyncio
async def test_completion_knows_questions_then_names() -> None:
    history = History(None)
    history.add("How many customers live in Rome?")
    completion = Completion(history)
    completion.names = ("customer", "order_items")
    assert await completion.get_suggestion("how many c") == "how many customers live in Rome?"
    assert await completion.get_suggestion("Sum of ord") == "Sum of order_items"
    assert await completion.get_suggestion("Sum of x") is None
    assert await completion.get_suggestion("  ") is None


@pytest.mark.parametrize(
    ("columns", "rows", "kind"),
    [
        (("city", "n"), [("Rome", 2), (None, 1)], "bars"),
        (("n", "city"), [(2, "Rome"), (1, "Oslo")], "bars"),
        (("month", "n"), [("2024-01", 1), ("2024-02", 2), ("2024-03", 0.5)], "line"),
        (("year", "n"), [(2021, 1), (2022, 2), (2023, 3)], "line"),
        (("id", "n"), [(1, 1), (2, 2), (3, 3)], None),
        (("city", "n"), [("Rome", 2)], None),
        (("city", "n"), [("Rome", 2), ("Oslo", None)], None),
        (("a", "b", "c"), [("x", 1, 2), ("y", 1, 2)], "bars"),
        (("first", "last", "n"), [("Ann", "Lee", 2), ("Bob", "Ray", 1)], "bars"),
        (("month", "store", "n"), [("2024-01", "x", 1), ("2024-02", "x", 2), ("2024-02", "y", 1)], "bars"),
        (("name", "customer_id"), [("Ann", 1), ("Bob", 2)], None),
        (("name", "n"), [(f"n{number}", number) for number in range(500)], "bars"),
    ],
)
def test_a_chart_only_where_the_shape_suits(
    columns: tuple[str, ...], rows: list[tuple[str | int | float | None, ...]], kind: str | None
) -> None:
    series = find_series(columns, rows)
    assert (series.kind if series else None) == kind


def test_charts_fit_and_tell_small_from_large() -> None:
    bars = draw_bars(Series("bars", "c", "n", (("Rome", 10.0), ("Oslo", 5.0), ("None", 0.0))), 40)
    assert [bar.count("█") for _, bar, _ in bars][2] == 0
    assert bars[0][1].count("█") > bars[1][1].count("█") > 0
    wide = draw_bars(Series("bars", "c", "n", (("日本", 2.0), ("Oslo", 1.0))), 40)
    assert [cell_len("".join(each)) for each in wide] == [cell_len("".join(wide[0]))] * 2
    assert wide[0][0] == "日本"
    line = draw_line(Series("line", "d", "n", tuple((f"2024-0{n}", float(n)) for n in range(1, 6))), 40, 10)
    assert max(map(len, line)) <= 41
    assert len(line) == 10
    assert line[-1].split() == ["2024-01", "2024-05"]
    assert draw_line(Series("line", "d", "n", (("2024", 0.0), ("2025", 0.0), ("2026", 0.0))), 30, 8)


def test_a_line_is_broken_where_a_period_has_no_value() -> None:
    def draw(*labels: str) -> list[str]:
        rows = [(label, 5) for label in labels]
        series = find_series(("month", "n"), rows)
        assert series is not None
        return draw_line(series, 60, 6)

    def top(lines: list[str]) -> str:
        return lines[0].partition("│")[2]

    whole = draw(*(f"2024-{month:02}" for month in range(1, 9)))
    assert " " not in top(whole)
    assert whole[-1].split() == ["2024-01", "2024-08"]
    gaps = draw(*(f"2024-{month:02}" for month in (1, 2, 3, 5, 7, 8)))
    before, dot, after = top(gaps).split()
    assert len(dot) == 1
    # To scale: the gap lies where the month is missing.
    assert abs(len(before) / len(top(gaps)) - 2 / 7) < 0.05
    assert abs(len(after) / len(top(gaps)) - 1 / 7) < 0.05
    assert "2 months without a value" in gaps[-1]
    assert "1 day without a value" in draw("2024-02-27", "2024-02-28", "2024-03-01")[-1]
    assert " " not in top(draw("1996", "2000", "2004", "2008"))
    assert " " not in top(draw("2024-W51", "2024-W52", "2025-W01"))


def test_sorting_turns_around() -> None:
    sorting = Sorting()
    orders = [
        sorting.turn("SELECT 1", column, ["a", "b"]).rpartition("ORDER BY ")[2] for column in (1, 1, 1, 0)
    ]
    assert orders == ["2", "2 DESC", "2", "1"]


def test_no_value_reaches_the_terminal_raw() -> None:
    assert cell_text("a\x1b]0;x\x07\u202eb") == "a␛]0;x␇�b"
    assert fit("日本語", 5) == "日本…"
    assert fit("日本語", 4) in ("日…", "日 …")
