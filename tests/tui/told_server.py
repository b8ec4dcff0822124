"""A language server that answers what it is told, in no time: what is looked at here is how it is shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from sqloop.errors import SQLoopError
from sqloop.lsp.protocol import (
    AskResult,
    Candidate,
    Cell,
    ColumnDetail,
    ConnectionInfo,
    DatabaseStatus,
    ExplainResult,
    FeedbackStatus,
    FollowResult,
    ModelName,
    ModelStatus,
    Options,
    RunResult,
    SchemaParams,
    SchemaResult,
    Status,
    TableDetail,
    TableSummary,
    Timings,
)

ROWS = (("Germany", 224), ("France", 149), ("Ireland", 94), ("Italy", 68), (None, 11), ("Austria", 3))


class ToldServer:
    """Stands where `sqloop_tui.server.Server` would, and where its client would."""

    def __init__(self, *, error: SQLoopError | None = None, better: str = "") -> None:
        self.options = Options(trusted=True)
        self._error = error
        self._better = better

    async def call(self, request: Callable[[Any], Awaitable[Any]]) -> Any:
        return await request(self)

    async def close(self) -> None:
        pass

    async def status(self, *, warm: bool = False) -> Status:
        return Status(
            version="",
            state="ready",
            message="",
            database=DatabaseStatus("ready", "shop", "sqlite:///shop.db", "sqlite", 3, 9, "0123456789abcdef"),
            model=ModelStatus("ready", "starter", "shop-2", better=self._better),
            feedback=FeedbackStatus(True),
            trusted=True,
            connections=(
                ConnectionInfo("shop", "sqlite:///shop.db"),
                ConnectionInfo("live", "mysql+pymysql://reader@db.example.org/shop"),
                ConnectionInfo("sample", ""),
            ),
        )

    async def ask(self, params: Any, progress: Any = None) -> AskResult:
        if self._error is not None:
            raise self._error
        sql = "SELECT country, COUNT(*) AS customers FROM customers GROUP BY country ORDER BY customers DESC"
        return AskResult(
            suggestion="s",
            question=params.question,
            sql=sql,
            columns=("country", "customers"),
            headings=("country", "customers"),
            rows=ROWS,
            row_count=len(ROWS),
            truncated=False,
            notice="",
            confidence=0.75,
            proposed=8,
            candidates=(
                Candidate(sql, "ok", "", 6, 6, 2.0),
                Candidate("SELECT country FROM customers WHERE active = 1", "ok", "", 1, 1_150, 13.0),
                Candidate("SELECT land FROM customers", "error", "no such column: land", 0, 0, 0.1),
            ),
            timings_ms=Timings(1, 9, 700, 90, 800),
            model=ModelName("starter", "shop-2"),
            result="r",
        )

    async def run(self, params: Any, progress: Any = None) -> RunResult:
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (f"2024-{month:02}", round(900 + 50 * month + (month * 37 % 11) * 20.5, 2))
            for month in range(1, 13)
        )
        columns = ("month", "revenue")
        return RunResult("r", params.sql, "ok", "", columns, columns, rows, 0, len(rows), False, "", 4.0)

    async def explain(self, params: Any) -> ExplainResult:
        return ExplainResult(
            "From customers: for each country, the number of rows.",
            ("Rows whose customers.country is empty (NULL) count as one country.",),
        )

    async def follow(self, params: Any, progress: Any = None) -> FollowResult:
        return FollowResult(params.text, False)

    async def schema(self, params: SchemaParams) -> SchemaResult:
        tables = (
            TableSummary("customers", 4, 1_150, ""),
            TableSummary("orders", 3, 3_300, ""),
            TableSummary("stores", 2, 8, ""),
        )
        table = TableDetail("orders", 3_300, "", ORDERS) if params.table else None
        return SchemaResult("shop", "sqlite", "0123456789abcdef", () if table else tables, table)


ORDERS = (
    ColumnDetail("order_id", "INTEGER", "number", False, True, None, "", ()),
    ColumnDetail("customer_id", "INTEGER", "number", False, False, "customers.customer_id", "", ()),
    ColumnDetail(
        "status", "TEXT", "text", True, False, None, "where it stands", ("paid", "sent", "returned")
    ),
)
