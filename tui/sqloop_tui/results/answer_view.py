"""Where the rows stand: as a table, as a chart, or what is to be said instead of them."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import ContentSwitcher

from sqloop.lsp.protocol import RunParams
from sqloop.terminal.chart import find_series
from sqloop.terminal.printable import count
from sqloop_tui.judging import Shown
from sqloop_tui.results.chart_view import ChartView
from sqloop_tui.results.failure import Failure
from sqloop_tui.results.pages import Fetch, Pages
from sqloop_tui.results.result_table import ResultTable
from sqloop_tui.results.sorting import Sorting
from sqloop_tui.screens.welcome import Welcome

DRAWN = 10_000
"""Rows that a chart is made of at most."""


class AnswerView(ContentSwitcher):
    """One of welcome, table, chart and failure."""

    def __init__(self) -> None:
        super().__init__(id="outcome", initial="welcome")
        self.shown: Shown | None = None
        self.sorting = Sorting()
        self.limit = 1_000
        self._drawn = 0

    def compose(self) -> ComposeResult:
        """All of them; one is seen."""
        yield Welcome(id="welcome")
        yield ResultTable(id="table")
        yield ChartView(id="chart")
        yield Failure(id="failure")

    @property
    def pages(self) -> Pages | None:
        """The rows that are shown."""
        return self.query_one(ResultTable).pages

    def show_query(self, shown: Shown) -> None:
        """Show the rows of another query."""
        self.shown, self.sorting = shown, Sorting()
        self.show_pages(shown.pages)

    def show_pages(self, pages: Pages, column: int = 0) -> None:
        """Show rows of the same query, the cursor in a column."""
        table = self.query_one(ResultTable)
        table.show(pages)
        table.column = column
        self._turn_to("table", pages)

    def show_failure(self, title: str, message: str, hint: str) -> None:
        """Show what went wrong."""
        self.query_one(Failure).show(title, message, hint)
        self.current = "failure"
        self.border_subtitle = ""

    def show_welcome(self) -> None:
        """Show what can be done."""
        self.shown = None
        self.current = "welcome"
        self.border_subtitle = ""

    def name_table(self, table: str) -> None:
        """Have the welcome speak of a table of this database."""
        self.query_one(Welcome).show_table(table)

    def name_better_model(self, command: str) -> None:
        """Say on the welcome page which command fetches a better model, if any does."""
        self.query_one(Welcome).show_better(command)

    async def toggle_chart(self, fetch: Fetch) -> str:
        """Chart or table; why there is no chart where there is none. Raises what ``fetch`` raises."""
        pages = self.pages
        if pages is None or self.current not in ("table", "chart"):
            return "There are no rows to draw."
        if self.current == "table":
            rows = pages.first_page
            if find_series(pages.columns, rows) is not None and not pages.whole:
                rows = (await fetch(RunParams(pages.sql, result=pages.result, count=DRAWN))).rows
            series = find_series(pages.headings, rows)
            if series is None:
                return "A chart needs a column of labels or dates, and one of numbers."
            self.query_one(ChartView).show(series)
            self._drawn = len(series.points)
        self._turn_to("table" if self.current == "chart" else "chart", pages)
        self.focus_inside()
        return ""

    def _turn_to(self, view: str, pages: Pages) -> None:
        self.current = view
        cut = bool(pages.notice)
        rows = f"the first {pages.row_count:,} rows" if cut else count(pages.row_count, "row")
        words = [rows, "+: more" if cut else f"limit {self.limit:,}"]
        if view == "chart":
            if pages.row_count > self._drawn:
                words.append(f"{self._drawn:,} of them drawn")
            words.append("c: table")
        elif find_series(pages.columns, pages.first_page) is not None:
            words.append("c: chart")
        self.border_subtitle = " · ".join(words)

    def focus_inside(self) -> None:
        """Put the focus on what is seen."""
        if self.current is not None:
            self.screen.set_focus(self.query_one(f"#{self.current}"))
