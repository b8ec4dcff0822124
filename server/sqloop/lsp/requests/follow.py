"""`sqloop/follow`: the full question that a text means after an answer, or its explanation."""

from __future__ import annotations

from sqloop.dialogue import asks_why, is_follow_up
from sqloop.explanation import ask_in_words
from sqloop.generation.prompts.forms import FollowUp
from sqloop.lsp.protocol import ExplainParams, FollowParams, FollowResult
from sqloop.lsp.requests.explain import explain
from sqloop.lsp.requests.feedback import find_suggestion
from sqloop.lsp.requests.progress import progress
from sqloop.lsp.server import Server


async def follow(ls: Server, params: FollowParams) -> FollowResult:
    """A text as one full question; the text itself where it stands alone or asks for an explanation."""
    suggestion = await find_suggestion(ls, params.suggestion)
    sql = params.sql or (suggestion.sql if suggestion else None)
    alone = FollowResult(params.text, False)
    if not sql or (suggestion is None and params.suggestion):
        return alone
    if suggestion is not None and not suggestion.is_of(ls.backend.url):
        return alone  # That answer is of another database.
    question = suggestion.question if suggestion is not None else ls.questions.told(sql, ls.backend.dialect)
    if asks_why(params.text, f"{question} {sql}"):
        return FollowResult(params.text, True, await explain(ls, ExplainParams(sql, question)))
    question = question or ask_in_words(sql, ls.backend.dialect)
    if not question or not is_follow_up(params.text):
        return alone
    follow_up = FollowUp(params.text, question, sql)
    async with progress(ls, "Working out the question", params.work_done_token) as tell:
        return FollowResult(await ls.backend.rewrite(follow_up, tell), True)
