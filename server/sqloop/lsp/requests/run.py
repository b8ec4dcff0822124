"""`sqloop/run`: a query of the user, read-only and under the limits, its rows by pages."""

from __future__ import annotations

from sqloop.asking.near_names import suggest_names
from sqloop.database.outcome import Outcome
from sqloop.database.tokens import same_code
from sqloop.feedback.events import judge, judge_sql
from sqloop.lsp.protocol import RunParams, RunResult
from sqloop.lsp.requests.progress import progress
from sqloop.lsp.server import Server
from sqloop.terminal.headings import write_headings

MOST_ROWS = 10_000
"""Of one page."""


async def run(ls: Server, params: RunParams) -> RunResult:
    """Run a query, or turn the pages of one that was run."""
    sql = params.sql.strip().rstrip(";").strip()
    outcome = ls.results.get(params.result, sql) if params.result else None
    handle = params.result
    if outcome is None:
        async with progress(ls, "Running the query", params.work_done_token):
            outcome = await ls.backend.execute(sql, ls.results.allow(params.limit))
        handle = ls.results.keep(sql, outcome) if outcome.status == "ok" else ""
        await _record(ls, params.suggestion, sql, outcome)
        ls.note_run(sql, outcome)
        if outcome.status == "error":
            outcome = suggest_names(outcome, sql, await ls.backend.read_schema())
    first = max(0, params.offset)
    count = min(max(1, params.count), MOST_ROWS)
    return RunResult(
        result=handle,
        sql=sql,
        status=outcome.status,
        error=outcome.error,
        columns=outcome.columns,
        headings=write_headings(outcome.columns),
        rows=ls.results.page(handle, first, count),
        offset=first,
        row_count=len(outcome.rows),
        truncated=outcome.truncated,
        notice=ls.results.notice(outcome, params.limit),
        elapsed_ms=round(outcome.elapsed_ms, 1),
    )


async def _record(ls: Server, id: str, sql: str, outcome: Outcome) -> None:
    """That a suggestion was run; a query that its user changed is recorded with what it gave."""
    suggestion = ls.suggestions.get(id)
    if suggestion is None or outcome.status != "ok" or not suggestion.is_of(ls.backend.url):
        return
    suggestion.use(sql, ls.backend.dialect)
    if suggestion.sql is not None and same_code(sql, suggestion.sql, ls.backend.dialect):
        ls.record(judge(suggestion.shown, "ran"))
        return
    schema = await ls.backend.read_schema()
    keep = ls.backend.settings.feedback.answers
    ls.record(judge_sql(suggestion.shown, "ran", sql, outcome, schema.fingerprint, keep))
