"""The rows of one result by pages: fetched when they are looked at, let go when they are not.

So a result of a million rows costs as much memory as one of a few thousand.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sqloop.errors import SQLoopError
from sqloop.lsp.protocol import PAGE, AskResult, Cell, RunParams, RunResult
from sqloop.recent import Recent

KEPT = 40
"""Pages in memory, the first among them."""

Row = tuple[Cell, ...]
Fetch = Callable[[RunParams], Awaitable[RunResult]]


class Pages:
    """Rows ``0`` to ``row_count``, of which some are in memory."""

    def __init__(self, first: RunResult, fetch: Fetch) -> None:
        self.sql = first.sql
        self.result = first.result
        self.columns = first.columns
        self.headings = first.headings
        self.row_count = first.row_count
        self.notice = first.notice
        self.elapsed_ms = first.elapsed_ms
        self._fetch = fetch
        self.first_page: tuple[Row, ...] = first.rows[:PAGE]
        """What tells how wide the columns are, and which hold numbers; always in memory."""
        self._further = Recent[int, tuple[Row, ...]](KEPT - 1)

    @property
    def whole(self) -> bool:
        """Whether the first page is all there is."""
        return self.row_count <= len(self.first_page)

    def row(self, number: int) -> Row | None:
        """A row that is in memory."""
        page = self._page(number // PAGE)
        if page is None or number % PAGE >= len(page):
            return None
        return page[number % PAGE]

    def missing(self, first: int, last: int) -> int | None:
        """The first page of rows ``first`` to ``last`` that is not in memory; None where all are."""
        last = min(last, self.row_count - 1)
        pages = range(max(0, first) // PAGE, last // PAGE + 1)
        return next((page for page in pages if page and page not in self._further), None)

    async def load(self, page: int) -> None:
        """Fetch a page. Raises SQLoopError where that fails."""
        params = RunParams(self.sql, result=self.result, offset=page * PAGE, count=PAGE)
        got = await self._fetch(params)
        if got.status != "ok":
            raise SQLoopError(f"Further rows cannot be read: {got.error}", "Run the query again.")
        if got.result != self.result:  # It had to run again, and may give other rows now.
            self.result, self.row_count = got.result, got.row_count
            self._further.clear()
        if page:
            self._further.put(page, got.rows)
        else:
            self.first_page = got.rows

    def touch(self, first: int, last: int) -> None:
        """Note that rows are looked at: their pages are the last to be let go."""
        for page in range(max(0, first) // PAGE, last // PAGE + 1):
            self._page(page)

    @property
    def in_memory(self) -> int:
        """How many rows are."""
        return len(self.first_page) + sum(len(page) for _, page in self._further.items())

    def _page(self, number: int) -> tuple[Row, ...] | None:
        return self._further.get(number) if number else self.first_page


def answer_page(answer: AskResult) -> RunResult:
    """The first page of what was chosen for a question; ``answer`` has a query."""
    return RunResult(
        result=answer.result,
        sql=answer.sql or "",
        status="ok",
        error="",
        columns=answer.columns,
        headings=answer.headings,
        rows=answer.rows,
        offset=0,
        row_count=answer.row_count,
        truncated=answer.truncated,
        notice=answer.notice,
        elapsed_ms=answer.candidates[0].elapsed_ms if answer.candidates else 0.0,
    )
