"""The rows of one result by pages: fetched when they are looked at, let go when they are not.

So a result of a million rows costs as much memory as one of a few thousand.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable

from sqloop.errors import SQLoopError
from sqloop.lsp.protocol import PAGE, AskResult, Cell, RunParams, RunResult

KEPT = 40
"""Pages in memory."""

Row = tuple[Cell, ...]
Fetch = Callable[[RunParams], Awaitable[RunResult]]


class Pages:
    """Rows ``0`` to ``row_count``, of which some are in memory."""

    def __init__(self, first: RunResult, fetch: Fetch) -> None:
        self.sql = first.sql
        self.result = first.result
        self.columns = first.columns
        self.row_count = first.row_count
        self.notice = first.notice
        self.elapsed_ms = first.elapsed_ms
        self._fetch = fetch
        self._pages: OrderedDict[int, tuple[Row, ...]] = OrderedDict({0: first.rows[:PAGE]})

    @property
    def first_page(self) -> tuple[Row, ...]:
        """What tells how wide the columns are, and which hold numbers; always in memory."""
        return self._pages[0]

    @property
    def whole(self) -> bool:
        """Whether the first page is all there is."""
        return self.row_count <= len(self.first_page)

    def row(self, number: int) -> Row | None:
        """A row that is in memory."""
        page = self._pages.get(number // PAGE)
        if page is None or number % PAGE >= len(page):
            return None
        return page[number % PAGE]

    def missing(self, first: int, last: int) -> int | None:
        """The first page of rows ``first`` to ``last`` that is not in memory; None where all are."""
        last = min(last, self.row_count - 1)
        pages = range(max(0, first) // PAGE, last // PAGE + 1)
        return next((page for page in pages if page not in self._pages), None)

    async def load(self, page: int) -> None:
        """Fetch a page. Raises SQLoopError where that fails."""
        params = RunParams(self.sql, result=self.result, offset=page * PAGE, count=PAGE)
        got = await self._fetch(params)
        if got.status != "ok":
            raise SQLoopError(f"Further rows cannot be read: {got.error}", "Run the query again.")
        if got.result != self.result:  # It had to run again, and may give other rows now.
            self.result, self.row_count = got.result, got.row_count
            first = self.first_page
            self._pages = OrderedDict({0: first})
        self._pages[page] = got.rows
        self._forget()

    def touch(self, first: int, last: int) -> None:
        """Note that rows are looked at: their pages are the last to be let go."""
        for page in range(max(0, first) // PAGE, last // PAGE + 1):
            if page in self._pages:
                self._pages.move_to_end(page)

    @property
    def in_memory(self) -> int:
        """How many rows are."""
        return sum(len(page) for page in self._pages.values())

    def _forget(self) -> None:
        while len(self._pages) > KEPT:
            oldest = next(page for page in self._pages if page != 0)
            del self._pages[oldest]


def answer_page(answer: AskResult) -> RunResult:
    """The first page of what was chosen for a question; ``answer`` has a query."""
    return RunResult(
        result=answer.result,
        sql=answer.sql or "",
        status="ok",
        error="",
        columns=answer.columns,
        rows=answer.rows,
        offset=0,
        row_count=answer.row_count,
        truncated=answer.truncated,
        notice=answer.notice,
        elapsed_ms=answer.candidates[0].elapsed_ms if answer.candidates else 0.0,
    )
