"""What is typed after an answer: a question, a follow-up, which is written out first, or why it is so."""

from __future__ import annotations

from collections.abc import Callable

from sqloop.lsp.protocol import AskResult, FollowParams, FollowResult
from sqloop_tui.server import Server


async def write_out(
    text: str, answer: AskResult | None, sql: str, server: Server, progress: Callable[[str], None]
) -> FollowResult:
    """The full question, or an explanation; the text itself where nothing is there that it could follow.

    ``sql`` is the query whose rows are shown. Raises SQLoopError, also where the model is too small for it.
    """
    if not sql:
        return FollowResult(text, False)
    params = FollowParams(answer.suggestion if answer is not None else "", text, sql)
    return await server.call(lambda client: client.follow(params, progress))
