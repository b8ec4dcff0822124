"""A query: its rows by pages, and what it says in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqloop.lsp.protocol.names import PAGE, Cell, ProgressToken


@dataclass(frozen=True)
class RunParams:
    """A query to run, or to read on in."""

    sql: str
    """One read-only statement."""

    result: str = ""
    """Handle of an earlier run: its rows are read on in without running again, while they are kept."""

    offset: int = 0
    """The first row wanted."""

    count: int = PAGE
    """Rows wanted, 1 to 10,000."""

    suggestion: str = ""
    """The suggestion that the query came from, if any; running it is recorded."""

    limit: int | None = None
    """Rows that are fetched at most, up to 1,000,000; the bytes that are allowed grow with them. The
    settings' number (`rowLimit` of the status) if left out."""

    work_done_token: ProgressToken = None
    """Gets `$/progress` while the query runs."""


@dataclass(frozen=True)
class RunResult:
    """A page of rows; a query that failed has none and says why."""

    result: str
    """Handle for further pages; another one than given where the query had to run again."""

    sql: str
    """What was run."""

    status: Literal["ok", "error", "timeout", "refused", "cancelled"]
    """How it ended."""

    error: str
    """One line; empty when `ok`."""

    columns: tuple[str, ...]
    """Names of the columns."""

    headings: tuple[str, ...]
    """What people read above them: `average price` for `AVG(price)`."""

    rows: tuple[tuple[Cell, ...], ...]
    """Rows `offset` to `offset + count`, fewer at the end."""

    offset: int
    """Number of the first row here, from 0."""

    row_count: int
    """All rows that were fetched, never more than the limits allow."""

    truncated: bool
    """Whether the limits cut rows off."""

    notice: str
    """Says so in words, with the limit; else empty."""

    elapsed_ms: float
    """Of the execution."""


@dataclass(frozen=True)
class ExplainParams:
    """A query to explain."""

    sql: str
    """One statement."""

    question: str = ""
    """What it answers; empty for the question of the suggestion that it is, if any."""


@dataclass(frozen=True)
class ExplainResult:
    """A query in words."""

    text: str
    """Plain sentences; where the query cannot be read, one that says so."""

    assumptions: tuple[str, ...] = ()
    """What it takes for granted that its reader may see otherwise, a sentence each."""

    not_used: tuple[str, ...] = ()
    """Words of the question that nothing in the query stands for."""
