"""`sqloop/ask`: a question, answered like `sqloop ask` does."""

from __future__ import annotations

from collections.abc import Sequence

from sqloop.answer import Answer
from sqloop.asking.failures import explain_failure
from sqloop.database.schema import Dialect, Schema
from sqloop.dialogue.asking_back import find_choice
from sqloop.feedback.events import show
from sqloop.lsp.apart import Given, tell_apart
from sqloop.lsp.protocol import (
    PAGE,
    AskParams,
    AskResult,
    Candidate,
    Choice,
    ChoiceOption,
    ModelName,
    Timings,
)
from sqloop.lsp.requests.progress import progress
from sqloop.lsp.server import Server
from sqloop.lsp.suggestions import Suggestion, suggest
from sqloop.lsp.text.layout import lay_out_to_show
from sqloop.ranking import Candidate as Ranked
from sqloop.ranking import group_by_answer
from sqloop.terminal.headings import write_headings


async def ask(ls: Server, params: AskParams) -> AskResult:
    """Answer a question, and remember that it was shown, unless it was SQL."""
    async with progress(ls, "Asking the model", params.work_done_token) as tell:
        answer = await ls.backend.ask(params.question, params.k, params.prefix, progress=tell)
    suggestion = None if answer.own else await remember(ls, answer)
    schema = await ls.backend.read_schema()
    failure, advice = "", ""
    if answer.best is None and not answer.own:
        failure, advice = explain_failure([each.outcome for each in answer.candidates], schema)
    result = ls.results.keep(answer.best.sql, answer.best.outcome) if answer.best else ""
    return AskResult(
        suggestion=suggestion.id if suggestion else "",
        question=answer.question,
        sql=answer.sql,
        columns=answer.columns,
        headings=write_headings(answer.columns),
        rows=ls.results.page(result, 0, PAGE),
        row_count=len(answer.rows),
        truncated=answer.truncated,
        notice=ls.results.notice(answer.best.outcome) if answer.best else "",
        confidence=answer.confidence,
        proposed=answer.proposed,
        candidates=_write_candidates(answer.candidates, schema.dialect),
        timings_ms=Timings(*(round(ms, 1) for ms in vars(answer.timings).values())),
        model=ModelName(answer.model.base, answer.model.adapter),
        result=result,
        not_understood=answer.not_understood,
        linked_all=answer.linked_all,
        memory=str(answer.recalled or ""),
        like=str(answer.like or ""),
        tied=answer.tied,
        found_nothing=answer.found_nothing,
        from_schema=answer.from_schema,
        failure=failure,
        advice=advice,
        choice=_choose(answer, schema),
    )


async def remember(ls: Server, answer: Answer, uri: str = "") -> Suggestion:
    """The answer as a suggestion that can be named; that it was shown is recorded beside other work."""
    schema = await ls.backend.read_schema()
    settings = ls.backend.settings
    shown = show(answer, schema.fingerprint, ls.backend.url, settings.feedback.answers)
    suggestion = suggest(answer, shown, uri)
    ls.suggestions.add(suggestion)
    ls.record(shown)
    return suggestion


def _choose(answer: Answer, schema: Schema) -> Choice | None:
    """What is to be asked back; nothing of what memory or the catalogue answered."""
    found = find_choice(answer.candidates, schema, answer.question)
    if found is None:
        return None
    return Choice(
        found.question,
        tuple(ChoiceOption(words, answer.candidates[number].sql) for words, number in found.options),
    )


def _write_candidates(candidates: Sequence[Ranked], dialect: Dialect) -> tuple[Candidate, ...]:
    groups = group_by_answer(candidates)
    numbers = {each.sql: number for number, group in enumerate(groups, 1) for each in group}
    firsts = [group[0].outcome for group in groups]
    told = tell_apart([Given(each.columns, each.rows, len(each.rows), each.truncated) for each in firsts])
    return tuple(
        Candidate(
            each.sql,
            each.outcome.status,
            each.outcome.error,
            each.votes,
            len(each.outcome.rows),
            round(each.outcome.elapsed_ms, 1),
            each.rejected,
            lay_out_to_show(each.sql, dialect),
            numbers.get(each.sql, 0),
            told[numbers[each.sql] - 1] if each.sql in numbers else "",
        )
        for each in candidates
    )
