"""`sqloop/follow`: the full question that a text means after an answer, or its explanation."""

from __future__ import annotations

from sqloop.dialogue import asks_why, is_follow_up
from sqloop.feedback.events import name_database
from sqloop.generation.prompts.forms import FollowUp
from sqloop.lsp.protocol import ExplainParams, FollowParams, FollowResult
from sqloop.lsp.requests.explain import explain
from sqloop.lsp.requests.progress import progress
from sqloop.lsp.server import Server


async def follow(ls: Server, params: FollowParams) -> FollowResult:
    """A text as one full question; the text itself where it stands alone or asks for an explanation."""
    suggestion = ls.suggestions.get(params.suggestion)
    sql = params.sql or (suggestion.sql if suggestion else None)
    if suggestion is None or not sql:
        return FollowResult(params.text, False)
    why = asks_why(params.text, f"{suggestion.question} {sql}")
    if not why and not is_follow_up(params.text):
        return FollowResult(params.text, False)
    if suggestion.shown.database != name_database(ls.backend.url):
        return FollowResult(params.text, False)  # That answer is of another database.
    if why:
        words = await explain(ls, ExplainParams(sql, suggestion.question))
        return FollowResult(params.text, True, words)
    follow_up = FollowUp(params.text, suggestion.question, sql)
    async with progress(ls, "Working out the question", params.work_done_token) as tell:
        return FollowResult(await ls.backend.rewrite(follow_up, tell), True)
